/* `import path from "icon:home"` is the inside of one of Tabler's outline icons, "icon:filled/star" of a filled one: only
 * what is used comes along, without the attributes that each of them repeats. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const root = dirname(createRequire(import.meta.url).resolve("@tabler/icons/package.json"));

export function icons(): Plugin {
  return {
    name: "icons",
    resolveId: (id) => (id.startsWith("icon:") ? "\0" + id : null),
    load(id) {
      if (!id.startsWith("\0icon:")) return null;
      const name = id.slice(6);
      const file = join(root, "icons", name.includes("/") ? `${name}.svg` : `outline/${name}.svg`);
      const inside = readFileSync(file, "utf8")
        .replace(/<!--[\s\S]*?-->/g, "")
        .replace(/^[\s\S]*?<svg[^>]*>/, "")
        .replace(/<\/svg>\s*$/, "")
        .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
        .replace(/\s*\n\s*/g, "");
      return `export default ${JSON.stringify(inside)};`;
    },
  };
}
