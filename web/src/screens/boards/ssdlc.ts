import type { SsdlcCriterion, SsdlcProject } from "../../api/types";

/* Whether a criterion holds; undefined: only people can say. */
export function holds(c: SsdlcCriterion): boolean | undefined {
  if (!c.point && !c.register) return undefined;
  const point = !c.point || ["met", "treated", "waived", "not_applicable"].includes(c.verdict ?? "");
  return point && (!c.register || (c.items ?? 0) > 0);
}
export const criteriaOf = (p: SsdlcProject, step: string) => p.criteria.filter((c) => c.before === step);
export const missingOf = (p: SsdlcProject, step: string) => criteriaOf(p, step).filter((c) => holds(c) === false).length;

/* The first state that is not behind a project is where it stands. */
export type Place = "passed" | "here" | "ahead";
export function placeOf(steps: readonly string[], state: string, step: string): Place {
  const at = steps.indexOf(state);
  const i = steps.indexOf(step);
  return at < 0 || i < at ? "passed" : i === at ? "here" : "ahead";
}
