/* Verifies one event, or the newest head alone, in this browser: each step says whether it holds. The server is believed in
 * nothing: what it hands over is hashed, and compared with what the browser itself has seen before. */
import type { EventProof } from "../api/types";
import { concat, equal, fromBase64, toBase64, toHex, utf8 } from "./bytes";
import { sha256, type By } from "./crypto";
import { isConsistent, leafHash, rootOfInclusion } from "./merkle";
import { BadNote, cosigners, isSigned, readCheckpoint, readKey, type Checkpoint } from "./note";
import { remember, remembered } from "./seen";

export type StepName = "body" | "leaf" | "inclusion" | "signature" | "key" | "consistency" | "witness";
export type Outcome = "good" | "bad" | "open"; // open: nothing to judge by, which is told

export interface Step {
  name: StepName;
  outcome: Outcome;
  why: string; // name of a text
  by?: By;
  figures?: { size?: number; from?: number; seen?: string; key?: string; witnesses?: string[] };
}

export interface Head {
  checkpoint: string;
  key: string | null; // null: the server has none at hand
}
type Consistency = (from: number, to: number) => Promise<string[]>;

const PREFIX = utf8("sinetti-fact-v1\n");
const step = (name: StepName, outcome: Outcome, why: string, more: Partial<Step> = {}): Step => ({ name, outcome, why, ...more });

interface Leaf {
  n: number;
  kind: string;
  digest: string;
}

function readLeaf(text: string): Leaf {
  try {
    return JSON.parse(text) as Leaf;
  } catch {
    return { n: -1, kind: "", digest: "" }; // no step can hold with it
  }
}

/* The body shown is the one whose digest stands in the leaf. */
async function body(p: EventProof, leaf: Leaf): Promise<Step> {
  if (p.body === null || p.salt === null) return step("body", "open", "bodyErased");
  const digest = toHex(await sha256(concat(PREFIX, fromBase64(p.salt), utf8(p.body))));
  return digest === leaf.digest && (JSON.parse(p.body) as { kind?: string }).kind === leaf.kind ? step("body", "good", "body") : step("body", "bad", "bodyBad");
}

async function head(h: Head, steps: Step[]): Promise<Checkpoint | undefined> {
  try {
    const c = readCheckpoint(h.checkpoint);
    const key = h.key ?? remembered(c.origin)?.key;
    if (!key) {
      steps.push(step("signature", "open", "keyMissing", { figures: { size: c.size } }));
      return c;
    }
    const signed = await isSigned(c, await readKey(key));
    steps.push(step("signature", signed.good ? "good" : "bad", signed.good ? "signature" : "signatureBad", { by: signed.by, figures: { size: c.size } }));
    return c;
  } catch (e) {
    if (!(e instanceof BadNote || e instanceof DOMException)) throw e;
    steps.push(step("signature", "bad", "noteBad"));
    return undefined;
  }
}

/* Compared with what this browser has seen; what is new and holds is remembered. */
async function past(h: Head, c: Checkpoint, consistency: Consistency, steps: Step[]) {
  const before = remembered(c.origin);
  const key = h.key ?? before?.key;
  if (key) {
    const [outcome, why] = !before ? (["open", "keyFirst"] as const) : before.key === key ? (["good", "key"] as const) : (["bad", "keyBad"] as const);
    steps.push(step("key", outcome, why, { figures: { key } }));
  }
  if (!before && key) steps.push(step("consistency", "open", "consistencyFirst", { figures: { size: c.size } }));
  if (before) {
    const [small, large] = before.size <= c.size ? [before, { size: c.size, root: toBase64(c.root) }] : [{ size: c.size, root: toBase64(c.root) }, before];
    const hashes = small.size === large.size || small.size === 0 ? [] : await consistency(small.size, large.size);
    const good = await isConsistent(small.size, fromBase64(small.root), large.size, fromBase64(large.root), hashes.map(fromBase64));
    steps.push(step("consistency", good ? "good" : "bad", good ? "consistency" : "consistencyBad", { figures: { from: before.size, size: c.size, seen: before.at } }));
  }
  const witnesses = cosigners(c);
  steps.push(step("witness", "open", witnesses.length ? "witness" : "witnessNone", { figures: { witnesses } }));
  const fine = steps.every((s) => s.outcome !== "bad");
  if (fine && key && (!before || c.size >= before.size)) remember(c.origin, { key, size: c.size, root: toBase64(c.root), at: new Date().toISOString() });
}

export async function verifyHead(h: Head, consistency: Consistency): Promise<Step[]> {
  const steps: Step[] = [];
  const c = await head(h, steps);
  if (c) await past(h, c, consistency, steps);
  return steps;
}

export async function verifyEvent(p: EventProof, n: number, consistency: Consistency): Promise<Step[]> {
  const leaf = readLeaf(p.leaf);
  const steps = [await body(p, leaf), leaf.n === n && p.n === n ? step("leaf", "good", "leaf") : step("leaf", "bad", "leafBad")];
  const rest: Step[] = [];
  const c = await head(p, rest);
  if (c) {
    const root = c.size === p.size ? await rootOfInclusion(n, c.size, await leafHash(utf8(p.leaf)), p.hashes.map(fromBase64)) : undefined;
    const good = !!root && equal(root, c.root);
    steps.push(step("inclusion", good ? "good" : "bad", good ? "inclusion" : "inclusionBad", { figures: { size: c.size } }));
  }
  const all = [...steps, ...rest];
  if (c) await past(p, c, consistency, all);
  return all;
}
