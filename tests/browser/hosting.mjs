/* Goal: a hosted repository's page tells how to clone it, by a token that is made in two steps, and how its mirror is; who may not clone is told so. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";

import { close, go, it, settings, settle, shot, sound } from "./lib.mjs";
import { as, ask } from "./team.mjs";

const run = (...a) => execFileSync(settings.program, [...a, "--data", settings.data], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HOME: settings.home } });
let id = "";

it("hosting: how to clone, and a token for it", async () => {
  id = run("repo", "create", "kept-here").trim().slice("repo:".length);
  const page = await as("developer");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await go(page, `/repositories/${id}`);
  const https = page.getByLabel("Clone over HTTPS", { exact: true });
  const command = await https.inputValue();
  assert.equal(command, `git clone ${settings.address}/git/kept-here.git`);
  assert.match(await page.getByLabel("Clone over SSH", { exact: true }).inputValue(), /^git clone ssh:\/\/git@localhost\/kept-here.git$/);
  await page.getByText("Hosted here").waitFor(); // where on the server is nobody's affair
  assert.equal((await page.content()).includes(settings.data), false);
  assert.equal(await page.getByLabel("Propose a change", { exact: true }).inputValue(), "git push origin HEAD:refs/for/main");
  await page.getByRole("button", { name: "Copy: Clone over HTTPS" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
  await sound(page);
  await shot(page, "hosting");
  await page.getByRole("link", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Clone and fetch code").waitFor();
  assert.equal(await dialog.getByLabel("Clone and fetch code").isChecked(), true);
  assert.equal(await dialog.getByLabel("Push branches and propose changes").isChecked(), true);
  assert.equal(await dialog.getByLabel("Approve and reject changes").isChecked(), false);
  await shot(page, "hosting-token");
  await dialog.getByRole("button", { name: "Create" }).click();
  const token = await page.getByRole("dialog").locator("textarea").inputValue();
  const [, url] = command.split(" clone ");
  const work = join(dirname(settings.data), "cloned");
  execFileSync("git", ["clone", "-q", url.replace("://", `://git:${token}@`), work], { stdio: "pipe", env: { ...process.env, HOME: settings.home } });
  await close(page);
});

it("hosting: a mirror that cannot be reached; in Finnish, dark and narrow", async () => {
  run("repo", "mirror", "kept-here", "https://127.0.0.1:1/team/kept-here.git");
  const page = await as("developer");
  const hosting = () => ask(page, `/repositories/${id}/hosting`);
  for (const end = Date.now() + 60_000; (await hosting()).mirror.state !== "fails"; await new Promise((done) => setTimeout(done, 300))) assert.ok(Date.now() < end, "no failure is told");
  await go(page, `/repositories/${id}`);
  await page.getByText("Not up to date").waitFor();
  await page.getByText("leads to an address inside").waitFor();
  await sound(page);
  await shot(page, "hosting-mirror");
  await close(page);
  const finnish = await as("developer", { lang: "fi", theme: "dark", width: 390 });
  await go(finnish, `/repositories/${id}`);
  await finnish.getByText("Ei ajan tasalla").waitFor();
  await sound(finnish);
  await shot(finnish, "hosting-fi");
  await close(finnish);
  const officer = await as("employee");
  await go(officer, `/repositories/${id}`);
  await settle(officer);
  assert.equal(await officer.getByLabel("Clone over HTTPS").count(), 0);
  await close(officer);
});

it("hosting: what stays where it is is not asked for when it is changed", async () => {
  const page = await as("officer");
  await go(page, `/repositories/${id}`);
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Change" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").waitFor();
  assert.equal(await dialog.getByRole("textbox").count(), 1);
  await dialog.getByRole("spinbutton").fill("12");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  const { repository } = await ask(page, `/repositories/${id}`);
  assert.deepEqual([repository.schedule, repository.location, repository.host], [12, null, "hosted"]);
  await close(page);
});
