/* Every page: its address, what it is called, and what one must be allowed to do to see it. */
import type { Screen } from "./router.svelte";

export const screens: readonly Screen[] = [
  { pattern: "/", title: "dashboard", load: () => import("../screens/dashboard/Dashboard.svelte"), permission: "tasks.read" },
  { pattern: "/my-tasks", title: "myTasks", load: () => import("../screens/my-tasks/MyTasks.svelte"), permission: "self" },
  { pattern: "/settings", title: "settings", load: () => import("../screens/settings/Settings.svelte"), permission: "organization.read" },
  { pattern: "/people", title: "people", load: () => import("../screens/people/People.svelte"), permission: "people.read" },
  { pattern: "/people/:id", title: "person", load: () => import("../screens/people/Person.svelte"), permission: "people.read" },
  { pattern: "/groups", title: "groups", load: () => import("../screens/people/Groups.svelte"), permission: "people.read" },
  { pattern: "/groups/:id", title: "groups", load: () => import("../screens/people/Group.svelte"), permission: "people.read" },
  { pattern: "/account", title: "account", load: () => import("../screens/account/Account.svelte"), permission: "self" },
  { pattern: "/roles", title: "roles", load: () => import("../screens/people/Roles.svelte"), permission: "self" },
  { pattern: "/tasks", title: "tasks", load: () => import("../screens/tasks/Tasks.svelte"), permission: "tasks.read" },
  { pattern: "/tasks/:key", title: "task", load: () => import("../screens/tasks/Task.svelte"), permission: "tasks.read" },
  { pattern: "/approvals", title: "approvals", load: () => import("../screens/approvals/Approvals.svelte"), permission: "approvals.read" },
  { pattern: "/approvals/:request", title: "approvals", load: () => import("../screens/approvals/Approval.svelte"), permission: "approvals.read" },
  { pattern: "/frameworks", title: "frameworks", load: () => import("../screens/frameworks/Frameworks.svelte"), permission: "frameworks.read" },
  { pattern: "/frameworks/:framework", title: "framework", load: () => import("../screens/frameworks/Framework.svelte"), permission: "frameworks.read" },
  { pattern: "/frameworks/:framework/:control", title: "control", load: () => import("../screens/frameworks/Control.svelte"), permission: "frameworks.read" },
  { pattern: "/coverage", title: "coverage", load: () => import("../screens/frameworks/Coverage.svelte"), permission: "frameworks.read" },
  { pattern: "/audit-log", title: "auditLog", load: () => import("../screens/events/Events.svelte"), permission: "events.read" },
  { pattern: "/audit-log/:event", title: "auditLog", load: () => import("../screens/events/Event.svelte"), permission: "events.read" },
  { pattern: "/search", title: "search", load: () => import("../screens/search/Search.svelte"), permission: "self" },
  { pattern: "/sign-in", title: "signIn", load: () => import("../screens/sign-in/SignIn.svelte"), frame: false, permission: "public" },
  { pattern: "/link", title: "link", load: () => import("../screens/sign-in/Link.svelte"), frame: false, permission: "public" },
  { pattern: "/recover", title: "recover", load: () => import("../screens/sign-in/Recover.svelte"), frame: false, permission: "public" },
];
