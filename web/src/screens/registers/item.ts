/* Values of items: how they are shown, compared and edited. Content is as the API has it. */
import type { Item, Register, RegisterColumn, RegisterField } from "../../api/types";
import { formatDate, formatNumber } from "../../text/format";
import { text } from "../../text/index.svelte";

export type Values = Record<string, unknown>;
export type AnyField = RegisterField | RegisterColumn;

export const idOf = (subject: string) => subject.split("/")[1] ?? "";
export const pageOf = (subject: string) => subject.replace(/^record:/, "/registers/");
export const label = (r: Pick<Register, "prefix">, number: number) => `${r.prefix}-${number}`;

const tones = { open: "info", in_force: "good", closed: "quiet" } as const;
export const toneOf = (phase: Item["phase"]) => tones[phase];

/* Whether a field is asked for, by the value of another. */
export function isAsked(field: RegisterField, values: Values): boolean {
  if (!field.when) return true;
  const other = values[field.when.field];
  return (typeof other === "boolean" ? (other ? "yes" : "no") : other) === field.when.is;
}

/* One value in words; names of people and items as far as they are known. */
export function inWords(field: AnyField, value: unknown, names: ReadonlyMap<string, string>): string {
  const t = text.t.registers;
  if (value === undefined || value === null || value === "") return "";
  switch (field.type) {
    case "choice":
    case "checklist":
      return field.choices.find((c) => c.key === value)?.title ?? String(value);
    case "yes_no":
      return value ? t.yes : t.no;
    case "date":
      return formatDate(String(value));
    case "duration":
      return t.days(Number(value));
    case "number":
      return formatNumber(Number(value)) + (field.unit ? ` ${field.unit}` : "");
    case "person":
    case "group":
    case "link":
      return names.get(String(value)) ?? String(value);
    default:
      return String(value);
  }
}

/* The names an item tells of what it leads to. */
export const namesOf = (item: { names: { id: string; name: string }[] } | undefined) => new Map((item?.names ?? []).map((n) => [n.id, n.name]));

const spelled = (v: unknown): string =>
  JSON.stringify(v === undefined || v === "" || (Array.isArray(v) && v.length === 0) ? null : v, (_, x: unknown) =>
    x && typeof x === "object" && !Array.isArray(x) ? Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1))) : x,
  );

/* Fields in which two versions differ. */
export function differences(fields: readonly RegisterField[], a: Values, b: Values): RegisterField[] {
  return fields.filter((f) => spelled(a[f.key]) !== spelled(b[f.key]));
}
/* So with those the register has no more. */
export function differing(fields: readonly RegisterField[], a: Values, b: Values): string[] {
  const gone = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((k) => !fields.some((f) => f.key === k));
  return [...differences(fields, a, b).map((f) => f.key), ...gone.filter((k) => spelled(a[k]) !== spelled(b[k]))];
}

/* What the form holds becomes what the API takes: nothing empty. */
export function cleaned(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, v]) => v !== "" && v !== null && v !== undefined && !(Array.isArray(v) && v.length === 0)),
  );
}
