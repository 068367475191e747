import { plural } from "../plural";

const n = (one: string, other: string) => plural("en", { one, other });

export const taskFile = {
  taskFile: {
    import: "Import",
    title: "Import tasks",
    what: "A CSV file of tasks from another tool. It is looked through first; nothing is recorded before you say so, and then all of it or nothing.",
    columns: "Known columns: name, status, owner, priority, due, description, review cycle (days). Tasks are found by their title in English or Finnish, people by their address or name.",
    faults: n("# fault.", "# faults."),
    line: (l: number) => `Line ${l}`,
    would: n("# task would change", "# tasks would change"),
    same: n("# stays as it is", "# stay as they are"),
    claims: n("# status is kept as a claim.", "# statuses are kept as claims."),
    claimsWhat: "A claim is shown on the task, and counts for nothing: the status is computed from what was observed.",
    left: n("# thing is left out", "# things are left out"),
    task: "Task",
    field: "Field",
    before: "Before",
    after: "After",
    none: "–",
    fields: { name: "Name", status: "Status", claim: "Claimed status", owner: "Owner", priority: "Priority", due: "Due", description: "Process", review_days: "Review cycle (days)" },
    go: n("Change # task", "Change # tasks"),
    done: n("# task was changed", "# tasks were changed"),
    claim: "Claimed elsewhere",
    claimFrom: (source: string, who: string, when: string) => `${source}, handed in by ${who} ${when}`,
    claimWeak: "Somebody's word: it counts for nothing in the status.",
  },
};
