/* Fails the build when the script that a first view needs (the entry, what it imports, and the dashboard with its imports)
 * is over the budget, compressed. */
import { brotliCompressSync } from "node:zlib";
import type { Plugin, Rollup } from "vite";

const FIRST_VIEW = /screens\/dashboard\/Dashboard\.svelte$/;

export function budget(o: { kilobytes: number }): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((c): c is Rollup.OutputChunk => c.type === "chunk");
      const seen = new Set<string>();
      const take = (name: string) => {
        const chunk = chunks.find((c) => c.fileName === name);
        if (!chunk || seen.has(name)) return;
        seen.add(name);
        chunk.imports.forEach(take);
      };
      chunks.filter((c) => c.isEntry || FIRST_VIEW.test(c.facadeModuleId ?? "")).forEach((c) => take(c.fileName));
      let bytes = 0;
      for (const name of seen) bytes += brotliCompressSync((bundle[name] as Rollup.OutputChunk).code).length;
      const said = `first view: ${(bytes / 1000).toFixed(1)} kB of script, compressed, in ${seen.size} files`;
      if (bytes > o.kilobytes * 1000) this.error(`${said}; the most is ${o.kilobytes} kB`);
      this.info(said);
    },
  };
}
