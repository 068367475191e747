import type { Person } from "../../api/types";
import type { Text } from "../../text/en";

/* Who did it: a person, or what is none. */
export function actorName(t: Text["events"], actor: Person | null): string {
  if (!actor) return t.unknown;
  if (actor.name) return actor.name;
  return actor.id === "system" ? t.system : actor.id === "operator" ? t.operator : actor.id === "unknown" ? t.unknown : actor.id;
}

/* What an event says, in a line: people called in it are not named there. */
export const inLine = (summary: string) => summary.replace(/@person:[a-z2-7]{20}/g, "@…");

/* The page of what an event is about, where there is one. */
export function pageOf(subject: string | null): string | undefined {
  const [type, id = ""] = (subject ?? "").split(/:(.*)/s);
  const [task, point] = id.split("/");
  const pages: Record<string, string> = {
    task: `/tasks/${task}`,
    obligation: `/tasks/${task}?tab=implementation&point=${point}`,
    repo: `/repositories/${id}`,
    person: `/people/${id}`,
    fact: `/audit-log/${id}`,
    record: `/registers/${id}`,
    group: `/groups/${id}`,
    change: `/reviews/${id}`,
  };
  return id ? pages[type ?? ""] : undefined;
}
