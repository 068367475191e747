/* Goal: whoever has no mouse gets through each main page by Tab, sees where they are, and out again; and what is printed is the page, without its frame. */
import assert from "node:assert/strict";

import { close, go, it, settings, settle, visit } from "./lib.mjs";
import { admin } from "./setup.mjs";

const PAGES = ["/", "/my-tasks", "/tasks", "/tasks/public-network-encryption", "/frameworks", "/repositories", "/registers", "/approvals", "/audit-log", "/people", "/roles", "/account", "/settings"];
const MOST = 400; // stops of one page

/* Where the focus is: which of the page's elements, in their order, and whether anything shows that it is there. */
const here = (page) =>
  page.evaluate(() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const all = [...document.querySelectorAll("*")];
    const box = e.getBoundingClientRect();
    /* A control may be drawn by what holds it: one of them changes its look for the focus. */
    const shows = [e, e.parentElement, e.nextElementSibling].some((x) => {
      if (!x) return false;
      const s = getComputedStyle(x);
      return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
    });
    return {
      at: all.indexOf(e),
      what: `${e.tagName} ${e.id || e.getAttribute("aria-label") || e.textContent?.trim().slice(0, 40)}`,
      seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && getComputedStyle(e).visibility === "visible",
      shows,
      positive: e.tabIndex > 0,
      parts: e.matches('input[type="date"]'), // day, month, year and the calendar are stops within one
    };
  });

for (const path of PAGES)
  it(`walk: by Tab through ${path}`, async () => {
    const page = await visit({ state: admin.state });
    await go(page, path);
    await settle(page);
    const stops = [];
    await page.evaluate(() => {
      document.activeElement?.blur();
      window.scrollTo(0, 0);
    });
    for (let i = 0; i < MOST; i++) {
      await page.keyboard.press("Tab");
      const stop = await here(page);
      if (!stop || (stops.length && stop.at === stops[0].at)) break; // round, or out of the page
      stops.push(stop);
    }
    assert.ok(stops.length > 5 && stops.length < MOST, `${stops.length} stops: it ends`);
    for (let i = 0; i < stops.length; i++) {
      const s = stops[i];
      assert.ok(s.seen, `out of sight: ${s.what}`);
      assert.ok(s.shows, `nothing shows that the focus is on: ${s.what}`);
      assert.ok(!s.positive, `out of the page's order: ${s.what}`);
      assert.ok(i === 0 || s.at !== stops[i - 1].at || (s.parts && s.at !== stops[i - 4]?.at), `held at: ${s.what}`);
      assert.ok(i === 0 || s.at >= stops[i - 1].at, `back from ${stops[i - 1]?.what} to ${s.what}`);
    }
    assert.match(stops[0].what, /Skip to content/);
    /* and back out of the last one */
    await page.keyboard.press("Shift+Tab");
    await close(page);
  });

for (const path of ["/", "/tasks", "/tasks/public-network-encryption", "/frameworks", "/approvals"])
  it(`print: ${path}`, async () => {
    const page = await visit({ state: admin.state, theme: "dark", width: 794 }); // A4 at 96 dots an inch
    await go(page, path);
    await settle(page);
    await page.emulateMedia({ media: "print" });
    for (const frame of ["nav.side", "header.no-print", ".skip"]) assert.ok(!(await page.locator(frame).first().isVisible()), `${frame} is printed`);
    assert.ok(await page.getByRole("heading", { level: 1 }).isVisible());
    const found = await page.evaluate(() => {
      const lum = (c) => (c.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).reduce((a, x) => a + Number(x), 0) / 3;
      const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      return { wide, paper: lum(getComputedStyle(document.body).backgroundColor), ink: lum(getComputedStyle(document.querySelector("h1")).color), clear: getComputedStyle(document.body).backgroundColor };
    });
    assert.ok(found.wide <= 1, `it is ${found.wide} px wider than the paper`);
    assert.ok(found.paper > 200 || found.clear === "rgba(0, 0, 0, 0)", `printed on ${found.clear}`);
    assert.ok(found.ink < 110, `ink is ${found.ink}`);
    if (settings.shots) await page.screenshot({ path: `${settings.shots}/print${path.replaceAll("/", "-")}.png`, fullPage: true });
    await close(page);
  });
