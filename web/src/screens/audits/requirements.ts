/* What an audit goes through: a checklist of the register, or a framework of the catalog. */
import { ask } from "../../api/client";
import type { FrameworkRow, Item } from "../../api/types";

export interface Requirement {
  id: string;
  chapter: string;
  text: string;
}
export interface List {
  key: string; // framework:KEY or record:audit_checklist/ID
  title: string;
}

const standards: Record<string, RegExp> = { asvs_5: /^asvs-5/, asvs_4: /^asvs-4/, vahti_1_2013: /^vahti/, ncsc_fi: /^ncsc/ };

/* Lists to choose from, what the audit itself names first. */
export function listsOf(audit: Item, checklist: string | undefined, frameworks: readonly FrameworkRow[]): List[] {
  const own = typeof audit.content["checklist"] === "string" ? [{ key: audit.content["checklist"], title: checklist ?? "" }] : [];
  const fits = standards[String(audit.content["standard"])];
  const other = String(audit.content["standard_other"] ?? "").toLowerCase();
  const wanted = (f: FrameworkRow) => (fits ? fits.test(f.key) : other !== "" && [f.key, f.name.toLowerCase(), `${f.name} ${f.edition}`.toLowerCase()].includes(other));
  const sorted = [...frameworks].sort((a, b) => Number(wanted(b)) - Number(wanted(a)));
  return [...own, ...sorted.map((f) => ({ key: `framework:${f.key}`, title: `${f.name} ${f.edition}` }))];
}
/* Whether the audit says by itself what it goes through. */
export const isNamed = (audit: Item, lists: readonly List[]) => lists[0] !== undefined && (lists[0].key.startsWith("record:") || audit.content["standard"] !== undefined);

export async function requirementsOf(list: string, signal: AbortSignal): Promise<Requirement[]> {
  if (list.startsWith("framework:")) {
    const { controls } = await ask("frameworks_get", { framework: list.slice(10) }, { signal });
    const heads = new Map(controls.filter((c) => c.heading).map((c) => [c.id, c.title]));
    const chapter = (group: string | null) => (group ? `${group} ${heads.get(group) ?? ""}`.trim() : "");
    return controls.filter((c) => !c.heading).map((c) => ({ id: c.id, chapter: chapter(c.group), text: c.title }));
  }
  const item = await ask("items_get", { register: "audit_checklist", item: list.split("/")[1] ?? "" }, { signal });
  const rows = Array.isArray(item.content["requirements"]) ? (item.content["requirements"] as Record<string, string>[]) : [];
  const seen = new Set<string>();
  return rows.filter((r) => r["id"] && !seen.has(r["id"]) && seen.add(r["id"])).map((r) => ({ id: r["id"] ?? "", chapter: r["chapter"] ?? "", text: r["requirement"] ?? "" }));
}

/* Under their chapters, in their own order. */
export function chapters(all: readonly Requirement[]): [string, Requirement[]][] {
  const out = new Map<string, Requirement[]>();
  for (const r of all) out.set(r.chapter, [...(out.get(r.chapter) ?? []), r]);
  return [...out];
}
