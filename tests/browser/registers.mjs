/* Goal: an item is written, edited and moved in the pages as its kind says; who may not is told why. */
import assert from "node:assert/strict";

import { close, go, it, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

it("registers: a policy from its first words to who may approve it", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/registers/policy");
  await page.getByRole("link", { name: "New: policy" }).first().click();
  await page.waitForURL(/\/new$/);
  await page.getByLabel("Title", { exact: true }).fill("Who reviews");
  await page.getByLabel("Purpose").fill("Nothing goes in unread");
  await sound(page, "a new item");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/registers\/policy\/[a-z2-7]{20}$/);
  const item = page.url();

  await page.getByRole("button", { name: "Submit for review" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Submit for review" }).click();
  await page.getByRole("dialog").getByText("Applies to: is missing").waitFor();
  page.faults.length = 0; // the browser tells of the refusal too
  await sound(page, "what a move wants");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Applies to").fill("All teams");
  await page.getByLabel("Text").fill("Each change is read by another.");
  await page.getByRole("checkbox", { name: /It is written down how code is reviewed/ }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(item);
  await page.getByText("Version 2", { exact: true }).waitFor();
  await page.getByRole("button", { name: "What changed" }).click();
  await page.getByRole("heading", { name: "After" }).waitFor();

  await page.getByRole("button", { name: "Submit for review" }).click();
  await page.getByRole("dialog").getByLabel("Why").fill("Ready");
  await page.getByRole("dialog").getByRole("button", { name: "Submit for review" }).click();
  await page.getByText("In review").first().waitFor();
  // whoever wrote it does not approve it
  assert.equal(await page.getByRole("button", { name: "Approve" }).count(), 0);
  await page.getByText("Not for who has written any part of it").waitFor();
  await sound(page, "an item in review");

  await go(page, "/guidebook");
  await page.getByText("Nothing to read").waitFor();
  await close(page);
});

it("registers: a draft is begun from a ready record and says what is left open", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/registers/definition_of_done");
  await page.getByRole("link", { name: "Start from…" }).first().click();
  await page.waitForURL(/\/ready\?register=definition_of_done$/);
  await page.getByRole("button", { name: /^Read: Definition of done/ }).first().click();
  await page.getByRole("dialog").getByText("What only you know").waitFor();
  await sound(page, "a ready record");
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: /^Definition of done: .fill in/ }).check();
  await shot(page, "ready");
  await page.getByRole("button", { name: "Start 1 draft" }).click();
  await page.waitForURL(/\/registers\/definition_of_done\/[a-z2-7]{20}\/edit$/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByText("Team: [fill in: name of the team]").waitFor();
  await sound(page, "an item with places left open");
  await shot(page, "left-open");
  await close(page);
});
