/* Dates and numbers as the reader's language writes them. Times come from the API as RFC 3339 and are shown in local time. */
import { language } from "./index.svelte";

const locale = () => (language() === "fi" ? "fi-FI" : "en-GB");
const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();

function keep<F extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(name: string, make: (l: string) => F): F {
  const key = `${locale()} ${name}`;
  let f = made.get(key) as F | undefined;
  if (!f) made.set(key, (f = make(locale())));
  return f;
}

export const formatDate = (at: string | Date) =>
  keep("date", (l) => new Intl.DateTimeFormat(l, { day: "numeric", month: "short", year: "numeric" })).format(new Date(at));

export const formatDay = (at: string | Date) =>
  keep("day", (l) => new Intl.DateTimeFormat(l, { weekday: "long", day: "numeric", month: "long" })).format(new Date(at));

export const formatTime = (at: string | Date) =>
  keep("time", (l) => new Intl.DateTimeFormat(l, { dateStyle: "medium", timeStyle: "short" })).format(new Date(at));

export const formatExact = (at: string | Date) =>
  keep("exact", (l) => new Intl.DateTimeFormat(l, { dateStyle: "long", timeStyle: "long" })).format(new Date(at));

export const formatNumber = (n: number) => keep("number", (l) => new Intl.NumberFormat(l)).format(n);

/* In steps of 1,024, as file managers count. */
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];
export function formatBytes(n: number): string {
  const step = n < 1024 ? 0 : n < 1024 ** 2 ? 1 : n < 1024 ** 3 ? 2 : 3;
  const unit = UNITS[step]!;
  return keep(unit, (l) => new Intl.NumberFormat(l, { style: "unit", unit, unitDisplay: step ? "short" : "long", maximumFractionDigits: 1 })).format(n / 1024 ** step);
}

export const formatPercent = (share: number) =>
  keep("percent", (l) => new Intl.NumberFormat(l, { style: "percent", maximumFractionDigits: 0 })).format(share);

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/* "3 days ago", "in 2 weeks", "now". */
export function formatAgo(at: string | Date, now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const f = keep("ago", (l) => new Intl.RelativeTimeFormat(l, { numeric: "auto" }));
  for (const [unit, size] of STEPS) if (Math.abs(seconds) >= size) return f.format(Math.trunc(seconds / size), unit);
  return f.format(0, "second");
}

/* A due date in the reader's days: negative when past. */
export function daysUntil(at: string | Date, now = new Date()): number {
  const day = (d: Date) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate()) / 86_400_000;
  return day(new Date(at)) - day(now);
}
