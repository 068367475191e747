/* Walks through the pages of a server that browser.py has started, in the order in which an organization meets them: the first way in
 * and the setup, every page in both languages, the keyboard, the account, other people. Later tests stand on what earlier ones made. */
import { after, before } from "node:test";

import { start, stop } from "./lib.mjs";

before(start);
after(stop);

await import("./setup.mjs");
await import("./pages.mjs");
await import("./keyboard.mjs");
await import("./account.mjs");
await import("./people.mjs");
