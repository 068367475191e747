/* What pages say. `text.t.tasks.title` follows the chosen language; a text missing in Finnish does not compile. */
import { en } from "./en";
import type { Text } from "./en";

export type Language = "en" | "fi";

let code = $state<Language>("en");
let catalogue = $state.raw<Text>(en);

export const text = {
  get t() {
    return catalogue;
  },
  get code() {
    return code;
  },
};

export const language = () => code;

export async function setLanguage(to: Language): Promise<void> {
  if (to === "fi") catalogue = (await import("./fi")).fi;
  else catalogue = en;
  code = to;
  document.documentElement.lang = to;
  try {
    localStorage.setItem("language", to);
  } catch {
    /* it holds until the page is left */
  }
}

/* A text in both languages, as the catalog's come. */
export function pick(both: { en: string; fi: string } | string | null | undefined): string {
  if (!both) return "";
  return typeof both === "string" ? both : both[code] || both.en;
}

export function titleOf(group: Record<string, string>, key: string | null | undefined): string {
  return key ? (group[key] ?? key) : "";
}
