import type { RiskRow } from "../../api/types";

/* A cell of the matrix: which side, likelihood and impact. In the URL as after-4-5. */
export type Side = "before" | "after";
export interface Cell {
  side: Side;
  likelihood: number;
  impact: number;
}
export const nameOf = (c: Cell) => `${c.side}-${c.likelihood}-${c.impact}`;
export function cellOf(name: string | null): Cell | undefined {
  const m = /^(before|after)-([1-5])-([1-5])$/.exec(name ?? "");
  return m ? { side: m[1] as Side, likelihood: Number(m[2]), impact: Number(m[3]) } : undefined;
}
export function isIn(r: RiskRow, c: Cell): boolean {
  return c.side === "before" ? r.likelihood === c.likelihood && r.impact === c.impact : r.likelihood_after === c.likelihood && r.impact_after === c.impact;
}

/* Up to which level a risk is borne, and above which it never is. */
export interface Criteria {
  title: string;
  subject: string;
  appetite: number;
  limit: number;
}
export type Band = "fine" | "between" | "over" | "unknown";
export const bandOf = (level: number, c: Criteria | undefined): Band => (!c ? "unknown" : level <= c.appetite ? "fine" : level <= c.limit ? "between" : "over");
