/* Goal: registers as people work with them: projects by step, changes, risks, audits, what runs where, partners; by keyboard and mouse, approved by others than
 * who wrote. */
import assert from "node:assert/strict";

import { close, go, it, settings, settle, shot, sound, visit } from "./lib.mjs";
import { as } from "./team.mjs";

const made = {};
const bare = (item) => item.subject.split("/")[1];

async function send(page, path, data, status = 200) {
  const answer = await page.request.post(`${settings.address}/api/v1${path}`, { data, headers: { "X-Sinetti": "1", Origin: settings.address } });
  assert.equal(answer.status(), status, `${path}: ${await answer.text()}`);
  return answer.json();
}
const create = (page, kind, title, content, more = {}) => send(page, `/registers/${kind}/items`, { title, content, ...more }, 201);
const move = (page, item, name, reason) => send(page, `/registers/${item.register}/items/${bare(item)}/moves`, { move: name, digest: item.digest, ...(reason ? { reason } : {}) });
const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

const CHANGE = { definition: "Orders are paid by card", risks: "Card numbers leak: the provider keeps them", impact: "Support is told", tests: "In staging", plan: "Canary first", way_back: "Flag off" };
const STEPS = [
  { step: "A", gives: "Skills", criteria: "Everybody has had the yearly course", before: "training", register: "training", anywhere: true },
  { step: "B", gives: "Requirements", criteria: "Security requirements are approved", before: "requirements", register: "security_requirement" },
  { step: "C", gives: "Threat model", criteria: "The threat model is approved", before: "design", register: "design" },
  { step: "D", gives: "Code", criteria: "Code is reviewed", before: "development", point: "obligation:code-review-rules/rules-enforced" },
  { step: "E", gives: "Test report", criteria: "An audit or a test has been made", before: "testing", register: "audit" },
  { step: "F", gives: "Release", criteria: "Users' guide has been read through", before: "published" },
];

it(
  "boards: what the team has written",
  async () => {
    const dev = await as("developer");
    const officer = await as("officer");
    const shop = (made.shop = await create(dev, "service", "Web shop", { purpose: "Orders", criticality: "high", audience: "customers", public: true, passwords: "none", personal_data: true }));
    const tool = await create(dev, "service", "Back office", { purpose: "Invoices" });
    const process = await create(dev, "process", "Our life cycle", { steps: STEPS, text: "Every project goes through all of it." });
    await move(officer, await move(dev, process, "submit"), "approve");
    const requirement = await create(dev, "security_requirement", "Of the shop", { service: shop.subject, protects: "Orders", requirements: [{ requirement: "Encrypted", checked_by: "Scan" }] });
    await move(officer, await move(dev, requirement, "submit"), "approve");
    const one = await create(officer, "project", "Card payments", { purpose: "Pay by card", start: day(-60), service: shop.subject, requirements: [requirement.subject] });
    await move(officer, await move(officer, one, "to_requirements").catch(() => one), "to_design").catch(() => undefined);
    made.project = one;
    await create(dev, "project", "New invoices", { purpose: "Invoices by mail", start: day(-5), service: tool.subject });
    await create(dev, "change", "Pay by card", { type: "normal", risk_level: "high", services: [shop.subject], ...CHANGE });
    await create(dev, "change", "Renew the certificate", { type: "standard", risk_level: "low", services: [shop.subject, tool.subject], ...CHANGE });
    made.asked = await move(dev, await create(dev, "change", "Change the login page", { type: "normal", risk_level: "medium", services: [shop.subject], ...CHANGE }), "ask");
    await move(dev, await create(dev, "change", "Stop the attack", { type: "emergency", risk_level: "high", services: [shop.subject], ...CHANGE }), "hurry", "Orders were being stolen");
    const criteria = await create(dev, "risk_criteria", "Risk appetite", { appetite: "6", limit: "12", text: "The management decides above 6." });
    await move(officer, await move(dev, criteria, "submit"), "approve");
    for (const [title, l, i, l2, i2, treatment] of [
      ["Card numbers leak", 3, 5, 1, 5, "reduce"],
      ["The provider is down", 4, 3, 4, 2, "share"],
      ["A key person leaves", 3, 3, 3, 3, "accept"],
      ["Forged orders", 4, 4, 4, 4, "reduce"],
    ])
      await create(dev, "risk", title, { description: title, likelihood: `l${l}`, impact: `i${i}`, likelihood_after: `l${l2}`, impact_after: `i${i2}`, treatment, measures: "As agreed" });
    const places = {};
    for (const [name, purpose] of [["Production", "production"], ["Staging", "staging"]]) places[name] = await create(dev, "environment", name, { purpose });
    for (const [version, where, ago, more] of [
      ["1.0.0", "Production", 90], ["1.1.0", "Production", 40], ["1.2.0", "Production", 12, { time: "10:20" }], ["1.1.0", "Production", 11, { time: "08:05", type: "rollback" }], ["1.3.0", "Staging", 3], ["1.4.0", "Staging", 1, { outcome: "failed" }],
    ])
      await create(dev, "deployment", `Web shop ${version}`, { service: shop.subject, environment: places[where].subject, version, type: "deploy", outcome: "done", deployed: day(-ago), decision: "Release meeting", automation: "pipeline 42", ...more });
    await create(dev, "release", "Web shop 1.3.0", { version: "1.3.0", what_for: "production", service: shop.subject, released: day(-4), changes: "Cards" });
    const rows = [1, 2, 3].flatMap((c) => [1, 2, 3, 4].map((r) => ({ id: `${c}.${r}`, chapter: ["Signing in", "Sessions", "Logging"][c - 1], requirement: `Requirement ${r} of chapter ${c} says what must hold of it` })));
    const checks = await create(dev, "audit_checklist", "Short list", { guide: "Own", requirements: rows });
    made.audit = await create(dev, "audit", "Web shop, autumn", { service: shop.subject, standard: "other", standard_other: "Own", checklist: checks.subject, scope: "All of it", auditor: "Outside company", independence: "Has not built it" });
    const ids = (await (await officer.request.get(`${settings.address}/api/v1/people?limit=200`)).json()).items;
    made.partner = await create(dev, "partner", "Coding company", {
      does: "Builds the shop", contact: "Its lead", channels: ["Weekly meeting"], subcontractors: ["Testing company"], access_until: day(60), people: [ids.find((p) => p.name === "Tove Berg").id],
      duties: [{ what: "Test report", due: day(-10) }, { what: "Yearly security plan", due: day(-40), received: day(-45), evidence: "Plan, version 3" }],
    });
    await create(dev, "contract", "Frame agreement", { partner: made.partner.subject, parties: ["We", "Coding company"], signed: day(-300), until: day(300), clauses: ["law", "procedures", "audit"], clause_text: "Chapters 3 to 5", audited: day(-100) });
  },
  { always: true },
);

