/* What can be decided about a task or a requirement point: who may, what is asked of them, and what is sent. A new one is a
 * line here, its texts in text/…/tasks.ts and its fields, if they are new, in ActDialog.svelte. */
import { ask } from "../../api/client";
import type { Act as Outcome, NewConclusion, NewPolicy, Permission, Point } from "../../api/types";
import type { Text } from "../../text/en";

export interface Answers {
  about: string;
  until: string;
  reason: string;
  cause: string;
  correction: string;
  check: string;
  checked_at: string;
  conclusion: NewConclusion["conclusion"];
  text: string;
  mode: NewPolicy["mode"];
  tolerance: number | string;
}

export interface Act {
  permission: Permission;
  title: keyof Text["point"];
  what?: keyof Text["point"];
  fields: readonly (keyof Answers)[];
  danger?: boolean;
  everywhere?: boolean; // about all of a point: not for a project's role
  fitsPart?: (p: Point) => boolean; // … to whoever has a project's role, who decides about single things
  fits?: (p: Point) => boolean; // offered for such a point
  run: (task: string, point: string | undefined, a: Answers) => Promise<Outcome>;
}

const day = (a: string) => a || undefined;
const excused = (p: Point) => p.waivers.some((w) => w.in_force);

function applicability(applicable: boolean) {
  return (task: string, point: string | undefined, a: Answers) => {
    const body = { applicable, until: day(a.until), reason: a.reason };
    return point ? ask("points_not_applicable", { task, point }, { body }) : ask("tasks_not_applicable", { task }, { body });
  };
}
function adoption(adopted: boolean) {
  return (task: string, point: string | undefined, a: Answers) => ask("points_adopt", { task, point: point! }, { body: { adopted, reason: a.reason } });
}

export const acts = {
  adopt: { permission: "points.adopt", title: "adopt", what: "adoptWhat", fields: ["reason"], fits: (p) => p.strength !== "must" && !p.adopted, run: adoption(true) },
  drop: { permission: "points.adopt", title: "drop", what: "dropWhat", fields: ["reason"], danger: true, fits: (p) => p.strength !== "must" && p.adopted, run: adoption(false) },
  waive: {
    permission: "points.except",
    title: "waive",
    what: "waiveWhat",
    fields: ["about", "until", "reason"],
    fits: (p) => p.failing > 0 || p.verdict === "no_evidence",
    fitsPart: (p) => p.findings.length > 0,
    run: (task, point, a) => ask("points_waive", { task, point: point! }, { body: { about: a.about, until: a.until, reason: a.reason } }),
  },
  withdraw: {
    permission: "points.except",
    title: "withdraw",
    fields: ["about", "reason"],
    fits: excused,
    fitsPart: (p) => p.waivers.some((w) => w.in_force && w.about !== "*"),
    run: (task, point, a) => ask("points_waiver_withdraw", { task, point: point! }, { body: { about: a.about, reason: a.reason } }),
  },
  treat: {
    permission: "points.treat",
    title: "treat",
    what: "treatWhat",
    fields: ["about", "cause", "correction", "check", "checked_at"],
    fits: (p) => p.failing > 0,
    run: (task, point, a) =>
      ask("points_treat", { task, point: point! }, { body: { about: a.about, cause: a.cause, correction: a.correction, check: a.check, checked_at: a.checked_at } }),
  },
  exclude: { permission: "points.except", everywhere: true, title: "exclude", what: "excludeWhat", fields: ["reason", "until"], fits: (p) => !p.not_applicable, run: applicability(false) },
  include: { permission: "points.except", everywhere: true, title: "include", fields: ["reason"], fits: (p) => !!p.not_applicable, run: applicability(true) },
  policy: {
    permission: "points.policy",
    title: "policy",
    what: "policyWhat",
    fields: ["mode", "tolerance", "reason"],
    fits: () => true,
    run: (task, point, a) => ask("points_policy", { task, point: point! }, { body: { mode: a.mode, tolerance: Number(a.tolerance || 0), reason: a.reason } }),
  },
  conclude: {
    permission: "points.conclude",
    title: "conclude",
    fields: ["conclusion", "text"],
    fits: () => true,
    run: (task, point, a) => {
      const body = { conclusion: a.conclusion, text: a.text };
      return point ? ask("points_conclude", { task, point }, { body }) : ask("tasks_conclude", { task }, { body });
    },
  },
} satisfies Record<string, Act>;
