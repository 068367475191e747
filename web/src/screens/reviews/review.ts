/* Changes under review: small things that several components ask. */
import type { DiffFile } from "../../api/types";

export const tones = { open: "info", published: "good", abandoned: "quiet" } as const;
export const voteTones = { approve: "good", reject: "bad", withdraw: "quiet" } as const;

export const idOf = (subject: string) => subject.slice(subject.indexOf(":") + 1);

/* A line of a unified difference, with its numbers on both sides. */
export interface Line {
  kind: "hunk" | "same" | "added" | "removed" | "note";
  old?: number;
  now?: number;
  text: string;
}

export function linesOf(file: DiffFile): Line[] {
  const out: Line[] = [];
  let old = 0;
  let now = 0;
  for (const line of file.text.split("\n").slice(0, -1)) {
    const rest = line.slice(1);
    if (line.startsWith("@@")) {
      const found = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
      old = Number(found?.[1] ?? 0);
      now = Number(found?.[2] ?? 0);
      out.push({ kind: "hunk", text: line });
    } else if (line.startsWith("+")) out.push({ kind: "added", now: now++, text: rest });
    else if (line.startsWith("-")) out.push({ kind: "removed", old: old++, text: rest });
    else if (line.startsWith("\\")) out.push({ kind: "note", text: rest.trim() });
    else out.push({ kind: "same", old: old++, now: now++, text: rest });
  }
  return out;
}

/* The same side by side: what was removed stands beside what came in its place. */
export function pairsOf(lines: Line[]): [Line | undefined, Line | undefined][] {
  const out: [Line | undefined, Line | undefined][] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i]!;
    if (line.kind !== "removed" && line.kind !== "added") {
      out.push([line, line]);
      i++;
      continue;
    }
    const removed: Line[] = [];
    const added: Line[] = [];
    for (; lines[i]?.kind === "removed"; i++) removed.push(lines[i]!);
    for (; lines[i]?.kind === "added"; i++) added.push(lines[i]!);
    for (let k = 0; k < Math.max(removed.length, added.length); k++) out.push([removed[k], added[k]]);
  }
  return out;
}
