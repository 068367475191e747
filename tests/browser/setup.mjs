/* Goal: from the one-time link to the true board in five questions. */
import assert from "node:assert/strict";

import { adminLink, close, go, it, PASSWORD, settings, settle, shot, sound, visit } from "./lib.mjs";

export const admin = { state: undefined };

it(
  "the first way in: a link, five questions, the board",
  async () => {
    const page = await visit();
    await go(page, "/tasks");
    assert.match(page.url(), /\/sign-in\?next=%2Ftasks$/, "who is nobody is asked to sign in");
    await sound(page);
    await shot(page, "sign-in");

    await page.goto(adminLink());
    await page.getByLabel("Your name").fill("Aino Virtanen");
    await page.getByLabel("Your e-mail address").fill("aino@example.org");
    await page.getByLabel("New password").fill("password1234");
    await page.getByLabel("The same once more").fill("password1234");
    await sound(page, "a link");
    await shot(page, "link");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.locator("[aria-invalid=true]").waitFor();
    page.faults.length = 0; // a refusal is one of the network's
    await sound(page, "a refused password");
    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByLabel("The same once more").fill(PASSWORD);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL("**/setup");
    await settle(page);
    assert.ok(!(await page.evaluate(() => performance.getEntriesByType("navigation")[0].name)).includes("secret"));
    await sound(page);
    await shot(page, "setup-1");
    await page.getByLabel("Name of the organization").fill("Browser & Söns");
    await page.keyboard.press("Enter");
    await page.getByLabel("English").check();
    await sound(page, "setup, language");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("radio").first().waitFor();
    await sound(page, "setup, preset");
    await shot(page, "setup-3");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByLabel("Security officer").waitFor();
    await sound(page, "setup, officer");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByLabel("Path or address").fill(settings.repository);
    await sound(page, "setup, repositories");
    await shot(page, "setup-5");
    await page.getByRole("button", { name: "Begin and assess" }).click();
    await page.getByRole("link", { name: /See the board/ }).waitFor();
    await shot(page, "setup-started");
    await page.getByRole("link", { name: "See the board and the three things to do first" }).click({ timeout: 60_000 });
    await settle(page);
    await page.getByRole("heading", { name: /things? to do first/ }).waitFor();
    assert.equal(await page.locator("h1").textContent(), "Browser & Söns");
    await sound(page);
    admin.state = await page.context().storageState();
    await close(page);
  },
  { always: true },
);
