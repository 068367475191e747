/* Every page: its address, what it is called, and what one must be allowed to do to see it. */
import type { Screen } from "./router.svelte";

export const screens: readonly Screen[] = [
  { pattern: "/roles", title: "roles", load: () => import("../screens/people/Roles.svelte"), permission: "self" },
];
