/* RFC 6962's tree: which root a leaf or an older root leads to. Sizes go to 2⁵³−1, so no bit operators on them. */
import { concat, equal } from "./bytes";
import { sha256 } from "./crypto";

const half = (n: number) => Math.floor(n / 2);
const odd = (n: number) => n % 2 === 1;

export const leafHash = (leaf: Uint8Array) => sha256(concat(Uint8Array.of(0), leaf));
const nodeHash = (left: Uint8Array, right: Uint8Array) => sha256(concat(Uint8Array.of(1), left, right));

/* The root that the proof leads to, or undefined when its length does not fit (RFC 9162, 2.1.3.2). */
export async function rootOfInclusion(index: number, size: number, hash: Uint8Array, proof: readonly Uint8Array[]): Promise<Uint8Array | undefined> {
  if (index >= size) return undefined;
  let fn = index;
  let sn = size - 1;
  let r = hash;
  for (const p of proof) {
    if (sn === 0) return undefined;
    if (odd(fn) || fn === sn) {
      r = await nodeHash(p, r);
      while (!odd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else r = await nodeHash(r, p);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? r : undefined;
}

/* Whether the tree of `size` begins with that of `from` (RFC 9162, 2.1.4.2). */
export async function isConsistent(from: number, oldRoot: Uint8Array, size: number, newRoot: Uint8Array, proof: readonly Uint8Array[]): Promise<boolean> {
  if (from === size) return proof.length === 0 && equal(oldRoot, newRoot);
  if (from > size) return false;
  if (from === 0) return proof.length === 0;
  let fn = from - 1;
  let sn = size - 1;
  while (odd(fn)) [fn, sn] = [half(fn), half(sn)];
  const rest = fn === 0 ? [oldRoot, ...proof] : [...proof]; // a whole old tree is its own first hash
  const first = rest.shift();
  if (!first) return false;
  let [fr, sr] = [first, first];
  for (const c of rest) {
    if (sn === 0) return false;
    if (odd(fn) || fn === sn) {
      fr = await nodeHash(c, fr);
      sr = await nodeHash(c, sr);
      while (!odd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else sr = await nodeHash(sr, c);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(fr, oldRoot) && equal(sr, newRoot);
}
