import { dashboard } from "./fi/dashboard";
import { frame } from "./fi/frame";
import { myTasks } from "./fi/my-tasks";
import { people } from "./fi/people";
import { settings } from "./fi/settings";
import { setup } from "./fi/setup";
import type { Text } from "./en";

export const fi: Text = { ...frame, ...dashboard, ...myTasks, ...setup, ...settings, ...people };
