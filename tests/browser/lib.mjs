/* A browser, people in it, and what every page must hold to. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";

export const settings = JSON.parse(process.env.SINETTI_BROWSER);
const require = createRequire(`${settings.web}/package.json`);
const { chromium } = require("playwright-core");
const axe = require("axe-core").source;

export const PASSWORD = "seven quiet lanterns over water";
let browser;

export async function start() {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
}
export const stop = () => browser.close();

/* A test; those not asked for are left out, but for what later ones stand on (`always`). */
export function it(name, run, { always = false } = {}) {
  const wanted = always || settings.names.length === 0 || settings.names.some((n) => name.includes(n));
  if (wanted)
    test(name, async () => {
      open.clear();
      try {
        await run();
      } catch (e) {
        for (const page of open) e.message += `\nat ${page.url()}: ${await page.locator("main").innerText().catch(() => "")}`.slice(0, 1500);
        throw e;
      } finally {
        for (const page of open) await page.context().close();
      }
    });
}
const open = new Set(); // pages of the test that runs

/* A fresh browser of somebody, whose faults are remembered. */
export async function visit({ lang = "en", theme = "light", width = 1280, state } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    colorScheme: theme,
    locale: lang === "fi" ? "fi-FI" : "en-GB",
    reducedMotion: "reduce",
    storageState: state,
  });
  await context.addInitScript(([l, t]) => {
    localStorage.setItem("language", l);
    localStorage.setItem("theme", t);
  }, [lang, theme]);
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  open.add(page);
  page.faults = [];
  page.on("pageerror", (e) => page.faults.push(`error: ${e.message}`));
  page.on("console", (m) => {
    if (m.type() === "error") page.faults.push(`console: ${m.text()} ${m.location().url}`);
  });
  return page;
}
export async function close(page) {
  open.delete(page);
  await page.context().close();
}

/* Goes to a page of ours and waits until nothing of it is on its way. */
export async function go(page, path) {
  await page.goto(settings.address + path);
  await settle(page);
}
export async function settle(page) {
  await page.waitForSelector("h1");
  await page.waitForFunction(() => !document.querySelector(".bones, [aria-busy=true]"));
}

/* What axe says of a page that stood still meanwhile: a list that is read again is dim until its answer is there. */
async function look(page) {
  for (;;) {
    await settle(page);
    const { violations, moved } = await page.evaluate(async () => {
      let moved = false;
      const watch = new MutationObserver(() => (moved = true));
      watch.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["aria-busy"] });
      const only = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      // eslint-disable-next-line no-undef
      const { violations } = await axe.run({ resultTypes: ["violations"], iframes: false, runOnly: only });
      watch.disconnect();
      return { violations, moved: moved || document.querySelector("[aria-busy=true]") !== null };
    });
    if (!moved) return violations;
  }
}

/* What holds for every page: no script error, nothing the policy refused, one heading, nothing wider than the window, and axe has nothing
 * to say (WCAG 2.2 AA and its best practices). */
export async function sound(page, what = page.url()) {
  assert.deepEqual(page.faults, [], what);
  assert.equal(await page.locator("h1").count(), 1, `${what}: one h1`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${what}: ${wide} pixels wider than the window`);
  await page.evaluate(axe);
  const violations = await look(page);
  const said = violations.map((v) => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 3).map((n) => `    ${n.html.slice(0, 200)}\n    ${n.failureSummary}`).join("\n"));
  assert.equal(said.length, 0, `${what}\n${said.join("\n")}`);
}

export async function shot(page, name) {
  if (!settings.shots) return;
  mkdirSync(settings.shots, { recursive: true });
  await page.screenshot({ path: `${settings.shots}/${name}.png`, fullPage: true });
}

/* A one-time link for whoever has the machine. */
export function adminLink(...who) {
  const out = execFileSync(settings.program, ["admin-link", ...who, "--data", settings.data, "--url", settings.address], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, HOME: settings.home },
  });
  return out.trim().split("\n").at(-1);
}

/* RFC 6238, as an authenticator app has it. */
export function totp(secret, at = Date.now()) {
  let bits = "";
  for (const c of secret) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const mac = createHmac("sha1", key).update(step).digest();
  const n = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(n % 1_000_000).padStart(6, "0");
}
