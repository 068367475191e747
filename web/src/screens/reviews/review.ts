/* Changes under review: small things that several components ask. */
import type { ChangeThread, CommentDraft } from "../../api/types";

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

export function linesOf(text: string): Line[] {
  const out: Line[] = [];
  let old = 0;
  let now = 0;
  for (const line of text.split("\n").slice(0, -1)) {
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

/* The server writes what cannot be seen by its name, between two signs that stand nowhere else. */
export function piecesOf(text: string): { text: string; name?: boolean; end?: boolean }[] {
  if (!text.includes("\u0001")) return [{ text }];
  return text.split(/\u0001([^\u0002]*)\u0002/).flatMap((part, i) => (i % 2 === 0 ? (part ? [{ text: part }] : []) : [{ text: part === "CR" ? "␍" : part, name: true, end: part === "CR" || part === "…" }]));
}

/* Lines that a comment is about. */
export interface Place {
  side: "old" | "new";
  line: number;
  last: number;
}
/* What stands in a table's row, of what can be commented on. */
export const placeOf = (line: Line | undefined): Place | undefined => {
  const n = line?.kind === "removed" ? line.old : line?.now;
  return line && n !== undefined ? { side: line.kind === "removed" ? "old" : "new", line: n, last: n } : undefined;
};
const at = (side: string | null | undefined, last: number | null | undefined, line: Line | undefined) =>
  !!line && !!last && (side === "old" ? line.kind !== "added" && line.old === last : line.kind !== "removed" && line.now === last);

export interface Draft extends CommentDraft {
  id: number; // in this browser
}

/* What is to be said under a line. */
export const threadsAt = (threads: readonly ChangeThread[], line: Line | undefined) => threads.filter((t) => at(t.side, t.last, line));
export const draftsAt = (drafts: readonly Draft[], line: Line | undefined) => drafts.filter((d) => at(d.side ?? "new", d.last ?? d.line, line));
export const isAt = (place: Place | undefined, line: Line | undefined) => !!place && at(place.side, place.last, line);
export const within = (place: Place | undefined, line: Line | undefined) => {
  const n = place?.side === "old" ? line?.old : line?.now;
  return !!place && !!line && n !== undefined && n >= place.line && n <= place.last && (place.side === "old" ? line.kind === "removed" : line.kind !== "removed");
};

/* "3" or "3–5". */
export const rangeOf = (line: number, last: number) => (last > line ? `${line}–${last}` : `${line}`);

/* What brings a patch set into a clone, by where the server keeps it: refs/changes/, the number's last two digits, number, patch set. */
export const fetching = (number: number, patchSet: number) =>
  `git fetch origin refs/changes/${String(number % 100).padStart(2, "0")}/${number}/${patchSet} && git switch --detach FETCH_HEAD`;
