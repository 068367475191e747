/* Goal: pages of evidence with something in them; and each says so when there is nothing, no right, or no answer. */
import assert from "node:assert/strict";

import { go, it, settings, settle, shot, sound } from "./lib.mjs";
import { as, team } from "./team.mjs";

const LISTS = { "/tasks": "tasks", "/frameworks": "frameworks", "/repositories": "repositories", "/findings": "findings", "/audit-log": "events", "/approvals": "approvals" };

function pages() {
  const [after, before] = team.assessments;
  return {
    finding: "/tasks/critical-code-identification?tab=implementation&point=critical-code-defined",
    outside: "/frameworks/iso27001-2022/5.5",
    coverage: "/coverage?framework=iso27001-2022",
    "coverage-then": "/coverage?framework=iso27001-2022&at=2020-01-01",
    repository: `/repositories/${team.repository}`,
    "repository-points": `/repositories/${team.repository}?tab=points`,
    "repository-assessments": `/repositories/${team.repository}?tab=assessments`,
    assessment: `/assessments/${after}`,
    compare: `/assessments/${before}/compare/${after}`,
    nothing: "/search?q=zzzzzz",
  };
}

for (const [lang, theme, width] of [
  ["en", "dark", 1280],
  ["fi", "light", 390],
])
  it(`evidence: pages with something in them in ${lang}, ${theme}, ${width} wide`, async () => {
    const page = await as("officer", { lang, theme, width });
    await page.request.put(`${settings.address}/api/v1/me/language`, { data: { language: lang }, headers: { "X-Sinetti": "1", Origin: settings.address } });
    for (const [name, path] of Object.entries(pages())) {
      await go(page, path);
      await sound(page, path);
      await shot(page, `${name}-${lang}-${theme}-${width}`);
    }
    await page.request.put(`${settings.address}/api/v1/me/language`, { data: { language: "en" }, headers: { "X-Sinetti": "1", Origin: settings.address } });
  });

it("evidence: what is refused, fails, is missing or empty is said", async () => {
  const page = await as("officer");
  const said = { 403: "You do not have the right to see this", 404: "There is nothing at this address", 500: "Something went wrong here" };
  for (const [path, resource] of Object.entries(LISTS)) {
    const at = new RegExp(`/api/v1/${resource}(\\?|$)`);
    for (const [status, words] of Object.entries(said)) {
      const body = JSON.stringify({ type: "about:blank", title: words, status: Number(status) });
      await page.route(at, (r) => r.fulfill({ status: Number(status), contentType: "application/problem+json", body }));
      await go(page, path);
      await page.getByText(words).first().waitFor();
      await page.unroute(at);
      if (status !== "500") continue;
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByText(words).first().waitFor({ state: "detached" });
    }
    await page.route(at, (r) => r.fulfill({ json: { items: [], next: null, total: 0 } }));
    await go(page, path);
    await page.locator(".blank").first().waitFor();
    await page.unroute(at);
  }
});

it("evidence: while something is on its way its place is held", async () => {
  const page = await as("officer");
  let answer;
  const held = new Promise((done) => (answer = done));
  await page.route(/\/api\/v1\/tasks\/code-review-rules$/, async (r) => {
    await held;
    await r.continue();
  });
  await page.goto(`${settings.address}/tasks/code-review-rules`);
  await page.locator(".bones").waitFor();
  answer();
  await page.getByRole("heading", { level: 1, name: "General rules for reviewing and publishing code" }).waitFor();
  await page.getByRole("tab", { name: /Implementation/ }).waitFor();
});

it("evidence: who has no right sees no button and no page", async () => {
  const page = await as("developer");
  await go(page, "/tasks/critical-code-identification?tab=implementation&point=critical-code-defined");
  assert.equal(await page.getByRole("button", { name: "Edit task" }).count(), 0, "a developer does not edit tasks");
  await go(page, "/tasks");
  assert.equal(await page.getByRole("checkbox").count(), 0, "a developer does nothing with several tasks");
  await go(page, "/audit-log");
  await page.getByText("You do not have the right to see this").waitFor();
  const other = await as("employee");
  await go(other, "/tasks");
  await other.getByText("You do not have the right to see this").waitFor();
});

it("evidence: a repository is registered, assessed and watched until its findings are there", async () => {
  const page = await as("officer");
  await go(page, "/repositories");
  await page.getByRole("button", { name: "Register repository" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Path or address").fill("https://somebody:word@host.example/x.git");
  await dialog.getByLabel("Name").focus();
  assert.equal(await dialog.getByLabel("Name").inputValue(), "x", "named as its address does");
  await dialog.getByLabel("Name").fill("again");
  await dialog.getByRole("button", { name: "Register repository" }).click();
  await dialog.locator('[aria-invalid="true"]').waitFor();
  await dialog.getByLabel("Path or address").fill(settings.data.replace(/data$/, "shop"));
  await dialog.getByRole("button", { name: "Register repository" }).click();
  await page.getByText("It has not been assessed yet").waitFor();
  await page.getByRole("button", { name: "Assess now" }).first().click();
  await page.getByText("Assessed", { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByRole("tab", { name: /Findings/ }).waitFor({ timeout: 20_000 });
  await settle(page);
  await page.getByText("nothing in the repository names who answers for it").first().waitFor();
  await page.getByText("How to fix").first().waitFor();
});
