/* Goal: a person chooses what they hear and when, an Admin sets up mail and webhooks, and what does not work is said. */
import assert from "node:assert/strict";

import { close, go, it, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

it("notices: what one hears of, and one's own calendar", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/account?tab=notifications");
  await page.getByText("This server sends no mail yet").waitFor();
  await page.getByLabel("Tasks, reviews and dates").selectOption("weekly");
  await page.getByLabel("Quiet from").selectOption("20");
  await page.getByLabel("Quiet until").selectOption("7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").first().waitFor();
  await go(page, "/account?tab=notifications");
  assert.equal(await page.getByLabel("Tasks, reviews and dates").inputValue(), "weekly");
  assert.equal(await page.getByLabel("Quiet from").inputValue(), "20");
  await sound(page, "what one hears of");
  await shot(page, "notices-wishes");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByRole("textbox", { name: "Link to your calendar" }).inputValue();
  const calendar = await page.request.get(link);
  assert.match(await calendar.text(), /^BEGIN:VCALENDAR/);
  await sound(page, "the link to the calendar");
  await shot(page, "notices-calendar");
  await page.getByRole("button", { name: "Close" }).first().click();
  await page.getByRole("button", { name: "Remove the link" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("There is no link.").waitFor();
  assert.equal((await page.request.get(link)).status(), 404);
  await close(page);
});

it("notices: a mail server that is not there", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/settings");
  await page.getByRole("button", { name: "Set up a mail server" }).click();
  await sound(page, "the form of the mail server");
  await shot(page, "notices-mail-form");
  await page.getByRole("textbox", { name: "Mail server" }).fill("mail.example.org");
  await page.getByLabel("Encryption").selectOption("none");
  await page.getByLabel("Port").fill("1");
  await page.getByLabel("Sender’s address").fill("sinetti@example.org");
  await page.getByRole("button", { name: "Save" }).last().click();
  await page.getByText(/to this machine alone/).first().waitFor();
  page.faults.length = 0;
  await page.getByRole("textbox", { name: "Mail server" }).fill("localhost");
  await page.getByRole("button", { name: "Save" }).last().click();
  await page.getByText("localhost:1", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Send a test message to me" }).click();
  await page.getByText("The message did not go").waitFor();
  await page.getByText("The last attempt came to nothing").waitFor();
  await sound(page, "a mail server that is not there");
  await shot(page, "notices-mail");
  await page.getByRole("button", { name: "Remove the mail server" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("No mail server is set up").waitFor();
  await close(page);
});

it("notices: a webhook, its secret shown once, its messages", async () => {
  const page = await visit({ state: admin.state });
  await go(page, "/settings");
  await page.getByRole("button", { name: "Add a webhook" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Build server");
  await page.getByLabel("Address", { exact: true }).fill("https://127.0.0.1:1/hook");
  await page.getByRole("checkbox", { name: "Reminders" }).check();
  await sound(page, "the form of a webhook");
  await shot(page, "notices-webhook-form");
  await page.getByRole("button", { name: "Save" }).last().click();
  assert.match(await page.getByRole("textbox", { name: "Secret" }).inputValue(), /^whsec_/);
  await page.getByRole("button", { name: "Close" }).first().click();
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await page.getByText("A test message is on its way").waitFor();
  for (let i = 0; i < 20; i++) {
    await go(page, "/settings");
    if (await page.getByText("Nothing gets through").count()) break;
    await page.waitForTimeout(500);
  }
  await page.getByRole("button", { name: "Messages", exact: true }).click();
  await page.getByText("webhook.test").first().waitFor();
  await page.getByText(/leads to an address inside/).first().waitFor();
  await sound(page, "messages of a webhook");
  await shot(page, "notices-webhook");
  await page.getByRole("button", { name: "Close" }).first().click();
  await page.getByRole("button", { name: "Remove Build server" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("None. A webhook tells").waitFor();
  await close(page);
});

it("notices: the list behind the bell, in Finnish too", async () => {
  for (const [lang, theme, width] of [
    ["en", "light", 1280],
    ["fi", "dark", 390],
  ]) {
    const page = await visit({ lang, theme, width, state: admin.state });
    await go(page, "/notifications");
    await sound(page, "notifications");
    await shot(page, `notices-list-${lang}`);
    await go(page, "/account?tab=notifications");
    await shot(page, `notices-wishes-${lang}`);
    await go(page, "/settings");
    await shot(page, `notices-settings-${lang}`);
    await close(page);
  }
});
