/* Walks through the pages of a server that browser.py has started, in the order in which an organization meets them: the first way in
 * and the setup, every page in both languages, the keyboard, the account, other people; then a team at its tasks, its evidence and its
 * log. Later tests stand on what earlier ones made. */
import { after, before } from "node:test";

import { start, stop } from "./lib.mjs";

before(start);
after(stop);

await import("./setup.mjs");
await import("./pages.mjs");
await import("./keyboard.mjs");
await import("./walk.mjs");
await import("./account.mjs");
await import("./people.mjs");
await import("./team.mjs");
await import("./evidence.mjs");
await import("./hosting.mjs");
await import("./tasks.mjs");
await import("./ledger.mjs");
await import("./registers.mjs");
await import("./notices.mjs");
await import("./imports.mjs");
await import("./libraries.mjs");
await import("./metrics.mjs");
await import("./boards.mjs");
await import("./environments.mjs");
await import("./reviews.mjs");
await import("./critical.mjs");
await import("./views.mjs");
await import("./oidc.mjs");