const PAGES = () => ["/boards/ssdlc", "/boards/changes", "/boards/risks", "/release-log", "/audits", `/audits/${bare(made.audit)}`, `/audits/${bare(made.audit)}?tab=report`, "/partners", `/partners/${bare(made.partner)}`];

for (const [lang, theme, width] of [
  ["en", "light", 1280],
  ["fi", "dark", 390],
  ["fi", "light", 1280],
])
  it(`boards: every one in ${lang}, ${theme}, ${width} wide`, async () => {
    const page = await as("officer", { lang, theme, width });
    await page.request.put(`${settings.address}/api/v1/me/language`, { data: { language: lang }, headers: { "X-Sinetti": "1", Origin: settings.address } });
    for (const path of PAGES()) {
      await go(page, path);
      await sound(page, path);
      assert.equal(await page.locator(".blank").count(), 0, `${path} has something to show`);
      await shot(page, `board${path.replace(bare(made.audit), "one").replace(bare(made.partner), "one").replace(/\W+/g, "-")}-${lang}-${theme}-${width}`);
    }
    await close(page);
  });

it("boards: a change is approved from its board, by keyboard, by another than who asked", async () => {
  const page = await as("officer");
  await go(page, "/boards/changes");
  const card = page.getByRole("button", { name: /Change the login page/ });
  await page.getByText("1 change was made in an emergency").waitFor();
  await page.locator("[data-card]").first().focus();
  for (let i = 0; i < 5 && !(await card.evaluate((e) => e === document.activeElement)); i++) await page.keyboard.press("ArrowRight");
  assert.ok(await card.evaluate((e) => e === document.activeElement), "arrows lead there");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog").first();
  await dialog.getByRole("button", { name: "Approve" }).click();
  await sound(page, "a change in its dialog");
  const say = page.getByRole("dialog").last();
  await say.getByRole("button", { name: "Approve" }).click();
  await dialog.getByText("Approved").first().waitFor();
  await page.keyboard.press("Escape");
  await settle(page);
  assert.ok(await card.evaluate((e) => e === document.activeElement), "the focus is on the card, where it is now");
  assert.equal(await page.locator("section", { has: page.getByRole("heading", { name: /^Approved/ }) }).getByText("Change the login page").count(), 1);
  // who made an emergency does not review it
  const dev = await as("developer");
  await go(dev, "/boards/changes?type=emergency");
  await dev.getByRole("button", { name: /Stop the attack/ }).click();
  await dev.getByText(/^For: /).first().waitFor();
  assert.equal(await dev.getByRole("button", { name: "Review the emergency" }).count(), 0);
  await close(dev);
  await close(page);
});

