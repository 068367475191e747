/* Goal: others come in by invitation, see no button that would be refused, and lose everything when they leave. */
import assert from "node:assert/strict";

import { close, go, it, PASSWORD, settings, settle, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

it("people: added, invited, given a role; what they see; they leave", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/people");
  await page.getByRole("button", { name: "Add a person" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Mikko Lahti");
  await page.getByLabel("E-mail address").fill("mikko@example.org");
  await page.getByRole("button", { name: "Add a person" }).last().click();
  await page.waitForURL(/\/people\/[a-z2-7]{20}$/);
  await settle(page);
  await page.getByRole("button", { name: "Give a role" }).click();
  await page.getByLabel("Role", { exact: true }).selectOption("developer");
  await page.getByLabel("Reason").fill("writes code");
  await sound(page, "giving a role");
  await page.getByRole("button", { name: "Give a role" }).last().click();
  await page.locator("li").getByText("Developer").waitFor();
  await page.getByRole("button", { name: "Make an invitation" }).click();
  const link = await page.getByRole("textbox", { name: "One-time link" }).inputValue();
  await page.keyboard.press("Escape");

  const mikko = await visit({ lang: "fi" });
  await mikko.goto(link);
  await mikko.getByRole("heading", { name: "Tervetuloa Sinettiin" }).waitFor();
  assert.ok(!mikko.url().includes("#"), "the secret has left the address");
  await mikko.getByLabel("Uusi salasana").fill(PASSWORD);
  await mikko.getByLabel("Sama uudelleen").fill(PASSWORD);
  await sound(mikko, "an invitation");
  await mikko.getByRole("button", { name: "Jatka" }).click();
  await mikko.waitForURL((u) => u.pathname === "/");
  await settle(mikko);
  const menu = await mikko.getByRole("navigation").first().getByRole("link").allTextContents();
  assert.ok(!menu.join().includes("Tapahtumaloki"), `a developer does not read the log: ${menu}`);
  await go(mikko, "/people");
  assert.equal(await mikko.getByRole("button", { name: "Lisää henkilö" }).count(), 0);
  await go(mikko, "/audit-log");
  await mikko.getByRole("heading", { name: "Sinulla ei ole oikeutta nähdä tätä" }).waitFor();
  await sound(mikko, "denied");

  const again = await visit();
  await again.goto(link);
  await again.getByText("This link does not work any more").waitFor();
  await close(again);

  await page.getByRole("button", { name: "Record leaving" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Record leaving" }).click();
  await page.getByText("Has left").waitFor();

  await go(page, "/people");
  await page.getByRole("button", { name: "Add a person" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Release bot");
  await page.getByLabel("E-mail address").fill("release-bot@example.org");
  await page.getByLabel("It is a bot").check();
  await sound(page, "adding a bot");
  await shot(page, "bot-adding");
  await page.getByRole("button", { name: "Add a person" }).last().click();
  await page.waitForURL(/\/people\/[a-z2-7]{20}$/);
  await page.getByText("Bot", { exact: true }).waitFor();
  await sound(page, "a bot");
  await shot(page, "bot");
  await mikko.goto(`${settings.address}/my-tasks`);
  await mikko.waitForURL(/\/sign-in/);
  await close(mikko);
  await close(page);
});

it("people: a CSV file with a fault adds nobody and says where", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/people");
  await page.getByRole("button", { name: "Import from CSV" }).click();
  const file = (text) => ({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByLabel("CSV file").setInputFiles(file("name,address\nSari Niemi,sari@example.org\nBad,not-an-address\n"));
  await page.getByText("Line 3").waitFor();
  await sound(page, "an import with a fault");
  await page.getByLabel("CSV file").setInputFiles(file("name,address,role,until\nSari Niemi,sari@example.org,developer,\n"));
  await page.getByText("1 person would be added.").waitFor();
  await page.getByRole("button", { name: "Add them" }).click();
  await page.getByRole("link", { name: /Sari Niemi/ }).waitFor();
  await close(page);
});
