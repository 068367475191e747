/* Goal: whose approval critical code wants is seen and given on the change's page; what comes at the wrong time goes through as an emergency, or by broken glass that another reviews. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { close, go, it, settings, settle, shot, sound } from "./lib.mjs";
import { reviewed } from "./reviews.mjs";
import { as, ask } from "./team.mjs";

const env = { ...process.env, HOME: settings.home };
const folder = join(dirname(settings.data), "reviews");
const run = (...a) => execFileSync(settings.program, [...a, "--data", settings.data], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env });
const CHECKLIST = ["I have read its threat model", "It fails closed: an error gives no right"];
let change = "";

async function post(page, path, data, more = {}) {
  const answer = await page.request.post(`${settings.address}/api/v1${path}`, { data, headers: { "X-Sinetti": "1", "Sec-Fetch-Site": "same-origin", ...more } });
  assert.ok(answer.ok(), `${path}: ${await answer.text()}`);
  return answer.json();
}

/* In force: written by one, approved by another. */
async function item(officer, second, register, title, content) {
  const made = await post(officer, `/registers/${register}/items`, { title, owner: (await ask(officer, "/session")).person, content });
  const at = `/registers/${register}/items/${made.subject.split("/")[1]}/moves`;
  await post(officer, at, { move: "submit", digest: made.digest });
  await post(second, at, { move: "approve", digest: made.digest });
}

function block(point) {
  const file = join(folder, "policy");
  writeFileSync(file, JSON.stringify({ mode: "block", parameters: [], tolerance: 0, effective_at: 0, reason: "roll-out" }));
  run("fact", "add", "policy", `obligation:${point}`, "--payload", file);
}

it("critical code: a change that touches it is proposed", async () => {
  const officer = await as("officer");
  const second = await as("second");
  const { person: ulla, permissions } = await ask(second, "/session");
  if (!permissions.includes("code.review")) run("people", "role", ulla, "development_manager");
  await item(officer, second, "critical_code", "Sign-in", { repository: reviewed.repository, paths: [{ pattern: "/src/login.c", why: "Decides who somebody is" }, { pattern: "/src/auth/", why: "The same" }], found_how: "By threat models", checklist: CHECKLIST, owners: [ulla] });
  block("critical-code-identification/critical-changes-checked");
  const work = join(folder, "work");
  const ssh = { GIT_SSH_COMMAND: join(folder, "door.sh"), GIT_SSH_VARIANT: "simple" };
  const git = (...a) => execFileSync("git", ["-C", work, "-c", "user.name=Jari Mäki", "-c", "user.email=developer@team.example", ...a], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...env, ...ssh } });
  git("fetch", "-q", "ssh://git@host.example/orders", "main");
  git("checkout", "-q", "-f", "-B", "critical", "FETCH_HEAD");
  mkdirSync(join(work, "src/auth"), { recursive: true });
  mkdirSync(join(work, "core"), { recursive: true });
  writeFileSync(join(work, "src/login.c"), "int login(void);\n");
  writeFileSync(join(work, "src/auth/token.c"), "int token(void);\n");
  writeFileSync(join(work, "core/cipher.c"), "int cipher(void) { return encrypt(); }\n");
  git("add", "-A");
  git("commit", "-q", "-m", "One way to sign in");
  git("push", "-q", "-o", "topic=sign-in", "ssh://git@host.example/orders", "HEAD:refs/for/main");
  change = (await ask(second, "/code-changes")).items.find((c) => c.title === "One way to sign in").id.slice(7);
  await close(officer);
  await close(second);
});

it("critical code: its owner ticks the checklist and approves", async () => {
  const officer = await as("officer");
  await go(officer, `/reviews/${change}`);
  await officer.getByRole("heading", { name: "Critical code" }).waitFor();
  assert.equal(await officer.getByRole("checkbox", { name: CHECKLIST[0] }).count(), 0, "it is its owner's to tick");
  await close(officer);
  for (const [lang, theme, width] of [["en", "light", 1280], ["fi", "dark", 390]]) {
    const page = await as("second", { lang, theme, width });
    await go(page, `/reviews/${change}`);
    await page.getByRole("checkbox", { name: CHECKLIST[0] }).waitFor();
    await page.locator("code", { hasText: "core/cipher.c" }).first().waitFor();
    await sound(page, `critical ${lang} ${width}`);
    await shot(page, `critical-${lang}-${theme}-${width}`);
    await go(page, "/notifications"); // its owner is asked about the new file, and led to the change
    const asked = page.getByRole("link").filter({ has: page.getByText("core/cipher.c") }).or(page.locator("li, tr").filter({ hasText: "core/cipher.c" }));
    await asked.first().waitFor();
    await sound(page, `critical asked ${lang} ${width}`);
    await shot(page, `critical-asked-${lang}-${theme}-${width}`);
    await close(page);
  }
  const page = await as("second");
  await go(page, `/reviews/${change}`);
  await page.getByRole("button", { name: "Approve this patch set" }).click();
  await page.getByText("An owner approved without the whole checklist").waitFor();
  for (const line of CHECKLIST) await page.getByRole("checkbox", { name: line }).check();
  await page.getByRole("button", { name: "Approve this patch set" }).click();
  await page.getByText("1 of 1 owner has approved").waitFor();
  await shot(page, "critical-approved");
  await close(page);
});