it("boards: a project says what its step wants, and why it may not go on", async () => {
  const page = await as("officer");
  await go(page, "/boards/ssdlc");
  const cell = page.getByRole("button", { name: /New invoices, B/ });
  await cell.focus();
  await page.keyboard.press("ArrowLeft");
  assert.match((await page.evaluate(() => document.activeElement.ariaLabel)) ?? "", /New invoices, A Training: 1 wanted/);
  await cell.click();
  await page.getByRole("dialog").getByText("no item in force").waitFor();
  await page.getByRole("dialog").getByText(/^For: /).first().waitFor();
  await sound(page, "a project in its dialog");
  await page.keyboard.press("Escape");
  await close(page);
});

it("boards: a cell of the risk matrix leads to its risks", async () => {
  const page = await as("officer");
  await go(page, "/boards/risks");
  await page.getByText("1 risk is too large also after treatment").waitFor();
  const cell = page.getByRole("button", { name: /Likelihood 4 Likely, impact 4 Major, level 16, too large: 1 risk/ }).first();
  await cell.click();
  assert.match(page.url(), /cell=before-4-4/);
  assert.equal(await page.locator("table").last().getByRole("row").count(), 2);
  await page.getByRole("button", { name: "Show all" }).click();
  assert.equal(await page.locator("table").last().getByRole("row").count(), 5);
  await close(page);
});

it("boards: an audit by keyboard alone; what is written is not lost; a finding; the report", async () => {
  const page = await as("developer");
  await go(page, `/audits/${bare(made.audit)}`);
  await page.getByText("0 of 12 answered").first().waitFor();
  await page.keyboard.press("1");
  await page.keyboard.press("j");
  await page.keyboard.press("2");
  await page.keyboard.press("n");
  await page.keyboard.type("Session ids are in the address");
  await page.keyboard.press("Escape");
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByText("2 of 12 answered").first().waitFor();
  assert.match(page.url(), /at=1\.2/);
  // without a connection it is kept, also when the page is left, and sent when it is back
  await page.route("**/answers", (r) => (r.request().method() === "POST" ? r.abort() : r.continue()));
  await page.keyboard.press("j");
  await page.keyboard.press("3");
  await page.getByText("no connection").waitFor();
  page.faults.length = 0;
  page.on("dialog", (d) => d.accept());
  await page.unroute("**/answers");
  await go(page, `/audits/${bare(made.audit)}?at=1.3`);
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByText("3 of 12 answered").first().waitFor();
  // somebody else was first: both are shown
  const other = await as("officer");
  await go(other, `/audits/${bare(made.audit)}?at=1.4`);
  await page.keyboard.press("j");
  await page.keyboard.press("1");
  await page.getByText("4 of 12 answered").first().waitFor();
  await page.getByText("Saved", { exact: true }).waitFor();
  await other.keyboard.press("2");
  await other.getByText("Somebody else has answered this in the meantime").waitFor();
  other.faults.length = 0; // the browser tells of the refusal too
  await sound(other, "a conflict");
  await other.getByRole("button", { name: "Take theirs" }).click();
  await other.getByText("Saved", { exact: true }).waitFor();
  assert.ok(await other.getByRole("radio", { name: /^Fulfilled/ }).isChecked());
  await close(other);
  // a finding
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await page.getByRole("button", { name: "Make a finding" }).click();
  await sound(page, "a finding");
  await page.getByRole("dialog").getByRole("button", { name: "Make a finding" }).click();
  await page.getByText("Findings of this requirement").waitFor();
  await sound(page, "an audit that is worked on");
  await shot(page, "board-audit-worked-on");
  await page.getByRole("tab", { name: "Report" }).click();
  await page.getByText("Session ids are in the address").first().waitFor();
  await sound(page, "the report");
  await shot(page, "board-audit-report");
  await page.emulateMedia({ media: "print" });
  await shot(page, "board-audit-report-print");
  await close(page);
});

it("boards: what runs where, and what was rolled back", async () => {
  const page = await as("officer");
  await go(page, "/release-log");
  const now = page.locator("table").first();
  await now.getByText("1.3.0").waitFor();
  await now.getByText("Taken back").waitFor();
  await go(page, "/release-log?type=rollback");
  assert.equal(await page.locator("table").last().getByRole("row").count(), 2);
  const csv = await page.request.get(`${settings.address}/api/v1/release-log?format=csv`);
  assert.match(await csv.text(), /1\.4\.0/);
  await close(page);
});

