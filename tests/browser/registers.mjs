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
  await page.getByRole("dialog").getByLabel("Note").fill("Ready");
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

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGNQCTuKFTEMLQkAAVlPwYuUHzIAAAAASUVORK5CYII=", "base64");

it("registers: files are attached, seen and had again, and what is no document is refused", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/registers/audit/new");
  await page.getByLabel("Title", { exact: true }).fill("Yearly audit");
  const files = page.getByLabel(/Choose files/);
  await files.setInputFiles([
    { name: "Report 2026.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n".padEnd(300_000, "x")) },
    { name: "login screen.png", mimeType: "image/png", buffer: PNG },
    { name: "tool.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ\u0000") },
  ]);
  await page.getByText(/a file of this kind is not taken/i).waitFor();
  page.faults.length = 0; // the browser tells of the refusal too
  await page.getByRole("button", { name: "Remove login screen.png" }).waitFor();
  await sound(page, "files of an item");
  await shot(page, "files-form");
  await page.getByRole("button", { name: "Remove tool.exe" }).click();
  // dropped, as from a folder
  const dropped = await page.evaluateHandle(() => {
    const all = new DataTransfer();
    all.items.add(new File(["a;b\n1;2\n"], "findings.csv", { type: "text/csv" }));
    return all;
  });
  await page.locator(".zone").dispatchEvent("drop", { dataTransfer: dropped });
  await page.getByRole("button", { name: "Remove findings.csv" }).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/\/registers\/audit\/[a-z2-7]{20}$/);
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: /Report 2026\.pdf/ }).click();
  assert.equal((await saved).suggestedFilename(), "Report 2026.pdf");
  const picture = page.getByRole("link", { name: /login screen\.png/ }).locator("img");
  await page.waitForFunction((img) => img.complete && img.naturalWidth === 8, await picture.elementHandle());
  // opened as a page, it is one of nobody: nothing runs, and the browser saves it
  const answer = await page.request.get(new URL(await page.getByRole("link", { name: /findings\.csv/ }).getAttribute("href"), page.url()).href);
  assert.match(answer.headers()["content-disposition"], /^attachment/);
  assert.match(answer.headers()["content-security-policy"], /sandbox/);
  await sound(page, "an item with files");
  await shot(page, "files-item");
  await close(page);
});

it("registers: who saves second loses nothing", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/registers/policy/new");
  await page.getByLabel("Title", { exact: true }).fill("Two editors");
  await page.getByLabel("Purpose").fill("As it was");
  await page.getByLabel("Applies to").fill("All");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/\/registers\/policy\/[a-z2-7]{20}$/);
  const item = page.url();
  const other = await visit({ state: admin.state });
  for (const p of [page, other]) {
    await p.goto(`${item}/edit`);
    await p.getByLabel("Purpose").waitFor();
  }
  await other.getByLabel("Purpose").fill("What the first one wrote");
  await other.getByLabel("Applies to").fill("Those of the first");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.waitForURL(item);
  await close(other);

  await page.getByLabel("Purpose").fill("What the second one wrote");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: /saved version 2 while you were writing/ }).waitFor();
  page.faults.length = 0; // the browser tells of the refusal too
  assert.equal(await page.getByRole("textbox", { name: "Purpose" }).inputValue(), "What the second one wrote");
  await page.getByText("What the first one wrote").waitFor();
  await sound(page, "two editors");
  await shot(page, "two-editors");
  await page.getByRole("button", { name: "Take this: Applies to" }).click();
  assert.equal(await page.getByRole("textbox", { name: "Applies to" }).inputValue(), "Those of the first");
  await page.getByRole("button", { name: "Save on top of it" }).click();
  await page.waitForURL(item);
  await page.getByText("What the second one wrote").first().waitFor();
  await page.getByText("Those of the first").first().waitFor();
  await page.getByText("Version 3", { exact: true }).waitFor();
  await close(page);
});

it("registers: links and groups are found by a part of their name", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/registers/service/new");
  await page.getByLabel("Title", { exact: true }).fill("Payroll service");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/\/registers\/service\/[a-z2-7]{20}$/);
  await go(page, "/registers/audit/new");
  await page.getByLabel("Title", { exact: true }).fill("Audit of it");
  await page.getByRole("combobox", { name: "Service", exact: true }).fill("payr");
  await page.getByRole("option", { name: "Payroll service" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Remove Payroll service" }).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/\/registers\/audit\/[a-z2-7]{20}$/);
  await page.getByRole("link", { name: "Payroll service" }).first().waitFor();
  await close(page);
});

it("registers: Markdown is drawn, and whatever else is in a text stays text", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/ready?register=guideline");
  await page.getByRole("button", { name: "Read: Secure coding: Python" }).click();
  await page.getByRole("dialog").getByRole("heading", { name: "Do not" }).waitFor();
  await page.getByRole("dialog").getByRole("listitem").first().waitFor();
  await sound(page, "a ready guideline");
  await shot(page, "ready-guideline");
  await page.keyboard.press("Escape");
  await shot(page, "ready-guidelines");

  const text = "## Rules\n\n<img src=x onerror=alert(1)> [bad](javascript:alert(1)) [good](https://example.org/) ![picture](https://example.org/p.png)\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n" + "> ".repeat(3000) + "deep";
  const made = await page.request.post(new URL("/api/v1/registers/policy/items", page.url()).href, {
    data: { title: "Hostile", content: { purpose: "Try", applies_to: "All", text } },
    headers: { "X-Sinetti": "1", Origin: new URL(page.url()).origin },
  });
  const id = (await made.json()).subject.split("/")[1];
  await go(page, `/registers/policy/${id}`);
  await page.getByText("deep").first().waitFor();
  assert.equal(await page.locator("main img, main a[href^='javascript']").count(), 0);
  const fine = await page.request.post(new URL("/api/v1/registers/policy/items", page.url()).href, {
    data: { title: "Hostile too", content: { purpose: "Try", applies_to: "All", text: text.replace(/(> )+deep/, "") } },
    headers: { "X-Sinetti": "1", Origin: new URL(page.url()).origin },
  });
  await go(page, `/registers/policy/${(await fine.json()).subject.split("/")[1]}`);
  await page.getByRole("heading", { name: "Rules" }).waitFor();
  await page.getByText("<img src=x onerror=alert(1)>").waitFor();
  assert.equal(await page.locator("main img, main a[href^='javascript']").count(), 0);
  assert.equal(await page.getByRole("link", { name: "good" }).getAttribute("href"), "https://example.org/");
  await page.getByRole("cell", { name: "2", exact: true }).waitFor();
  await sound(page, "an item with Markdown");
  await close(page);
});
