/* C2SP signed notes, checkpoints and verifier keys, as docs/formats/ledger.md uses them. */
import { concat, equal, fromBase64, toHex, utf8 } from "./bytes";
import { sha256, verifyEd25519, type By } from "./crypto";

const ED25519 = 1;

export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
  text: string; // what is signed, with its last newline
  signatures: { name: string; id: Uint8Array; bytes: Uint8Array }[];
}

export interface Key {
  name: string;
  id: Uint8Array;
  bytes: Uint8Array;
}

export class BadNote extends Error {}

export function readCheckpoint(note: string): Checkpoint {
  const split = note.lastIndexOf("\n\n");
  if (split < 0) throw new BadNote("no signatures");
  const text = note.slice(0, split + 1);
  const [origin, size, root, ...rest] = text.slice(0, -1).split("\n");
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? "") || !root || rest.length > 0) throw new BadNote("text");
  const signatures = note.slice(split + 2).split("\n").filter(Boolean).map((line) => {
    const m = /^\u2014 (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line);
    if (!m) throw new BadNote("signature line");
    const bytes = fromBase64(m[2]!);
    return { name: m[1]!, id: bytes.slice(0, 4), bytes: bytes.slice(4) };
  });
  const hash = fromBase64(root);
  if (hash.length !== 32 || !Number.isSafeInteger(Number(size))) throw new BadNote("text");
  return { origin, size: Number(size), root: hash, text, signatures };
}

/* A verifier key: name+id+base64(type ‖ key). Its id is the beginning of SHA-256(name ‖ LF ‖ type ‖ key). */
export async function readKey(vkey: string): Promise<Key> {
  const m = /^(\S+?)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey.trim());
  if (!m) throw new BadNote("key");
  const typed = fromBase64(m[3]!);
  if (typed[0] !== ED25519 || typed.length !== 33) throw new BadNote("key type");
  const id = (await sha256(concat(utf8(`${m[1]}\n`), typed))).slice(0, 4);
  if (toHex(id) !== m[2]) throw new BadNote("key id");
  return { name: m[1]!, id, bytes: typed.slice(1) };
}

export async function isSigned(c: Checkpoint, key: Key): Promise<{ good: boolean; by: By }> {
  if (c.origin !== key.name) return { good: false, by: "browser" };
  for (const s of c.signatures) {
    if (s.name === key.name && equal(s.id, key.id) && s.bytes.length === 64) return verifyEd25519(key.bytes, s.bytes, utf8(c.text));
  }
  return { good: false, by: "browser" };
}

/* Names of those who also signed. A cosignature (type 4) is 8 bytes of time and 64 of signature; its key is not ours to know. */
export function cosigners(c: Checkpoint): string[] {
  return [...new Set(c.signatures.filter((s) => s.name !== c.origin && s.bytes.length === 8 + 64).map((s) => s.name))];
}
