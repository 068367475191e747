import type { Text } from "./en";
import { frame } from "./fi/frame";
import { people } from "./fi/people";

export const fi: Text = { ...frame, ...people };
