/* Goal: everything by the keyboard alone. */
import assert from "node:assert/strict";

import { close, go, it, settle, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id || document.activeElement?.tagName);

it("keyboard: skip link, help, search and places", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/");
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");

  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await page.waitForURL("**/tasks");
  // the new page's heading has the focus, once its script is there
  await page.waitForFunction(() => document.activeElement?.tagName === "H1" && document.activeElement.textContent.trim() === "Tasks");

  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.keyboard.type("review?g");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=review%3Fg");
  await page.goBack();
  await page.waitForURL("**/tasks");
  await close(page);
});

it("keyboard: rows of a table and the way into a task", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/tasks");
  const rows = page.locator("tbody [data-rove]");
  await rows.first().focus();
  await page.keyboard.press("ArrowDown");
  assert.ok(await rows.nth(1).evaluate((e) => e === document.activeElement));
  await page.keyboard.press("End");
  assert.ok(await rows.last().evaluate((e) => e === document.activeElement));
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tasks\/[a-z-]+$/);
  await settle(page);
  await page.getByRole("tab").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/tab=/);
  assert.equal(await page.getByRole("tab", { selected: true }).getAttribute("tabindex"), "0");
  await close(page);
});

it("keyboard: menus and the drawer of a narrow window", async () => {
  const page = await visit({ state: admin.state, width: 390 });
  await go(page, "/");
  const burger = page.getByRole("button", { name: "Menu", exact: true });
  await burger.focus();
  await page.keyboard.press("Enter");
  assert.equal(await burger.getAttribute("aria-expanded"), "true");
  await page.getByRole("link", { name: "My tasks" }).click();
  await page.getByRole("heading", { name: "My tasks", level: 1 }).waitFor();
  assert.equal(await burger.getAttribute("aria-expanded"), "false", "the drawer closes behind whoever went through it");

  await page.getByRole("button", { name: "Theme" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("html").getAttribute("data-bs-theme"), "dark");
  await page.getByRole("button", { name: "Theme" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("menu").count(), 0);
  assert.ok(await page.getByRole("button", { name: "Theme" }).evaluate((e) => e === document.activeElement), "the focus is back");
  await close(page);
});
