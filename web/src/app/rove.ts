/* use:rove on a table, list or grid: arrow keys, Home and End move between the [data-rove] inside. `columns` for a grid. */
interface Options {
  columns?: () => number;
}

export function rove(node: HTMLElement, options: Options = {}) {
  let o = options;
  const items = () => [...node.querySelectorAll<HTMLElement>("[data-rove]")].filter((e) => e.offsetParent !== null);

  function keydown(e: KeyboardEvent) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const step = o.columns?.() ?? 1;
    const moves: Record<string, number> = { ArrowDown: at + step, ArrowUp: at - step, Home: 0, End: all.length - 1 };
    if (o.columns) Object.assign(moves, { ArrowRight: at + 1, ArrowLeft: at - 1 });
    else Object.assign(moves, { j: at + 1, k: at - 1 });
    const to = moves[e.key];
    if (to === undefined) return;
    e.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))]?.focus();
  }

  node.addEventListener("keydown", keydown);
  return {
    update(next: Options) {
      o = next ?? {};
    },
    destroy: () => node.removeEventListener("keydown", keydown),
  };
}
