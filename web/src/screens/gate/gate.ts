/* The push gate: small things that several components ask. */
import type { Protection } from "../../api/types";

export const modeTones = { observe: "quiet", warn: "warn", block: "good" } as const;

/* Where a team begins: how many approve. Owners of critical code are asked by a point of its own, whatever stands here. */
export const presets = {
  page: { reviewers: 2, resolved: true },
  small_team: { reviewers: 1, resolved: false },
} as const;
export type Preset = keyof typeof presets | "own";
export const presetOf = (p: Pick<Protection, "reviewers" | "resolved">): Preset =>
  (Object.keys(presets) as (keyof typeof presets)[]).find((k) => presets[k].reviewers === p.reviewers && presets[k].resolved === p.resolved) ?? "own";

export const branch = (pattern: string) => pattern.replace("refs/heads/", "");
