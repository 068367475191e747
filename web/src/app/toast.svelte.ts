/* Short words at the edge: something was done, or was refused. Errors stay until they are closed. */
import { Problem } from "../api/client";
import { text } from "../text/index.svelte";

export interface Toast {
  id: number;
  kind: "done" | "error";
  title: string;
  detail?: string;
}

let next = 1;
let all = $state.raw<Toast[]>([]);

function put(kind: Toast["kind"], title: string, detail?: string) {
  const id = next++;
  all = [...all.slice(-3), { id, kind, title, detail }];
  if (kind === "done") setTimeout(() => toasts.close(id), 5000);
}

export const toasts = {
  get all() {
    return all;
  },
  done: (title: string, detail?: string) => put("done", title, detail),
  /* Whatever was thrown. */
  failed(e: unknown) {
    const p = explain(e);
    put("error", p.title, p.detail);
  },
  close(id: number) {
    all = all.filter((t) => t.id !== id);
  },
};

/* What to tell a person about something thrown: the server's own words where it has some. */
export function explain(e: unknown): { title: string; detail: string } {
  const t = text.t.problem;
  if (!(e instanceof Problem)) return { title: t.unexpected, detail: t.unexpectedWhat };
  if (e.status === 0) return { title: t.offline, detail: t.offlineWhat };
  if (e.status === 412) return { title: t.changed, detail: e.detail || t.changedWhat };
  if (e.status === 403) return { title: e.title || t.denied, detail: e.detail || t.deniedWhat };
  if (e.status === 503) return { title: e.title || t.busy, detail: e.detail || t.busyWhat };
  return { title: e.title || t.unexpected, detail: e.detail || (e.errors[0]?.detail ?? t.unexpectedWhat) };
}
