/* Leaves out of Tabler's stylesheet the rules whose classes no file of ours names: what is sent is what is used. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

function words(folder: string, into: Set<string>) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) words(path, into);
    else if (/\.(svelte|ts|html)$/.test(name)) for (const w of readFileSync(path, "utf8").match(/[A-Za-z][\w-]*/g) ?? []) into.add(w);
  }
}

/* One rule or at-rule a time; `keep` judges a single selector. Comments are gone already (the minified file has none inside). */
function sift(css: string, keep: (selector: string) => boolean): string {
  let out = "";
  for (let at = 0; at < css.length; ) {
    const open = css.indexOf("{", at);
    const semi = css.indexOf(";", at);
    if (open < 0) return out + css.slice(at);
    if (semi >= 0 && semi < open && css[at] === "@") {
      out += css.slice(at, semi + 1);
      at = semi + 1;
      continue;
    }
    let depth = 1;
    let end = open + 1;
    for (; depth > 0 && end < css.length; end++) depth += css[end] === "{" ? 1 : css[end] === "}" ? -1 : 0;
    const head = css.slice(at, open).trim();
    const body = css.slice(open + 1, end - 1);
    if (/^@(media|supports|layer)/.test(head)) {
      const inner = sift(body, keep);
      if (inner.trim()) out += `${head}{${inner}}`;
    } else if (head.startsWith("@")) {
      out += `${head}{${body}}`;
    } else {
      const kept = head.split(/,(?![^(]*\))/).filter(keep);
      if (kept.length) out += `${kept.join(",")}{${body}}`;
    }
    at = end;
  }
  return out;
}

export function slim(): Plugin {
  let root = ".";
  return {
    name: "slim",
    apply: "build",
    enforce: "pre",
    configResolved(config) {
      root = config.root;
    },
    transform(code, id) {
      if (!/@tabler\/core\/dist\/css\/tabler(\.min)?\.css/.test(id)) return null;
      const used = new Set<string>();
      words(join(root, "src"), used);
      const css = code.replace(/\/\*[\s\S]*?\*\//g, "");
      const kept = sift(css, (selector) => {
        const classes = selector.replace(/:not\([^)]*\)/g, "").match(/\.-?[A-Za-z_][\w-]*(?:\\.[\w-]*)*/g) ?? [];
        return classes.every((c) => used.has(c.slice(1)));
      });
      return { code: kept, map: null };
    },
  };
}
