/* Goal: every page, in both languages, light and dark, wide and narrow: drawn from the true server without a fault, and nothing for axe. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { close, go, it, settings, shot, sound, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

/* Addresses as web/src/app/screens.ts has them; parameters are filled in from what the API lists. */
const source = readFileSync(`${settings.web}/src/app/screens.ts`, "utf8");
const patterns = [...source.matchAll(/pattern: "([^"]+)"/g)].map((m) => m[1]);

const first = async (page, path, pick) => {
  const answer = await page.request.get(`${settings.address}/api/v1${path}`);
  const { items } = await answer.json();
  return items?.length ? pick(items) : undefined;
};
const bare = (id) => id.slice(id.indexOf(":") + 1);

/* An item with a table, a link and points, so that its page has something to draw. */
async function item(page) {
  const found = await first(page, "/registers/service/items", (i) => i[0].subject);
  if (found) return found.split("/")[1];
  const answer = await page.request.post(`${settings.address}/api/v1/registers/service/items`, {
    data: { title: "Shop", content: { purpose: "Orders", public: true, passwords: "own", endpoints: [{ address: "shop.example.org", protocol: "HTTPS" }] }, shows: ["password-encryption/protected-at-rest"] },
    headers: { "X-Sinetti": "1", Origin: settings.address },
  });
  assert.equal(answer.status(), 201, await answer.text());
  return (await answer.json()).subject.split("/")[1];
}

async function addresses(page) {
  const repository = await first(page, "/repositories", (r) => bare(r[0].id ?? r[0].repository));
  const assessments = repository ? await first(page, `/assessments?repository=${repository}`, (a) => a.map((x) => x.assessment ?? x.id)) : undefined;
  const known = {
    "/tasks/:key": "/tasks/code-review-rules",
    "/people/:id": `/people/${await first(page, "/people", (p) => bare(p[0].id))}`,
    "/frameworks/:framework": "/frameworks/iso27001-2022",
    "/frameworks/:framework/:control": "/frameworks/iso27001-2022/8.25",
    "/repositories/:repository": repository && `/repositories/${repository}`,
    "/assessments/:assessment": assessments && `/assessments/${assessments[0]}`,
    "/registers/:register": "/registers/service",
    "/registers/:register/new": "/registers/metric/new",
    "/registers/:register/:item": `/registers/service/${await item(page)}`,
    "/registers/:register/:item/edit": `/registers/service/${await item(page)}/edit`,
    "/ready": "/ready?task=definition-of-done",
    "/audit-log/:event": "/audit-log/1",
    "/security-metrics/:metric": "/security-metrics/open_findings",
    "/search": "/search?q=code",
  };
  const out = [];
  for (const p of patterns) {
    if (["/sign-in", "/link", "/setup"].includes(p)) continue; // walked through elsewhere
    if (known[p]) out.push(known[p]);
    else if (!p.includes(":")) out.push(p);
  }
  out.push("/account?tab=sessions", "/account?tab=tokens", "/account?tab=keys", "/account?tab=privacy", "/account?tab=notifications", "/people?tab=invitations", "/no-such-page");
  out.push("/frameworks/own-list/1", "/frameworks/csf-2.0/GV.OC-01");
  out.push("/tasks/code-review-rules?tab=implementation", "/tasks/code-review-rules?tab=log");
  return out;
}

for (const [lang, theme, width] of [
  ["en", "light", 1280],
  ["fi", "dark", 390],
]) {
  it(`pages: every one in ${lang}, ${theme}, ${width} wide`, async () => {
    const page = await visit({ lang, theme, width, state: admin.state });
    await page.request.put(`${settings.address}/api/v1/me/language`, { data: { language: lang }, headers: { "X-Sinetti": "1", Origin: settings.address } });
    const wrong = [];
    const seen = new Set();
    for (const path of await addresses(page)) {
      page.faults.length = 0;
      try {
        await go(page, path);
        await sound(page, path);
        assert.equal(await page.locator("html").getAttribute("lang"), lang, path);
        const blank = await page.locator(".blank .btn", { hasText: /Try again|Yritä uudelleen/ }).count();
        if (blank) assert.fail(`${path}: ${await page.locator(".blank").first().textContent()}`);
        seen.add(await page.title());
      } catch (e) {
        wrong.push(`${path}\n${e.message}`);
      }
      await shot(page, `${path.replace(/\W+/g, "-").replace(/^-|-$/g, "") || "dashboard"}-${lang}-${theme}-${width}`);
    }
    assert.equal(wrong.length, 0, wrong.join("\n\n"));
    assert.ok(seen.size > 10, "pages have titles of their own");
    await close(page);
  });
}
