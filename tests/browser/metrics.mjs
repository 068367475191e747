/* Goal: ready metrics are adopted as drafts in one go, and a metric's page shows what is behind its figure, by keyboard too. */
import assert from "node:assert/strict";

import { close, go, it, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

it("metrics: from the ready ones to drafts, and behind a figure", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/security-metrics");
  await page.getByRole("heading", { name: "Metrics", level: 1 }).waitFor();
  await page.getByText("Nobody follows any of these yet").waitFor();
  await shot(page, "metrics");
  await page.getByRole("button", { name: "Adopt ready metrics" }).click();
  const dialog = page.getByRole("dialog");
  const boxes = dialog.getByRole("checkbox");
  for (const box of await boxes.all()) await box.uncheck();
  await dialog.getByRole("checkbox", { name: /^Tasks fully done/ }).check();
  await dialog.getByRole("checkbox", { name: /^Exceptions in force/ }).check();
  await sound(page, "adopting");
  await shot(page, "metrics-adopt");
  await dialog.getByRole("button", { name: "Adopt 2 metrics" }).click();
  await page.getByText("2 drafts were made").waitFor();
  // a draft is followed by nobody yet: nothing stands against a target
  await page.getByText("In the register: draft").first().waitFor();
  assert.equal(await page.getByText("On target", { exact: true }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Begin a management review" }).count(), 0);
  await sound(page, "metrics");

  await page.getByRole("link", { name: "Tasks fully done" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/security-metrics\/tasks_done$/);
  await page.getByRole("heading", { name: "What is behind the figure" }).waitFor();
  await page.getByRole("link", { name: /^MET-\d+ Tasks fully done/ }).waitFor();
  await page.getByText("The query").click();
  await page.getByText("FROM standing_tasks").waitFor();
  await sound(page, "a metric");
  await shot(page, "metric");
  await page.getByRole("table", { name: "What is behind the figure" }).getByRole("link").first().click();
  await page.waitForURL(/\/tasks\//);

  await go(page, "/security-metrics");
  await page.getByRole("link", { name: "Compute again" }).click();
  await page.getByText("Nobody has asked for it yet").waitFor();
  await shot(page, "metrics-again-none");
  await page.getByRole("button", { name: "Compute again" }).click();
  await page.getByText("30 days without a record").or(page.getByText("31 days without a record")).waitFor();
  await sound(page, "days computed again");
  await shot(page, "metrics-again");
  await close(page);
});
