/* What was decided or assessed stands in the log at once; where things stand is computed from it a moment later. Gives a function that
 * fetches now and again then, until the page is left. */
import { onDestroy } from "svelte";

const LATER = [1500, 4000, 10_000]; // milliseconds

export function soon(reload: () => void): () => void {
  let timers: ReturnType<typeof setTimeout>[] = [];
  const stop = () => timers.forEach(clearTimeout);
  onDestroy(stop);
  return () => {
    stop();
    reload();
    timers = LATER.map((ms) => setTimeout(reload, ms));
  };
}