it("boards: a partner's late evidence and a role that outlives its access stand out", async () => {
  const page = await as("officer");
  await go(page, "/partners");
  await page.getByText("1 late").waitFor();
  await page.getByRole("link", { name: /Coding company/ }).click();
  await page.getByText("Ends after the partner's access").waitFor();
  await page.getByText("Not agreed:").waitFor();
  await close(page);
});

it("boards: a task says what is to be written next, and leads there", async () => {
  const page = await as("developer");
  await go(page, "/tasks/ssdlc-process?tab=registers");
  await sound(page, "registers of a task");
  await shot(page, "board-task-registers");
  const cards = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "Development processes" }) });
  await cards.getByText("1 in force").waitFor();
  await go(page, "/registers/process/new?shows=ssdlc-process/process-defined");
  assert.ok(await page.getByRole("checkbox", { name: /secure development life cycle/ }).isChecked());
  await page.getByRole("button", { name: "Add a row" }).click();
  await page.getByRole("combobox", { name: "Shown by this requirement point" }).fill("reviewed");
  await page.getByRole("listbox", { name: "Shown by this requirement point" }).getByRole("option").first().waitFor();
  await page.getByRole("listbox", { name: "Shown by this requirement point" }).getByText(":").first().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Remove / }).first().waitFor();
  await close(page);
});

it("boards: each task leads on: every point that is not met has a step that can be taken", async () => {
  const page = await as("developer");
  const { items } = await (await page.request.get(`${settings.address}/api/v1/tasks?limit=200`)).json();
  assert.equal(items.length, 24);
  for (const task of items) {
    await go(page, `/tasks/${task.key}?tab=registers`);
    assert.equal(await page.locator(".blank").count(), 0, task.key);
    const steps = await page.locator("main .step").count();
    assert.equal(await page.locator("main .step a").count(), steps, `${task.key}: a step without a way`);
    assert.ok((await page.locator("main .cards .name").count()) > 0, `${task.key}: no register`);
  }
  await sound(page, "the last of them");
  await close(page);
});

it("boards: each register opens its form", async () => {
  const page = await as("developer");
  const { items } = await (await page.request.get(`${settings.address}/api/v1/registers`)).json();
  for (const r of items) {
    await go(page, `/registers/${r.register}/new`);
    assert.equal(await page.locator(".blank").count(), 0, r.register);
  }
  await sound(page, "a form");
  await close(page);
});

it("boards: many guidelines are accepted at once, and what changed since is shown", async () => {
  const dev = await as("developer");
  const officer = await as("officer");
  const items = [];
  for (const language of ["C", "Go"]) {
    const g = await create(officer, "guideline", `Secure coding in ${language}`, { topic: "secure_coding", language, text: "Check every length." });
    items.push(await move(await as("second"), await move(officer, g, "submit"), "approve"));
  }
  await go(dev, "/guidebook");
  await sound(dev, "the guidebook");
  await dev.locator("main").getByLabel("Language", { exact: true }).selectOption("Go");
  assert.equal(await dev.getByRole("heading", { name: "Secure coding in C" }).count(), 0);
  await dev.locator("main").getByLabel("Language", { exact: true }).selectOption("");
  for (const title of ["C", "Go"]) await dev.locator("section", { has: dev.getByRole("heading", { name: `Secure coding in ${title}`, exact: true }) }).getByText("I have read this", { exact: true }).click();
  await shot(dev, "board-guidebook");
  await dev.getByRole("button", { name: "Accept 2 that I have read" }).click();
  await dev.getByText("2 accepted.").waitFor();
  // a new version: what is new stands beside what was accepted
  const one = await (await officer.request.get(`${settings.address}/api/v1/registers/guideline/items/${bare(items[0])}`)).json();
  const etag = (await officer.request.get(`${settings.address}/api/v1/registers/guideline/items/${bare(items[0])}`)).headers().etag;
  const put = await officer.request.put(`${settings.address}/api/v1/registers/guideline/items/${bare(items[0])}`, {
    data: { title: one.title, content: { ...one.content, text: "Check every length, and every sum of lengths." } },
    headers: { "X-Sinetti": "1", Origin: settings.address, "If-Match": etag },
  });
  assert.equal(put.status(), 200, await put.text());
  await move(await as("second"), await move(officer, await put.json(), "submit"), "approve");
  await go(dev, "/guidebook");
  await dev.getByRole("button", { name: "What has changed since" }).click();
  await dev.getByRole("heading", { name: "Before" }).waitFor();
  await sound(dev, "what has changed");
  await shot(dev, "board-guidebook-changed");
  await close(dev);
});
