import { account } from "./en/account";
import { approvals } from "./en/approvals";
import { boards } from "./en/boards";
import { dashboard } from "./en/dashboard";
import { environments } from "./en/environments";
import { events } from "./en/events";
import { evidence } from "./en/evidence";
import { exchange } from "./en/exchange";
import { frame } from "./en/frame";
import { frameworks } from "./en/frameworks";
import { gate } from "./en/gate";
import { hosting } from "./en/hosting";
import { libraries } from "./en/libraries";
import { views } from "./en/views";
import { jobs } from "./en/jobs";
import { metrics } from "./en/metrics";
import { myTasks } from "./en/my-tasks";
import { notifications } from "./en/notifications";
import { people } from "./en/people";
import { ready } from "./en/ready";
import { registers } from "./en/registers";
import { repositories } from "./en/repositories";
import { settings } from "./en/settings";
import { critical } from "./en/critical";
import { hurry } from "./en/hurry";
import { reviews } from "./en/reviews";
import { setup } from "./en/setup";
import { signIn } from "./en/sign-in";
import { taskFile } from "./en/task-file";
import { tasks } from "./en/tasks";

export const en = {
  ...frame,
  ...account,
  ...approvals,
  ...boards,
  ...dashboard,
  ...environments,
  ...events,
  ...evidence,
  ...exchange,
  ...frameworks,
  ...gate,
  ...hosting,
  ...libraries,
  ...views,
  ...jobs,
  ...metrics,
  ...myTasks,
  ...notifications,
  ...people,
  ...ready,
  ...registers,
  ...repositories,
  ...critical,
  ...hurry,
  ...reviews,
  ...settings,
  ...setup,
  ...signIn,
  ...taskFile,
  ...tasks,
};

/* The shape that the other language must have: same keys, texts as texts, functions with the same arguments. */
type Widen<T> = T extends string ? string : T extends (...a: infer A) => string ? (...a: A) => string : { readonly [K in keyof T]: Widen<T[K]> };
export type Text = Widen<typeof en>;
