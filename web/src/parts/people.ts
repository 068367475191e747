/* People by a part of their name, for whoever is to be chosen or called. */
import { ask } from "../api/client";

export interface Somebody {
  id: string;
  name: string;
}

export async function findPeople(q: string, signal?: AbortSignal): Promise<Somebody[]> {
  const found = await ask("people_list", { q: q || undefined, limit: 8 }, { signal });
  return found.items.map((p) => ({ id: p.id, name: p.name }));
}
