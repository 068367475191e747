/* Goal: an Admin sets up a provider of OpenID Connect, and a person signs in there by its button. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { close, go, it, settings, settle, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

const SECRET = "a secret of forty signs, for nobody else";

/* oidc-provider on the loopback; `begin` when it is known where it sends people back to. */
async function provider() {
  const child = spawn("node", ["server.mjs", "ES256"], { cwd: settings.provider, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const port = (await lines.next()).value;
  return {
    issuer: `http://127.0.0.1:${port}`,
    begin: async (redirect, email) => {
      child.stdin.write(JSON.stringify({ redirect, secret: SECRET, email }) + "\n");
      assert.equal((await lines.next()).value, "ready");
    },
    stop: () => child.kill(),
  };
}

it("oidc: a provider is set up, and somebody signs in there", async () => {
  const person = execFileSync(settings.program, ["people", "add", "Ossi Ojala", "ossi@example.org", "--role", "developer", "--data", settings.data], { encoding: "utf8", env: { ...process.env, HOME: settings.home } }).trim();
  const there = await provider();
  try {
    const page = await visit({ state: admin.state });
    await go(page, "/settings");
    await page.getByRole("button", { name: "Add a provider" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Company account");
    await page.getByLabel("Issuer").fill(there.issuer);
    await page.getByLabel("Client id").fill("sinetti");
    await page.getByLabel("Client secret").fill(SECRET);
    await page.getByLabel("An address it has verified says who somebody is").check();
    await sound(page, "the form of a provider");
    await shot(page, "oidc-form");
    await page.getByRole("button", { name: "Save" }).last().click();
    await page.getByText("Added. Register the redirect address there.").waitFor();
    const card = page.locator("li", { hasText: there.issuer });
    const callback = await card.locator("code").textContent();
    await there.begin(callback, "ossi@example.org");
    await card.getByRole("button", { name: "Test" }).click();
    await page.getByText("Company account answers as it must").waitFor();
    await sound(page, "a provider");
    await shot(page, "oidc-card");

    for (const [lang, theme] of [["en", "light"], ["fi", "dark"]]) {
      const other = await visit({ lang, theme, width: lang === "fi" ? 390 : 1280 });
      await go(other, "/tasks");
      const way = other.getByRole("button", { name: /Company account/ });
      await way.waitFor();
      await sound(other, `the sign-in page, ${lang}`);
      await shot(other, `oidc-sign-in-${lang}`);
      await way.focus();
      await other.keyboard.press("Enter");
      await other.waitForURL(`${there.issuer}/**`);
      await other.locator("input[name=login]").fill("account-1");
      await other.locator("input[name=password]").fill("any");
      await other.locator("button[type=submit]").click();
      await other.locator("button[type=submit]").click(); // agrees
      await other.waitForURL(`${settings.address}/tasks`);
      await settle(other);
      assert.equal((await (await other.request.get(`${settings.address}/api/v1/session`)).json()).person, person);
      await close(other);
    }
    await card.getByRole("button", { name: "Remove Company account" }).click();
    await page.getByRole("button", { name: "Remove", exact: true }).last().click();
    await page.getByText("None. People sign in here, with a password or a passkey.").waitFor();
    await close(page);
  } finally {
    there.stop();
  }
});
