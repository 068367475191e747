/* A metric's figure and how it stands against the item that follows it. */
import type { MetricItem, MetricRowOfList } from "../../api/types";
import type { IconName } from "../../parts/icons";
import { keepNumber } from "./number";

export type Shown = Pick<MetricRowOfList, "value" | "unit" | "higher" | "now" | "items">;
export type Standing = "on_target" | "off_target" | "alarm" | "no_figure" | "not_followed";

/* Thousandths as a number of the unit. */
export const figureOf = (thousandths: number) => thousandths / 1000;

export function inWords(kind: Shown["value"], unit: string, thousandths: number): string {
  const n = keepNumber(figureOf(thousandths), kind === "count" ? 0 : 1);
  return kind === "count" ? n : `${n}\u00a0${unit}`; // of a count the title says what is counted
}

/* The item in force, else the one that is being worked on. */
export const followerOf = (m: Shown): MetricItem | undefined => m.items.find((i) => i.phase === "in_force") ?? m.items.find((i) => i.phase === "open");

const number = (s: string | null | undefined) => (s === null || s === undefined || s === "" ? undefined : Number(s));

export const targetOf = (m: Shown) => number(followerOf(m)?.target);
export const alarmOf = (m: Shown) => number(followerOf(m)?.alarm);

/* Only what is in force is held against its target: a draft's is nobody's word yet. */
export function standingOf(m: Shown): Standing {
  const item = followerOf(m);
  if (item?.phase !== "in_force") return "not_followed";
  if (!m.now) return "no_figure";
  const value = figureOf(m.now.value);
  const alarm = number(item.alarm);
  const target = number(item.target);
  const worse = (limit: number) => (m.higher ? value < limit : value > limit);
  const atAlarm = alarm !== undefined && (worse(alarm) || value === alarm);
  if (atAlarm) return "alarm";
  return target !== undefined && worse(target) ? "off_target" : "on_target";
}

export const TONES = { on_target: "good", off_target: "warn", alarm: "bad", no_figure: "quiet", not_followed: "quiet" } as const;
export const ICONS: Record<Standing, IconName> = {
  on_target: "circle-check",
  off_target: "target",
  alarm: "alert-triangle",
  no_figure: "info-circle",
  not_followed: "info-circle",
};

/* How the figure has moved over its days: the first and the last that are there. */
export function moved(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((v): v is number => v !== null);
  return known.length > 1 ? known[known.length - 1]! - known[0]! : undefined;
}

/* Where the thing that a row is about can be seen. */
export function placeOf(subject: string): string | undefined {
  const at = subject.indexOf(":");
  const type = subject.slice(0, at);
  const rest = subject.slice(at + 1);
  if (type === "record") return `/registers/${rest}`;
  if (type === "repo") return `/repositories/${rest}`;
  if (type === "task") return `/tasks/${rest}`;
  if (type === "obligation") return `/tasks/${rest.split("/")[0]}?tab=implementation`;
  if (type === "fact") return `/audit-log/${rest}`;
  return undefined;
}
