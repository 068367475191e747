import { plural } from "../plural";

const n = (one: string, other: string) => plural("en", { one, other });

export const ready = {
  ready: {
    title: "Start from ready records",
    what: "Texts to begin with. What you start is a draft: you make it yours, fill in what only you know, and somebody else approves it. Until then it shows nothing.",
    startFrom: "Start from…",
    readyOf: (what: string) => `Ready records: ${what.toLowerCase()}`,
    register: "Register",
    task: "Task",
    all: "All",
    chooseAll: "Choose all that are not begun",
    chooseNone: "Choose none",
    open: n("# place to fill in", "# places to fill in"),
    used: n("begun once", "begun # times"),
    read: "Read",
    hint: "What only you know",
    language: "Language of the texts",
    languages: { en: "English", fi: "Finnish" },
    start: n("Start # draft", "Start # drafts"),
    choose: "Choose what to start",
    started: n("# draft begun", "# drafts begun"),
    startedWhat: "You own them. Open each, fill in what is left open, and submit it for approval.",
    empty: "No ready records",
    emptyWhat: "There is nothing to begin from here; write the first item yourself.",
    unfilled: n("# place is still to be filled in before this can come into force:", "# places are still to be filled in before this can come into force:"),
    from: "Begun from a ready record",
  },
};
