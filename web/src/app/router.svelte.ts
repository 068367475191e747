/* The URL is the state: path and query say what is shown, and the back button works. */
import type { Component } from "svelte";

import type { Text } from "../text/en";
import type { Needed } from "./session.svelte";

export interface Screen {
  pattern: string; // "/tasks/:key"
  load: () => Promise<{ default: Component }>;
  title: keyof Text["nav"];
  frame?: boolean; // false: without sidebar (sign-in, setup)
  permission: Needed; // to see it at all
}

interface Place {
  screen: Screen | undefined;
  page: Component | undefined;
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
}

let screens: readonly Screen[] = [];
let at = $state.raw<Place | undefined>();
let trouble = $state.raw<unknown>();
const loaded = new Map<Screen, Component>();
let leaving: (() => boolean) | undefined;

function match(pattern: string, path: string): Record<string, string> | undefined {
  const want = pattern.split("/");
  const have = path.replace(/\/+$/, "").split("/");
  if (want.length !== (have.length || 1) && !(pattern === "/" && path === "/")) return undefined;
  const params: Record<string, string> = {};
  for (let i = 0; i < want.length; i++) {
    const w = want[i] ?? "";
    const h = have[i] ?? "";
    if (w.startsWith(":")) {
      try {
        params[w.slice(1)] = decodeURIComponent(h);
      } catch {
        return undefined;
      }
      if (!h) return undefined;
    } else if (w !== h) return undefined;
  }
  return params;
}

function read(): Place {
  const path = location.pathname;
  const query = new URLSearchParams(location.search);
  for (const screen of screens) {
    const params = match(screen.pattern, path);
    if (params) return { screen, page: loaded.get(screen), path, params, query };
  }
  return { screen: undefined, page: undefined, path, params: {}, query };
}

/* Shows what the address says, once the code of that page is here. Until then the old page stays, with its own address. */
async function arrive(then?: () => void) {
  let to = read();
  if (to.screen && !to.page) {
    try {
      const module = await to.screen.load();
      loaded.set(to.screen, module.default);
    } catch (e) {
      trouble = e;
      return;
    }
    if (location.pathname !== to.path) return; // gone on in the meantime
    to = read();
  }
  trouble = undefined;
  at = to;
  then?.();
}

export const router = {
  get ready() {
    return at !== undefined;
  },
  get trouble() {
    return trouble;
  },
  get screen() {
    return at?.screen;
  },
  get page() {
    return at?.page;
  },
  get path() {
    return at?.path ?? "/";
  },
  get params() {
    return at?.params ?? {};
  },
  get query() {
    return at?.query ?? new URLSearchParams();
  },
};

export function go(to: string, o: { replace?: boolean } = {}) {
  if (leaving && !leaving()) return;
  const same = to === location.pathname + location.search;
  if (o.replace || same) history.replaceState(history.state, "", to);
  else {
    history.replaceState({ ...history.state, scroll: scrollY }, "");
    history.pushState({}, "", to);
  }
  const before = at?.path;
  void arrive(() => {
    if (at?.path !== before) scrollTo(0, 0);
  });
}

/* Changes some of the query in place; null takes a name out. Filters do so, without a step of their own in the history. */
export function setQuery(change: Record<string, string | null | undefined>, o: { push?: boolean } = {}) {
  const q = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined || value === "") q.delete(name);
    else q.set(name, value);
  }
  const s = q.toString();
  go(location.pathname + (s ? `?${s}` : ""), { replace: !o.push });
}

/* A form with something unsaved may ask before it is left. */
export function beforeLeaving(f: (() => boolean) | undefined) {
  leaving = f;
}

/* Only our own pages: never where a link from outside would like to send somebody. */
export function safeNext(next: string | null): string {
  if (!next || !/^\/(?![/\\])/.test(next)) return "/";
  const to = new URL(next, location.origin);
  return to.origin === location.origin && !to.pathname.startsWith("/sign-in") ? to.pathname + to.search : "/";
}

export function startRouter(all: readonly Screen[]) {
  screens = all;
  void arrive();
  addEventListener("popstate", (e) => {
    const y = (e.state as { scroll?: number } | null)?.scroll ?? 0;
    void arrive(() => requestAnimationFrame(() => scrollTo(0, y)));
  });
  addEventListener("click", (e) => {
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    const a = (e.target as Element | null)?.closest?.("a");
    if (!a || a.target || a.hasAttribute("download") || a.origin !== location.origin) return;
    if (a.pathname.startsWith("/api/") || a.getAttribute("href")?.startsWith("#")) return;
    e.preventDefault();
    go(a.pathname + a.search);
  });
}
