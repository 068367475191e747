/* Every page: its address, what it is called, and what one must be allowed to do to see it. */
import type { Screen } from "./router.svelte";

export const screens: readonly Screen[] = [
  { pattern: "/roles", title: "roles", load: () => import("../screens/people/Roles.svelte"), permission: "self" },
  { pattern: "/approvals", title: "approvals", load: () => import("../screens/approvals/Approvals.svelte"), permission: "approvals.read" },
  { pattern: "/approvals/:request", title: "approvals", load: () => import("../screens/approvals/Approval.svelte"), permission: "approvals.read" },
  { pattern: "/frameworks", title: "frameworks", load: () => import("../screens/frameworks/Frameworks.svelte"), permission: "frameworks.read" },
  { pattern: "/frameworks/:framework", title: "framework", load: () => import("../screens/frameworks/Framework.svelte"), permission: "frameworks.read" },
  { pattern: "/frameworks/:framework/:control", title: "control", load: () => import("../screens/frameworks/Control.svelte"), permission: "frameworks.read" },
  { pattern: "/coverage", title: "coverage", load: () => import("../screens/frameworks/Coverage.svelte"), permission: "frameworks.read" },
  { pattern: "/audit-log", title: "auditLog", load: () => import("../screens/events/Events.svelte"), permission: "events.read" },
  { pattern: "/audit-log/:event", title: "auditLog", load: () => import("../screens/events/Event.svelte"), permission: "events.read" },
  { pattern: "/search", title: "search", load: () => import("../screens/search/Search.svelte"), permission: "self" },
];
