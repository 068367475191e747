/* What a reviewer has not said yet, and which files they have looked at: kept in this browser, for one change and one person. */
import { session } from "../../app/session.svelte";
import type { Draft } from "./review";

function read<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? "null") as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}
function write(key: string, value: unknown[]) {
  try {
    if (value.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // then it is so until the page is left
  }
}

export class Kept {
  drafts = $state.raw<Draft[]>([]);
  viewed = $state.raw<ReadonlySet<string>>(new Set());
  #key: string;

  constructor(change: string) {
    this.#key = `${session.now?.person ?? ""}:${change}`;
    this.drafts = read<Draft[]>(`drafts:${this.#key}`, []);
    this.viewed = new Set(read<string[]>(`viewed:${this.#key}`, []));
  }
  #put(list: Draft[]) {
    this.drafts = list;
    write(`drafts:${this.#key}`, list);
  }
  add = (draft: Omit<Draft, "id">) => this.#put([...this.drafts, { ...draft, id: 1 + Math.max(0, ...this.drafts.map((d) => d.id)) }]);
  drop = (id: number) => this.#put(this.drafts.filter((d) => d.id !== id));
  clear = () => this.#put([]);

  /* A file as it is: when its content changes it has not been looked at. */
  look = (file: { path: string; id: string }, on: boolean) => {
    const next = new Set(this.viewed);
    if (on) next.add(`${file.path}:${file.id}`);
    else next.delete(`${file.path}:${file.id}`);
    this.viewed = next;
    write(`viewed:${this.#key}`, [...next]);
  };
  seen = (file: { path: string; id: string }) => this.viewed.has(`${file.path}:${file.id}`);
}
