import { plural } from "../plural";

const n = (one: string, other: string) => plural("en", { one, other });

export const myTasks = {
  myTasks: {
    title: "My tasks",
    what: "What waits for you, soonest first.",
    empty: "Nothing waits for you",
    emptyWhat: "When somebody gives you a task, mentions you or asks for your approval, it comes here.",
    all: "See all tasks",
    approvals: "Waits for your decision",
    approvalsWhat: "Somebody else has asked; you are the second pair of eyes.",
    items: "Items of registers that wait for you",
    requests: "You have asked for",
    late: "Overdue",
    soon: "Within a week",
    later: "Later",
    undated: "Without a due date",
    owned: "Tasks you own",
    noneOwned: "You own no task.",
    reviews: "Reviews coming up",
    participating: "You take part in",
    progress: "Your tasks",
    mentions: "Mentions",
    violated: n("# point broken", "# points broken"),
    open: n("# point without evidence", "# points without evidence"),
  },
};
