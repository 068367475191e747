export const settings = {
  settings: {
    title: "Settings",
    what: "What holds for the whole organization. Each change is an event in the audit log.",
    name: "Name of the organization",
    language: "Language",
    languageHint: "Of reports and messages, and of who has not chosen their own.",
    preset: "Preset",
    presetHint: "Which recommended points count where nobody has decided otherwise.",
    zone: "Time zone",
    readOnly: "Your roles let you see the settings, not change them.",
    since: "Last changed",
    api: "API",
    apiWhat: "Everything these pages do can be done by a program.",
    apiOpen: "Read the reference",
  },
};
