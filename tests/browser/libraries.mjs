/* Goal: a library of others is dropped, looked through, told, imported, replaced, given back and taken away, on the page of frameworks. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { close, go, it, settle, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

const file = (name, text) => ({ name, mimeType: "application/yaml", buffer: Buffer.from(text) });
const house = (version, more = "") => `urn: urn:example:risk:library:house
ref_id: House
name: House rules
copyright: Example, free to use
provider: example
version: ${version}
objects:
  framework:
    urn: urn:example:risk:framework:house
    ref_id: house-rules
    name: House rules
    translations: {fi: {name: Talon säännöt}}
    requirement_nodes:
    - {urn: 'urn:example:risk:req_node:house:a', assessable: false, ref_id: A, name: Doors and windows}
    - {urn: 'urn:example:risk:req_node:house:a.1', assessable: true, parent_urn: 'urn:example:risk:req_node:house:a', ref_id: A.1, name: 'Doors are locked at night${version > 1 ? ", and by day" : ""}'}
${more}  requirement_mapping_sets:
  - urn: urn:example:risk:req_mapping_set:house
    source_framework_urn: urn:example:risk:framework:house
    target_framework_urn: urn:intuitem:risk:framework:iso27001-2022
    requirement_mappings:
    - {source_requirement_urn: 'urn:example:risk:req_node:house:a.1', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.7.1', relationship: subset}
    - {source_requirement_urn: 'urn:example:risk:req_node:house:a.1', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:9.2', relationship: intersect}
`;
const MORE = "    - {urn: 'urn:example:risk:req_node:house:a.2', assessable: true, parent_urn: 'urn:example:risk:req_node:house:a', ref_id: A.2, name: Keys are <b>counted</b>}\n";

it("libraries: imported, replaced, given back and taken away", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/frameworks");
  await page.getByRole("button", { name: "Import a library" }).click();
  const dialog = page.getByRole("dialog");
  const drop = (name, text) => dialog.locator("input[type=file]").setInputFiles(file(name, text));
  await sound(page, "before a library is chosen");
  await shot(page, "library-choose");
  await drop("broken.yaml", house(1).replace("relationship: subset", "relationship: cousin").replace("relationship: intersect", "relationship: uncle"));
  await dialog.getByText('the relationship "cousin" is not known').waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Import", exact: true }).isDisabled(), true);
  await sound(page, "faults of a library");
  await shot(page, "library-faults");
  await dialog.getByRole("button", { name: "Another file" }).click();
  await drop("house.yaml", house(1));
  await dialog.getByText("This library is new here.").waitFor();
  await dialog.getByText("1 mapping waits").click();
  await sound(page, "what a library would bring");
  await shot(page, "library-told");
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.getByText("House rules was imported.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("button", { name: "Remove House rules" }).waitFor();
  await page.getByText("Example, free to use").waitFor();
  await settle(page);
  await sound(page, "frameworks with an imported one");
  await shot(page, "libraries");

  // a newer one tells what differs
  await page.getByRole("button", { name: "Import a library" }).click();
  await drop("house-2.yaml", house(2, MORE));
  await dialog.getByText("It takes the place of version 1.").waitFor();
  await dialog.getByText("Keys are <b>counted</b>").waitFor();
  await dialog.getByText("1 changed").waitFor();
  await sound(page, "what a newer library changes");
  await shot(page, "library-newer");
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.getByText("House rules was imported.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();

  // its framework is there, with what it is mapped to
  await page.getByRole("heading", { name: "House rules 2" }).getByRole("link").click();
  await page.getByRole("heading", { name: "House rules 2", level: 1 }).waitFor();
  await settle(page);
  await sound(page, "an imported framework");
  await shot(page, "library-framework");
  await go(page, "/frameworks/house-rules/A.1");
  await page.getByText("A.1 is part of 7.1").waitFor();
  await sound(page, "a control of an imported framework");
  await shot(page, "library-control");

  await go(page, "/frameworks");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download House rules as it was handed in" }).click()]);
  assert.equal(download.suggestedFilename(), "house-2.yaml");
  assert.equal(await readFile(await download.path(), "utf8"), house(2, MORE));
  await page.getByRole("button", { name: "Remove House rules" }).click();
  await dialog.getByLabel("Reason").fill("not ours any more");
  await sound(page, "a library is to be removed");
  await shot(page, "library-remove");
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("button", { name: "Remove House rules" }).waitFor({ state: "detached" });
  await close(page);
});

it("libraries: in Finnish, dark and narrow", async () => {
  const page = await visit({ state: admin.state, lang: "fi", theme: "dark", width: 390 });
  await go(page, "/frameworks");
  await page.getByRole("button", { name: "Tuo kirjasto" }).click();
  const dialog = page.getByRole("dialog");
  const drop = (name, text) => dialog.locator("input[type=file]").setInputFiles(file(name, text));
  await drop("rikki.yaml", house(1).replace("relationship: subset", "relationship: cousin"));
  await dialog.getByText("suhdetta ”cousin” ei tunneta").waitFor();
  await sound(page, "kirjaston virheet");
  await shot(page, "library-faults-fi");
  await dialog.getByRole("button", { name: "Toinen tiedosto" }).click();
  await drop("talo.yaml", house(1));
  await dialog.getByText("Tämä kirjasto on täällä uusi.").waitFor();
  await sound(page, "mitä kirjasto toisi");
  await shot(page, "library-told-fi");
  await dialog.getByRole("button", { name: "Tuo", exact: true }).click();
  await dialog.getByText("Tuotiin: House rules.").waitFor();
  await dialog.getByRole("button", { name: "Sulje" }).last().click();
  await page.getByRole("button", { name: "Poista House rules" }).waitFor();
  await settle(page);
  await sound(page, "kirjastot");
  await shot(page, "libraries-fi");
  await close(page);
});
