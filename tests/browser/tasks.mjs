/* Goal: a task is looked after in the browser: found, changed alone and with others, decided about by two people, talked about. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { go, it, settle } from "./lib.mjs";
import { as, ask } from "./team.mjs";


const KEY = "critical-code-identification";
const POINT = "critical-code-defined";

it("tasks: filters, order and search stand in the address, by keyboard alone", async () => {
  const page = await as("officer");
  await go(page, "/tasks");
  const rows = page.locator("tbody tr");
  assert.deepEqual(await rows.count(), 24, "all tasks");
  await page.getByRole("button", { name: "Priority", exact: true }).first().focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter"); // the first: Critical
  await page.waitForURL(/priority=critical/);
  await settle(page);
  const critical = await rows.count();
  assert.ok(critical > 0 && critical < 24, "fewer");
  assert.deepEqual(await rows.filter({ hasText: "Critical" }).count(), critical, "all of them critical");
  await page.reload();
  await settle(page);
  assert.deepEqual(await rows.count(), critical, "the address holds the filter");
  await page.getByRole("button", { name: /Remove filter Priority/ }).press("Enter");
  await page.waitForURL((u) => !u.searchParams.has("priority"));
  await page.getByRole("button", { name: "Task", exact: true }).press("Enter");
  await page.waitForURL(/sort=title/);
  await settle(page);
  const titles = await page.locator("tbody td.first").allInnerTexts();
  assert.deepEqual(titles.map((s) => s.trim()), titles.map((s) => s.trim()).sort((a, b) => (a < b ? -1 : 1)), "in the order of titles");
  await page.locator("[data-rove]").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tasks\/[a-z-]+$/);
});

it("tasks: several are changed alike, all or none", async () => {
  const page = await as("officer");
  await go(page, "/tasks");
  for (const i of [2, 3]) await page.locator("tbody tr").nth(i).getByRole("checkbox").check();
  await page.getByRole("button", { name: "Change…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Change 2 tasks").waitFor();
  await dialog.getByLabel("Due date").selectOption("set");
  await dialog.locator('input[type="date"]').fill("2031-05-06");
  await dialog.getByLabel("Owner").first().selectOption("set");
  await dialog.getByRole("combobox", { name: "Owner" }).last().fill("Jari");
  await dialog.getByRole("option", { name: "Jari Mäki" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("2 tasks changed").waitFor();
  await settle(page);
  assert.deepEqual(await page.locator("tbody tr").filter({ hasText: "6 May 2031" }).count(), 2, "both have the date");
  assert.deepEqual(await page.locator("tbody tr").filter({ hasText: "Jari Mäki" }).count(), 2, "both have the owner");
  const csv = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const text = readFileSync(await (await csv).path(), "utf8");
  assert.deepEqual(text.trim().split(/\r?\n/).length, 25, "a line of names and one for each task");
});

it("tasks: owner, participants, process and review of one; what somebody else changed meanwhile is not lost", async () => {
  const page = await as("officer");
  const other = await as("second");
  for (const p of [page, other]) {
    await go(p, `/tasks/${KEY}?tab=implementation`);
    await p.getByRole("button", { name: "Edit task" }).click();
  }
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Owner" }).fill("Elina");
  await dialog.getByRole("option", { name: "Elina Koski" }).waitFor();
  await page.keyboard.press("Enter");
  await dialog.getByRole("combobox", { name: "Participants" }).fill("jari");
  await dialog.getByRole("option", { name: "Jari Mäki" }).click();
  await dialog.getByLabel(/Process description/).fill("CODEOWNERS names who answers for what.\nIt is looked through each spring.");
  await dialog.getByLabel(/Days between reviews/).fill("365");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Task saved").waitFor();
  await page.getByText("CODEOWNERS names who answers for what.").waitFor();
  await page.getByText("Every 365 days").waitFor();

  await other.getByRole("dialog").getByLabel(/Process description/).fill("Something else.");
  await other.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await other.getByRole("dialog").getByText(/Somebody (else )?(has )?changed (it|this)/).waitFor();

  await page.getByRole("button", { name: "Mark as reviewed" }).click();
  await page.getByText(/^Reviewed \d/).waitFor();
});

it("tasks: a comment calls somebody by name; it is a text, whatever stands in it", async () => {
  const page = await as("officer");
  await go(page, `/tasks/${KEY}?tab=log`);
  const box = page.getByRole("textbox", { name: "Comment" });
  await box.pressSequentially("See <b>this</b>, @jari");
  await page.getByRole("option", { name: "Jari Mäki" }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type("please.");
  assert.deepEqual(await box.inputValue(), "See <b>this</b>, @Jari Mäki please.", "the name stands in the field");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await page.locator(".called", { hasText: "@Jari Mäki" }).waitFor();
  await page.getByText("See <b>this</b>, @Jari Mäki").waitFor();
  assert.deepEqual(await box.inputValue(), "", "the field is empty again");
  const called = await ask(await as("developer"), "/my-tasks");
  assert.deepEqual(called.mentions.length, 1, "who is called is told");
});

it("tasks: an exception needs a second person, who is not who asked", async () => {
  const page = await as("officer");
  await go(page, `/tasks/${KEY}?tab=implementation&point=${POINT}`);
  const point = page.locator("li.open");
  await point.getByText("How to fix").first().waitFor();
  await point.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Ask for a waiver" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("Owners are named in January.");
  await dialog.getByLabel("Until").fill(new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10));
  await dialog.getByRole("button", { name: "Ask for a waiver" }).click();
  await page.getByText("Asked for. It waits for a second person.").waitFor();
  await page.getByRole("link", { name: "See the request" }).first().click();
  await page.waitForURL(/\/approvals\/\d+/);
  await page.getByText("It is your own request.").first().waitFor();
  assert.deepEqual(await page.getByRole("button", { name: "Approve" }).count(), 0, "nobody approves their own");

  const other = await as("second");
  await go(other, new URL(page.url()).pathname);
  await other.getByText("Owners are named in January.").waitFor();
  await other.getByRole("button", { name: "Reject" }).click();
  await other.getByText("Say why when you reject.").waitFor();
  await other.getByRole("button", { name: "Approve" }).click();
  await other.getByText("Approved, and done").waitFor();
  await other.getByText("Ulla Ek").waitFor();
  await go(page, `/tasks/${KEY}?tab=implementation&point=${POINT}`);
  await page.getByText("approved by Ulla Ek").waitFor();
});

it("tasks: a point is adopted and given up again", async () => {
  const page = await as("officer");
  await go(page, "/tasks/code-review-rules?tab=implementation");
  const free = page.locator(".points > li").filter({ hasText: /Example|Recommended/ }).first();
  const words = (await free.locator(".text").innerText()).trim();
  await free.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Adopt as our own rule" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("Our customers ask for it.");
  await page.getByRole("dialog").getByRole("button", { name: "Adopt as our own rule" }).click();
  await page.getByText("Recorded", { exact: true }).waitFor();
  const it = page.locator(".points > li").filter({ hasText: words });
  await it.getByText("Adopted", { exact: true }).waitFor();
  await it.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Give up as our own rule" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("It was too early.");
  await page.getByRole("dialog").getByRole("button", { name: "Give up as our own rule" }).click();
  await it.getByText("Adopted", { exact: true }).waitFor({ state: "detached" });
});
