/* What this browser remembers of a ledger: the key and the newest head it has verified. A second history of the same log
 * cannot go on from it. */
export interface Seen {
  key: string;
  size: number;
  root: string; // base64
  at: string; // when this browser saw it
}

const place = (origin: string) => `ledger ${origin}`;

export function remembered(origin: string): Seen | undefined {
  try {
    const s = JSON.parse(localStorage.getItem(place(origin)) ?? "null") as Seen | null;
    return s && Number.isSafeInteger(s.size) && typeof s.root === "string" && typeof s.key === "string" ? s : undefined;
  } catch {
    return undefined;
  }
}

export function remember(origin: string, seen: Seen): boolean {
  try {
    localStorage.setItem(place(origin), JSON.stringify(seen));
    return true;
  } catch {
    return false;
  }
}
