/* Something fetched, and how far that is. While it is fetched again the old stays on the page, so that nothing jumps. */
import { untrack } from "svelte";

import { language } from "../text/index.svelte";
import { Problem } from "./client";

export type Phase = "loading" | "ready" | "error" | "denied" | "missing";

export class Resource<T> {
  data = $state.raw<T | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  busy = $state(true);
  phase: Phase = $derived(
    this.problem
      ? this.problem.status === 403
        ? "denied"
        : this.problem.status === 404
          ? "missing"
          : "error"
      : this.data === undefined
        ? "loading"
        : "ready",
  );
  #again = $state(0);

  /* `fetcher` runs in an effect: whatever state it reads before its first await makes it run again. Undefined: not now. */
  constructor(fetcher: (signal: AbortSignal) => Promise<T> | undefined) {
    $effect(() => {
      void this.#again;
      void language(); // titles come in the reader's
      const stop = new AbortController();
      const promise = fetcher(stop.signal);
      if (!promise) return;
      untrack(() => void this.#take(promise, stop.signal));
      return () => stop.abort();
    });
  }

  async #take(promise: Promise<T>, signal: AbortSignal) {
    this.busy = true;
    try {
      const data = await promise;
      if (signal.aborted) return;
      this.data = data;
      this.problem = undefined;
    } catch (e) {
      if (signal.aborted) return;
      this.problem = e instanceof Problem ? e : new Problem(-1, "", String(e));
    }
    this.busy = false;
  }

  reload = () => {
    this.#again++;
  };
}
