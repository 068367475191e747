import type { Text } from "./en";
import { dashboard } from "./fi/dashboard";
import { frame } from "./fi/frame";
import { people } from "./fi/people";

export const fi: Text = { ...frame, ...dashboard, ...people };
