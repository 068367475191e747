/* Goal: the browser verifies an event for itself, and notices whatever is other than recorded, signed or seen before. */
import assert from "node:assert/strict";

import { go, it } from "./lib.mjs";
import { as } from "./team.mjs";


const EVENT = "/audit-log/2";
const PROOF = /\/api\/v1\/events\/2\/proof$/;

async function verify(page) {
  await page.getByRole("button", { name: /Verify (now|again)/ }).click();
  await page.locator("ol.rows li").first().waitFor();
}
const step = (page, name) => page.locator("ol.rows li").filter({ hasText: name }).locator("svg").first().getAttribute("aria-label");

/* Another letter in the middle of a base64 text. */
const other = (s) => s.slice(0, 20) + (s[20] === "A" ? "B" : "A") + s.slice(21);
const change = (page, f) =>
  page.route(PROOF, async (r) => {
    const answer = await r.fetch();
    const json = await answer.json();
    await r.fulfill({ response: answer, json: { ...json, ...f(json) } });
  });

const FAKES = {
  "a body that was not recorded": ["The text belongs to the entry", (p) => ({ body: p.body.replace("org", "orG").replace("person:", "person;") })],
  "another salt": ["The text belongs to the entry", (p) => ({ salt: other(p.salt) })],
  "an entry with another time": ["The entry is in the tree", (p) => ({ leaf: p.leaf.replace(/"at":(\d)/, (_, d) => `"at":${(Number(d) % 9) + 1}`) })],
  "an entry from elsewhere in the log": ["The entry is this event", (p) => ({ leaf: p.leaf.replace(/"n":2/, '"n":3') })],
  "a path that leads elsewhere": ["The entry is in the tree", (p) => ({ hashes: p.hashes.map((h, i) => (i ? h : other(h))) })],
  "a path that is too long": ["The entry is in the tree", (p) => ({ hashes: [...p.hashes, p.hashes[0]] })],
  "a head with another root": ["The head is signed", (p) => ({ checkpoint: p.checkpoint.replace(/^([^\n]+\n\d+\n)(.{20})(.)/, (_, a, b, c) => a + b + (c === "A" ? "B" : "A")) })],
  "another signature": ["The head is signed", (p) => ({ checkpoint: p.checkpoint.replace(/(\u2014 \S+ .{30})(.)/, (_, a, c) => a + (c === "A" ? "B" : "A")) })],
  "a key of the same name": ["The head is signed", (p) => ({ key: p.key.replace(/.$/, (c) => (c === "A" ? "B" : "A")) })],
};

it("ledger: what was recorded holds, and again with what the browser remembers", async () => {
  const page = await as("officer");
  await go(page, EVENT);
  await verify(page);
  await page.getByText("It holds.").waitFor();
  assert.deepEqual(await step(page, "It is the key you know"), "Cannot be judged here", "a key seen first proves nothing");
  await go(page, EVENT);
  await verify(page);
  assert.deepEqual(await step(page, "It is the key you know"), "Holds", "the key is known now");
  assert.deepEqual(await step(page, "The log went on from what you saw"), "Holds", "and the head");
  await page.getByText("No witness holds this head.").waitFor();
  await go(page, "/audit-log");
  await verify(page);
  await page.getByText("It holds.").waitFor();
});

it("ledger: a browser without Ed25519, or without a secure context, does it by a library", async () => {
  for (const without of ["ed25519", "subtle"]) {
    const page = await as("officer");
    await page.addInitScript((what) => {
      if (what === "subtle") Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined });
      else SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException("no such algorithm", "NotSupportedError"));
    }, without);
    await go(page, EVENT);
    await verify(page);
    await page.getByText("It holds.").waitFor();
    await page.getByText("Checked by a library from this server").waitFor();
  }
});

it("ledger: each fake is found, in its own step", async () => {
  for (const [what, [name, f]] of Object.entries(FAKES)) {
    const page = await as("officer");
    await change(page, f);
    await go(page, EVENT);
    await verify(page);
    await page.getByText("It does not hold.").waitFor();
    assert.deepEqual(await step(page, name), "Does not hold", what);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("ledger ")).length), 0, `${what}: nothing of it is remembered`);
  }
});

it("ledger: a second history is noticed, and another key", async () => {
  const page = await as("officer");
  await go(page, EVENT);
  await verify(page);
  await page.getByText("It holds.").waitFor();
  const forge = (change) =>
    page.evaluate((c) => {
      const name = Object.keys(localStorage).find((k) => k.startsWith("ledger "));
      localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), ...c }));
    }, change);
  await forge({ size: 2, root: "q".repeat(42) + "o=" });
  await verify(page);
  await page.getByText("It does not hold.").waitFor();
  assert.deepEqual(await step(page, "The log went on from what you saw"), "Does not hold", "the head seen before is no beginning of this one");
  await go(page, EVENT);
  await forge({ key: "sinetti.example.org/browser+00000000+AAAA" });
  await verify(page);
  assert.deepEqual(await step(page, "It is the key you know"), "Does not hold", "the key is another");
});
