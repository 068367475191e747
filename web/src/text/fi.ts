import { account } from "./fi/account";
import { approvals } from "./fi/approvals";
import { dashboard } from "./fi/dashboard";
import { events } from "./fi/events";
import { frame } from "./fi/frame";
import { frameworks } from "./fi/frameworks";
import { jobs } from "./fi/jobs";
import { myTasks } from "./fi/my-tasks";
import { people } from "./fi/people";
import { ready } from "./fi/ready";
import { registers } from "./fi/registers";
import { repositories } from "./fi/repositories";
import { settings } from "./fi/settings";
import { setup } from "./fi/setup";
import { signIn } from "./fi/sign-in";
import { tasks } from "./fi/tasks";
import type { Text } from "./en";

export const fi: Text = { ...frame, ...account, ...approvals, ...dashboard, ...events, ...frameworks, ...jobs, ...myTasks, ...people, ...ready, ...registers, ...repositories, ...settings, ...setup, ...signIn, ...tasks };
