/* Goal: a file of items is dropped, looked through, told and recorded; what is wrong with it is said by line; lists come out as files. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { close, go, it, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

it("imports: a file with faults, then one that is recorded, then its export", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/registers/training");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Choose a CSV file").waitFor();
  await sound(page, "before a file is chosen");
  await shot(page, "import");
  await dialog.locator("input[type=file]").setInputFiles(file("bad.csv", "title;owner;colour\nFirst;;red\n"));
  await dialog.getByText("is no column of this register").waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Record" }).isDisabled(), true);
  await dialog.getByRole("button", { name: "Another file" }).click();
  await dialog.locator("input[type=file]").setInputFiles(file("bad.csv", "title;owner\nFirst;nobody@example.org\n;\nThird;also nobody\n"));
  await dialog.getByText("is nobody's address here").waitFor();
  await dialog.getByText("3 faults").first().waitFor();
  await sound(page, "faults of a file");
  await shot(page, "import-faults");
  await dialog.getByRole("button", { name: "Another file" }).click();

  await dialog.locator("input[type=file]").setInputFiles(file("trainings.csv", "title\nSecure coding\n=Threats\n"));
  await dialog.getByText("2 new", { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Record" }).click();
  await dialog.getByText("2 items were recorded.").waitFor();
  await sound(page, "what was recorded");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("link", { name: /-1$/ }).waitFor();

  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "CSV" }).click()]);
  assert.match(download.suggestedFilename(), /^training-\d{4}-\d\d-\d\d\.csv$/);
  const text = await readFile(await download.path(), "utf8");
  assert.match(text, /^number,title,owner/);
  assert.match(text, /"'=Threats"/);

  // by title, with what is new about one of them
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.getByLabel("Match rows with items by").selectOption("title");
  await dialog.locator("input[type=file]").setInputFiles(file("again.csv", "title;owner\nSecure coding;\nNew one;\n"));
  await dialog.getByText("1 changed", { exact: true }).waitFor();
  await dialog.getByText("1 new", { exact: true }).waitFor();
  await sound(page, "what a file would do");
  await shot(page, "import-told");
  await page.keyboard.press("Escape");
  await close(page);
});

it("imports: in Finnish, dark and narrow", async () => {
  const page = await visit({ state: admin.state, lang: "fi", theme: "dark", width: 390 });
  await go(page, "/registers/training");
  await page.getByRole("button", { name: "Tuo", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[type=file]").setInputFiles(file("väärin.csv", "title;owner\nYksi;ei ketään\n"));
  await dialog.getByText("ei ole kenenkään nimi täällä: kirjoita osoite").waitFor();
  await sound(page, "virheet");
  await shot(page, "import-fi");
  await close(page);
});
