/* Goal: every way of signing in, as a person does it. */
import assert from "node:assert/strict";

import { close, go, it, PASSWORD, settle, shot, sound, totp, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

async function password(page, word = PASSWORD) {
  await page.getByLabel("E-mail address").fill("aino@example.org");
  await page.getByLabel("Password", { exact: true }).fill(word);
  await page.getByRole("button", { name: "Continue" }).click();
}

it("account: a wrong password tells nothing, the right one leads back", async () => {
  const page = await visit();
  await go(page, "/people");
  await password(page, "not the password");
  const alert = page.getByRole("alert");
  await alert.waitFor();
  const said = await alert.textContent();
  page.faults.length = 0;
  await page.getByLabel("E-mail address").fill("nobody@example.org");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForFunction(() => !document.querySelector("button:disabled"));
  assert.equal(await alert.textContent(), said, "the same words whether there is such a person or not");
  page.faults.length = 0;
  await password(page);
  await page.waitForURL("**/people");
  await settle(page);
  await sound(page);
  await close(page);
});

it("account: a passkey made, and signing in by it alone", async () => {
  const page = await visit({ state: admin.state });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await go(page, "/account");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByLabel("Name").fill("Virtual");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("The passkey is ready").waitFor();
  await sound(page, "with a passkey");
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL((u) => u.pathname === "/");
  await settle(page);
  page.faults.length = 0;
  await go(page, "/account");
  await page.getByRole("button", { name: "Remove Virtual" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("None yet.").waitFor();
  admin.state = await page.context().storageState();
  await close(page);
});

it("account: codes of an app, recovery codes, a token shown once", async () => {
  const page = await visit();
  await go(page, "/account");
  await password(page);
  await page.waitForURL("**/account");
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByText("I cannot read it").click();
  const secret = await page.getByLabel("Secret for the app").inputValue();
  await sound(page, "setting up codes");
  await shot(page, "totp");
  await page.getByLabel("Code", { exact: true }).fill(totp(secret));
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByText("Codes are on").waitFor();
  await page.getByRole("button", { name: "Make new codes" }).click();
  const codes = (await page.getByRole("textbox", { name: "Recovery codes" }).inputValue()).split("\n");
  assert.equal(codes.length, 10);
  await page.getByRole("button", { name: "Close" }).first().click();

  await go(page, "/account?tab=tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("Name").fill("browser test");
  await page.getByRole("checkbox").first().check();
  await sound(page, "a new token");
  await page.getByRole("button", { name: "Create" }).click();
  assert.match(await page.getByRole("textbox", { name: "Your new token" }).inputValue(), /^snt_/);
  await page.keyboard.press("Escape");
  await page.getByText("browser test").waitFor();

  const other = await visit();
  await go(other, "/sign-in");
  await password(other);
  await other.getByRole("heading", { name: "One more step" }).waitFor();
  await sound(other, "the second step");
  await other.getByLabel("Code").fill("000000");
  await other.getByRole("button", { name: "Continue" }).click();
  await other.getByRole("alert").waitFor();
  await other.getByRole("button", { name: "Use a recovery code" }).click();
  await other.getByLabel("Recovery code").fill(codes[0]);
  await other.getByRole("button", { name: "Continue" }).click();
  await other.waitForURL((u) => u.pathname === "/");
  await close(other);

  page.faults.length = 0;
  await go(page, "/account?tab=sessions");
  await page.getByRole("button", { name: "End all others" }).click();
  await page.waitForFunction(() => document.querySelectorAll("main li").length === 1);
  await go(page, "/account");
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("button", { name: "Set up" }).waitFor();
  admin.state = await page.context().storageState();
  await close(page);
});