it("publishing times: an emergency is asked for, and glass is broken", async () => {
  const officer = await as("officer");
  const second = await as("second");
  await item(officer, second, "publishing_times", "End of year", { time_zone: "Europe/Helsinki", reason: "Nobody is there", freezes: [{ from_day: "2020-01-01", until_day: "2120-01-01", why: "Accounts are closed" }] });
  block("code-review-rules/publication-time");
  await go(second, `/reviews/${change}`);
  await second.getByText("everything is frozen now").waitFor();
  await second.getByRole("button", { name: "Break glass" }).click();
  await sound(second, "break glass");
  await shot(second, "critical-glass");
  await second.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await second.getByRole("button", { name: "Publish as an emergency" }).click();
  await sound(second, "emergency");
  await shot(second, "critical-emergency");
  await second.getByLabel("Emergency change").fill("CHG-999");
  await second.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await second.getByText("there is no change CHG-999").waitFor();
  await second.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await second.getByRole("button", { name: "Break glass" }).click();
  await second.getByLabel("Why it cannot wait").fill("The shop is down");
  await second.getByRole("dialog").getByRole("button", { name: "Break glass" }).click();
  await second.getByText("Glass is broken").waitFor();
  await second.getByRole("button", { name: "Publish", exact: true }).click();
  await second.getByText("It is on its branch.").waitFor();
  await close(second);
  await go(officer, "/approvals");
  await settle(officer);
  await officer.getByRole("link", { name: /Break glass at the gate/ }).first().click();
  await officer.getByText("The shop is down").first().waitFor();
  await sound(officer, "override to review");
  await shot(officer, "critical-override");
  await officer.getByRole("button", { name: "Confirm" }).click();
  await officer.getByText("Reviewed").first().waitFor();
  await close(officer);
});

it("code reviews: an auditor samples what was published, and sees no code", async () => {
  run("people", "add", "Outi Salo", "auditor@team.example", "--role", "auditor", "--until", "2100-01-01");
  const page = await as("auditor");
  await go(page, "/reviews?tab=published");
  const row = page.getByRole("row").filter({ hasText: "Count tries to sign in" });
  await row.getByText("Ulla Ek").first().waitFor();
  await row.getByRole("link", { name: /^Event / }).waitFor();
  await sound(page, "reviews: published");
  await shot(page, "reviews-published");
  await page.getByRole("row").filter({ hasText: "Count tries to sign in" }).getByRole("link").first().click();
  await page.getByText("asked of it then").click();
  await page.getByText("Of the code itself nothing is shown").waitFor();
  assert.equal(await page.getByText("int step_20").count(), 0);
  assert.equal(await page.getByRole("button", { name: /Approve|Publish|Comment/ }).count(), 0);
  await sound(page, "a published change");
  await shot(page, "review-auditor");
  const { id } = (await ask(page, "/code-changes?state=published")).items[0];
  assert.equal((await page.request.get(`${settings.address}/api/v1/code-changes/${id.split(":")[1]}/diff?patch_set=1`)).status(), 403);
  await page.getByRole("link", { name: /^Event / }).first().click();
  await page.waitForURL(/\/audit-log\/\d+/);
  await settle(page);
  await go(page, "/gate");
  await page.locator("code.pattern").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Change" }).count(), 0);
  await close(page);
  const narrow = await as("auditor", { lang: "fi", theme: "dark", width: 390 });
  await go(narrow, "/reviews?tab=published");
  await narrow.getByText("Count tries to sign in").waitFor();
  await sound(narrow, "reviews: published, narrow");
  await shot(narrow, "reviews-published-fi-dark-390");
  await close(narrow);
});
