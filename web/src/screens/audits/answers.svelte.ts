/* Answers of one audit on one list. What is written is kept on this machine until the server has it, sent a moment after the last key, one at a time,
 * and again when there was no connection. When somebody else was first, both are shown and nothing is overwritten. */
import { SvelteMap } from "svelte/reactivity";

import { ask, Problem } from "../../api/client";
import type { AuditAnswer } from "../../api/types";

export type Verdict = AuditAnswer["answer"];
export interface Draft {
  answer: Verdict;
  note: string;
  evidence: string;
  seen: number; // number of the answer it is written over; -1: none
}
type State = "saved" | "unsaved" | "saving" | "retrying" | "conflict" | "refused";

const PAUSE = 700; // ms after the last key
const AGAIN = 4000;

export class Answers {
  readonly given = new SvelteMap<string, AuditAnswer>();
  readonly drafts = new SvelteMap<string, Draft>();
  conflict = $state<string>(); // requirement
  problem = $state<string>(); // what the server said to a draft it did not take
  #busy = $state(false);
  #offline = $state(false);
  restored = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #place: string;

  constructor(
    readonly audit: string,
    readonly list: string,
    person: string,
  ) {
    this.#place = `audit ${person} ${audit} ${list}`;
    try {
      const kept = JSON.parse(localStorage.getItem(this.#place) ?? "{}") as Record<string, Draft>;
      for (const [id, draft] of Object.entries(kept)) this.drafts.set(id, draft);
    } catch {
      /* nothing was kept */
    }
    this.restored = this.drafts.size > 0;
  }
  async load(signal?: AbortSignal) {
    let cursor: string | undefined;
    do {
      const page = await ask("audit_answers_list", { item: this.audit, list: this.list, limit: 200, cursor }, { signal });
      for (const a of page.items) this.given.set(a.requirement, a);
      cursor = page.next ?? undefined;
    } while (cursor);
    if (this.drafts.size) this.#later(0);
  }
  get state(): State {
    if (this.conflict) return "conflict";
    if (this.problem) return "refused";
    if (this.#offline) return "retrying";
    return this.#busy ? "saving" : this.drafts.size ? "unsaved" : "saved";
  }
  /* As it stands on the page. */
  of(id: string): Draft {
    const given = this.given.get(id);
    return this.drafts.get(id) ?? { answer: given?.answer ?? "open", note: given?.note ?? "", evidence: given?.evidence ?? "", seen: given?.n ?? -1 };
  }
  set(id: string, change: Partial<Draft>, pause = PAUSE) {
    this.drafts.set(id, { ...this.of(id), ...change });
    this.problem = undefined;
    this.#keep();
    this.#later(pause);
  }
  flush() {
    if (this.drafts.size) this.#later(0);
  }
  /* Of a conflict: mine goes over what stands there now, or is dropped. */
  settle(mine: boolean) {
    const id = this.conflict;
    if (!id) return;
    this.conflict = undefined;
    const draft = this.drafts.get(id);
    if (mine && draft) this.drafts.set(id, { ...draft, seen: this.given.get(id)?.n ?? -1 });
    else this.drafts.delete(id);
    this.#keep();
    this.#later(0);
  }
  stop() {
    clearTimeout(this.#timer);
  }

  #keep() {
    try {
      if (this.drafts.size) localStorage.setItem(this.#place, JSON.stringify(Object.fromEntries(this.drafts)));
      else localStorage.removeItem(this.#place);
    } catch {
      /* it is sent all the same */
    }
  }
  #later(ms: number) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), ms);
  }
  async #send() {
    const next = [...this.drafts].find(([id]) => id !== this.conflict);
    if (this.#busy || !next) return;
    const [id, draft] = next;
    this.#busy = true;
    try {
      const { n } = await ask("audit_answers_put", { item: this.audit }, { body: { list: this.list, requirement: id, answer: draft.answer, note: draft.note, evidence: draft.evidence, seen: draft.seen } });
      this.#offline = false;
      this.given.set(id, { n, list: this.list, requirement: id, answer: draft.answer, note: draft.note, evidence: draft.evidence, at: new Date().toISOString(), by: { id: null, name: null } });
      const now = this.drafts.get(id);
      if (now === draft) this.drafts.delete(id);
      else if (now) this.drafts.set(id, { ...now, seen: n }); // written on in the meantime
      this.#keep();
    } catch (e) {
      await this.#failed(e, id);
    }
    this.#busy = false;
    if (this.drafts.size && !this.problem && !this.conflict) this.#later(this.#offline ? AGAIN : 50);
  }
  async #failed(e: unknown, id: string) {
    const p = e instanceof Problem ? e : new Problem(-1, "", String(e));
    if (p.status === 0 || p.status === 503 || p.status === 429) {
      this.#offline = true;
      return;
    }
    this.#offline = false;
    if (p.status !== 409) {
      this.problem = p.detail || p.title;
      return;
    }
    try {
      const page = await ask("audit_answers_list", { item: this.audit, list: this.list, limit: 200 });
      for (const a of page.items) this.given.set(a.requirement, a);
    } catch {
      /* what is known stays */
    }
    const given = this.given.get(id);
    if (given && given.n !== this.drafts.get(id)?.seen) this.conflict = id;
    else this.problem = p.detail || p.title;
  }
}
