/* What fields of an item may lead to, found by a part of its name. */
import { ask } from "../../api/client";
import type { Somebody } from "../../parts/people";

const EACH = 8;
/* Names of what was chosen on this page; a saved item tells its own. */
export const remember = new Map<string, string>();

async function of(target: string, q: string | undefined, signal: AbortSignal): Promise<Somebody[]> {
  if (target === "group") return (await ask("groups_list", { q, limit: EACH }, { signal })).items;
  if (target === "repo") return (await ask("repositories_list", { q, limit: EACH }, { signal })).items;
  if (["release", "project", "fact", "task", "obligation"].includes(target)) return [];
  return (await ask("items_list", { register: target, q, limit: EACH, sort: "title" }, { signal })).items.map((i) => ({ id: i.subject, name: i.title }));
}

export async function findTargets(targets: readonly string[], q: string, signal: AbortSignal): Promise<Somebody[]> {
  const found = await Promise.allSettled(targets.map((t) => of(t, q || undefined, signal)));
  const all = found.flatMap((f) => (f.status === "fulfilled" ? f.value : [])); // what one may not see is not offered
  all.forEach((x) => remember.set(x.id, x.name));
  return all.sort((a, b) => a.name.localeCompare(b.name));
}
