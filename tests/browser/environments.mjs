/* Goal: who gets into production and who into test, beside one another; an access list comes from a file, with what it would do told first; who has left stands out. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { close, go, it, settings, settle, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";
import { as, ask } from "./team.mjs";

const made = {};
const bare = (item) => item.subject.split("/")[1];
const file = (name, text, encoding = "utf8") => ({ name, mimeType: "text/csv", buffer: Buffer.from(text, encoding) });
const LIST = `Käyttäjätunnus;Nimi;Sähköposti;Rooli;Osasto
jari;Jari Mäki;developer@team.example;admin;Kehitys
root;;;admin;
raimo;Raimo Lähtijä;raimo@team.example;operator;Tuotanto
stranger;Someone Else;someone@elsewhere.example;viewer;
`;

async function send(page, path, data, status = 201) {
  const answer = await page.request.post(`${settings.address}/api/v1${path}`, { data, headers: { "X-Sinetti": "1", Origin: settings.address } });
  assert.equal(answer.status(), status, `${path}: ${await answer.text()}`);
  return answer.json();
}
const create = (page, kind, title, content) => send(page, `/registers/${kind}/items`, { title, content });

it(
  "environments: what is recorded",
  async () => {
    const dev = await as("developer");
    const boss = await visit({ state: admin.state });
    const raimo = await send(boss, "/people", { name: "Raimo Lähtijä", addresses: ["raimo@team.example"] });
    await send(boss, `/people/${raimo.id.slice(7)}/leave`, undefined, 200);
    const service = await create(dev, "service", "Ticket office", { purpose: "Tickets", criticality: "high" });
    const people = (await ask(boss, "/people?limit=200")).items;
    const who = (name) => people.find((p) => p.name === name).id;
    made.production = await create(dev, "environment", "Ticket office, production", { purpose: "production", services: [service.subject], developers: "read", access: [{ account: "jari", level: "viewer" }, { account: "old-admin", level: "admin" }] });
    made.test = await create(dev, "environment", "Ticket office, test", {
      purpose: "test", services: [service.subject], list_day: "2026-01-02", list_days: 30,
      access: [{ account: "jari", person: who("Jari Mäki"), level: "viewer", allows: "read" }, { account: "tove", person: who("Tove Berg"), level: "tester", allows: "change" }, { account: "tests", level: "runner", shared: true }],
    });
  },
  { always: true },
);

it("environments: a list is imported and compared", async () => {
  const page = await as("developer");
  await go(page, "/environments");
  await page.getByText("List too old").waitFor();
  await page.getByRole("link", { name: "Ticket office, production" }).first().click();
  await page.getByRole("heading", { name: "Ticket office, production" }).waitFor();
  await settle(page);
  assert.equal(await page.getByLabel("Compare with").inputValue(), bare(made.test), "the one of the same service");
  await page.getByRole("button", { name: "Import access list" }).first().click();
  const dialog = page.getByRole("dialog");
  await sound(page, "before a file is chosen");
  await shot(page, "access-import");
  await dialog.locator("input[type=file]").setInputFiles(file("bad.csv", "user;role;shared\n;x;\nb;;perhaps\n"));
  await dialog.getByText("3 faults").waitFor();
  await dialog.getByText("what may the account do?").waitFor();
  await sound(page, "faults of an access list");
  await shot(page, "access-import-faults");
  await dialog.getByRole("button", { name: "Another file" }).click();
  await dialog.locator("input[type=file]").setInputFiles(file("accounts.csv", LIST, "latin1")); // as a spreadsheet program writes it
  await dialog.getByText("3 joined").waitFor();
  await dialog.getByText("1 left").waitFor();
  await dialog.getByText("1 changed").waitFor();
  await dialog.getByText("Raimo Lähtijä").waitFor();
  await dialog.getByText("Osasto").waitFor();
  await sound(page, "what an access list would change");
  await shot(page, "access-import-told");
  await dialog.getByRole("button", { name: "Take the list" }).click();
  await page.getByText("The access list was taken.").waitFor();
  await page.getByText("Has left", { exact: true }).waitFor();
  await page.getByText("More than developers may", { exact: true }).waitFor();
  await page.getByText("Perhaps shared", { exact: true }).waitFor();
  await sound(page, "two lists beside one another");
  await shot(page, "access-compared");
  await page.getByRole("button", { name: /^\d+ Have left/ }).click();
  await settle(page);
  assert.match(page.url(), /mark=left/);
  assert.equal(await page.locator("tbody tr").count(), 1);
  await page.getByRole("button", { name: /^\d+ Have left/ }).click();
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "CSV" }).click()]);
  assert.match(download.suggestedFilename(), /^access-ENV-\d+-\d{4}-\d\d-\d\d\.csv$/);
  assert.match(await readFile(await download.path(), "utf8"), /Raimo Lähtijä,"?Ticket office, production/);
  await go(page, `/registers/environment/${bare(made.production)}`);
  await page.getByRole("link", { name: "Access list" }).click();
  await page.waitForURL(/\/environments\//);
  await close(page);
});

for (const [theme, width] of [
  ["dark", 390],
  ["light", 1280],
])
  it(`environments: in Finnish, ${theme}, ${width} wide`, async () => {
    const page = await as("officer", { lang: "fi", theme, width });
    await page.request.put(`${settings.address}/api/v1/me/language`, { data: { language: "fi" }, headers: { "X-Sinetti": "1", Origin: settings.address } });
    for (const [name, path] of [["environments", "/environments"], ["access", `/environments/${bare(made.production)}`], ["access-alone", `/environments/${bare(made.test)}?beside=none`]]) {
      await go(page, path);
      await sound(page, path);
      await shot(page, `${name}-fi-${theme}-${width}`);
    }
    await close(page);
  });
