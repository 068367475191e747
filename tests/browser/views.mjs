/* Goal: what a list shows is saved as a view, opens by itself, is renamed, shared and deleted, by keyboard too, in both languages. */
import assert from "node:assert/strict";

import { close, go, it, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

it("views: saved, begun with, renamed, shared, deleted", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/tasks");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByText("save what you see as a view").waitFor();
  await sound(page, "views: none yet");
  await page.keyboard.press("Escape");
  // columns, filter and sort stand in the URL
  await page.getByRole("button", { name: "Columns" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("menuitemcheckbox", { name: "Owner" }).waitFor();
  await page.getByRole("menuitemcheckbox", { name: "Assurance" }).click();
  await page.waitForURL(/columns=title%2Cpriority%2Cstatus%2Cpoints%2Cowner%2Cdue/);
  assert.equal(await page.getByRole("columnheader", { name: "Assurance" }).count(), 0);
  await page.getByRole("button", { name: "Priority" }).first().click();
  await page.getByRole("menuitem", { name: "Critical" }).click();
  await page.waitForURL(/priority=critical/);
  await page.getByRole("button", { name: "Views" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter"); // Save this view…
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Critical ones");
  await dialog.getByLabel("Begin with it when I open this list").check();
  await sound(page, "views: saving");
  await shot(page, "views-save");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Critical ones" }).waitFor();
  // opens by itself; whoever says otherwise gets what they said
  await go(page, "/tasks");
  await page.waitForURL(/priority=critical/);
  await go(page, "/tasks?priority=low");
  assert.ok(page.url().endsWith("?priority=low"));
  await go(page, "/tasks");
  await page.getByRole("button", { name: "Critical ones" }).click();
  await shot(page, "views");
  await page.getByRole("menuitem", { name: "Rename, share…" }).click();
  await dialog.getByLabel("Name").fill("Most critical");
  await dialog.getByLabel("Share it with everybody").check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Most critical" }).waitFor();
  await page.getByRole("button", { name: "Most critical" }).click();
  await page.getByRole("menuitemradio", { name: "Everything" }).click();
  await page.waitForURL(/\/tasks$/);
  await close(page);
  // narrow, dark, in Finnish: the same view
  const narrow = await visit({ state: admin.state, lang: "fi", theme: "dark", width: 390 });
  await go(narrow, "/tasks");
  await narrow.waitForURL(/priority=critical/);
  await sound(narrow, "views: narrow");
  await narrow.getByRole("button", { name: "Most critical" }).click();
  await shot(narrow, "views-narrow");
  await narrow.getByRole("menuitem", { name: "Poista näkymä" }).click();
  await narrow.getByRole("button", { name: "Poista näkymä" }).click();
  await narrow.getByText("Näkymä on poistettu").waitFor();
  await go(narrow, "/registers/service");
  await narrow.getByRole("button", { name: "Näkymät" }).waitFor();
  await close(narrow);
});

it("task files: looked through, taken, and a status stays a claim", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/tasks?q=release log");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const file = (text) => ({ name: "from-elsewhere.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await sound(page, "task files");
  await dialog.locator("input[type=file]").setInputFiles(file("name,status,due\nMaintaining a release log,Superb,tomorrow\n"));
  await dialog.getByText("2 faults.").waitFor();
  await sound(page, "task files: faults");
  assert.equal(await dialog.getByRole("button", { name: /^Change/ }).count(), 0);
  await dialog.getByRole("button", { name: "Another file" }).click();
  await dialog.locator("input[type=file]").setInputFiles(file("name,status,due,unit\nMaintaining a release log,Fully done,2027-03-31,Office\nSomething else,Fully done,,\n"));
  await dialog.getByText("1 task would change").waitFor();
  await dialog.getByText("2 things are left out").click();
  await sound(page, "task files: told");
  await shot(page, "task-file");
  await dialog.getByRole("button", { name: "Change 1 task" }).click();
  await page.getByText("1 task was changed").waitFor();
  await go(page, "/tasks/release-log?tab=implementation");
  await page.getByText("Claimed elsewhere").waitFor();
  await page.getByText(/from-elsewhere\.csv, handed in by/).waitFor();
  await sound(page, "a claim");
  await shot(page, "task-claim");
  await close(page);
});
