/* What fields of an item may lead to, found by a part of its name. */
import { ask } from "../../api/client";
import type { Somebody } from "../../parts/people";

const EACH = 8;
/* Names of what was chosen on this page; a saved item tells its own. */
export const remember = new Map<string, string>();

const fits = (all: Somebody[], q = "") => all.filter((x) => q.toLowerCase().split(/\s+/).every((w) => x.name.toLowerCase().includes(w))).slice(0, 2 * EACH);

async function of(target: string, q: string | undefined, signal: AbortSignal): Promise<Somebody[]> {
  if (target === "group") return (await ask("groups_list", { q, limit: EACH }, { signal })).items;
  if (target === "repo") return (await ask("repositories_list", { q, limit: EACH }, { signal })).items;
  if (target === "task") return fits((await ask("tasks_list", { limit: 200 }, { signal })).items.map((t) => ({ id: `task:${t.key}`, name: t.title })), q);
  if (target === "obligation") return fits((await ask("points_list", {}, { signal })).items.map((p) => ({ id: `obligation:${p.point}`, name: `${p.task_title}: ${p.text}` })), q);
  if (["release", "project", "fact"].includes(target)) return [];
  return (await ask("items_list", { register: target, q, limit: EACH, sort: "title" }, { signal })).items.map((i) => ({ id: i.subject, name: i.title }));
}

export async function findTargets(targets: readonly string[], q: string, signal: AbortSignal): Promise<Somebody[]> {
  const found = await Promise.allSettled(targets.map((t) => of(t, q || undefined, signal)));
  const all = found.flatMap((f) => (f.status === "fulfilled" ? f.value : [])); // what one may not see is not offered
  all.forEach((x) => remember.set(x.id, x.name));
  return all.sort((a, b) => a.name.localeCompare(b.name));
}

/* Learns the name of an item that was chosen elsewhere. */
export async function recall(subject: string, signal: AbortSignal): Promise<void> {
  const [, register, item] = /^record:([a-z0-9_]+)\/([a-z2-7]{20})$/.exec(subject) ?? [];
  if (!register || !item || remember.has(subject)) return;
  try {
    remember.set(subject, (await ask("items_get", { register, item }, { signal })).title);
  } catch {
    /* its id has to do */
  }
}
