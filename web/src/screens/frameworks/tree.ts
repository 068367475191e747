import type { ControlRow } from "../../api/types";

export interface Branch {
  head: ControlRow | undefined; // undefined: controls that stand under no heading
  controls: ControlRow[];
}

/* Controls under their headings, in the framework's own order. A heading to which tasks are mapped is a control as well. */
export function branches(all: readonly ControlRow[]): Branch[] {
  const heads = new Map(all.filter((c) => c.heading).map((c) => [c.id, { head: c, controls: c.tasks.length ? [c] : [] } as Branch]));
  const out: Branch[] = [];
  let loose: Branch | undefined;
  for (const c of all) {
    const branch = heads.get(c.heading ? c.id : (c.group ?? ""));
    if (c.heading && branch) {
      out.push(branch);
      loose = undefined;
    } else if (branch) branch.controls.push(c);
    else {
      if (!loose) out.push((loose = { head: undefined, controls: [] }));
      loose.controls.push(c);
    }
  }
  return out.filter((b) => b.controls.length > 0);
}
