import { account } from "./fi/account";
import { approvals } from "./fi/approvals";
import { boards } from "./fi/boards";
import { dashboard } from "./fi/dashboard";
import { environments } from "./fi/environments";
import { events } from "./fi/events";
import { evidence } from "./fi/evidence";
import { exchange } from "./fi/exchange";
import { frame } from "./fi/frame";
import { frameworks } from "./fi/frameworks";
import { gate } from "./fi/gate";
import { hosting } from "./fi/hosting";
import { libraries } from "./fi/libraries";
import { views } from "./fi/views";
import { jobs } from "./fi/jobs";
import { metrics } from "./fi/metrics";
import { myTasks } from "./fi/my-tasks";
import { notifications } from "./fi/notifications";
import { people } from "./fi/people";
import { ready } from "./fi/ready";
import { registers } from "./fi/registers";
import { repositories } from "./fi/repositories";
import { settings } from "./fi/settings";
import { critical } from "./fi/critical";
import { hurry } from "./fi/hurry";
import { reviews } from "./fi/reviews";
import { setup } from "./fi/setup";
import { signIn } from "./fi/sign-in";
import { taskFile } from "./fi/task-file";
import { tasks } from "./fi/tasks";
import type { Text } from "./en";

export const fi: Text = {
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
