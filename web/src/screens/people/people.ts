/* What the pages on people share. */
import { text } from "../../text/index.svelte";

/* "person:abc" in answers is "abc" in addresses. */
export const plainId = (id: string) => id.slice(id.indexOf(":") + 1);

export function roleTitle(role: string): string {
  return (text.t.role as Record<string, string>)[role] ?? role;
}

/* "" of a date field is none; else the end of that day, where the reader is. */
export function endOfDay(day: string): string | null {
  return day ? new Date(`${day}T23:59:59`).toISOString() : null;
}
