import { approvals } from "./fi/approvals";
import { dashboard } from "./fi/dashboard";
import { events } from "./fi/events";
import { frame } from "./fi/frame";
import { frameworks } from "./fi/frameworks";
import { myTasks } from "./fi/my-tasks";
import { people } from "./fi/people";
import { repositories } from "./fi/repositories";
import { settings } from "./fi/settings";
import { setup } from "./fi/setup";
import { tasks } from "./fi/tasks";
import type { Text } from "./en";

export const fi: Text = { ...frame, ...approvals, ...dashboard, ...events, ...frameworks, ...myTasks, ...people, ...repositories, ...settings, ...setup, ...tasks };
