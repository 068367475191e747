import { dashboard } from "./en/dashboard";
import { frame } from "./en/frame";
import { myTasks } from "./en/my-tasks";
import { people } from "./en/people";
import { settings } from "./en/settings";
import { setup } from "./en/setup";

export const en = { ...frame, ...dashboard, ...myTasks, ...setup, ...settings, ...people };

/* The shape that the other language must have: same keys, texts as texts, functions with the same arguments. */
type Widen<T> = T extends string ? string : T extends (...a: infer A) => string ? (...a: A) => string : { readonly [K in keyof T]: Widen<T[K]> };
export type Text = Widen<typeof en>;
