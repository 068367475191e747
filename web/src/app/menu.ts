/* The sidebar, and the letters of the keyboard that lead to its pages (`g d`). */
import type { IconName } from "../parts/icons";
import type { Needed } from "./session.svelte";

export interface Entry {
  key: "dashboard" | "myTasks" | "tasks" | "frameworks" | "coverage" | "repositories" | "registers" | "guidebook" | "calendar" | "metrics" | "approvals" | "auditLog" | "people" | "groups" | "roles" | "jobs" | "settings" | "reviews" | "gate" | "ssdlc" | "changeBoard" | "riskMatrix" | "audits" | "releaseLog" | "partners" | "environments";
  path: string;
  icon: IconName;
  permission: Needed;
  letter?: string;
}

export const menu: readonly { title: "work" | "development" | "evidence" | "organization"; entries: readonly Entry[] }[] = [
  {
    title: "work",
    entries: [
      { key: "dashboard", path: "/", icon: "layout-dashboard", permission: "tasks.read", letter: "d" },
      { key: "myTasks", path: "/my-tasks", icon: "clipboard-check", permission: "self", letter: "m" },
      { key: "tasks", path: "/tasks", icon: "list-check", permission: "tasks.read", letter: "t" },
      { key: "guidebook", path: "/guidebook", icon: "books", permission: "self", letter: "g" },
      { key: "approvals", path: "/approvals", icon: "circle-check", permission: "approvals.read", letter: "a" },
      { key: "reviews", path: "/reviews", icon: "git-pull-request", permission: "changes.read", letter: "v" },
      { key: "gate", path: "/gate", icon: "shield-lock", permission: "changes.read" },
    ],
  },
  {
    title: "development",
    entries: [
      { key: "ssdlc", path: "/boards/ssdlc", icon: "progress", permission: "registers.read", letter: "b" },
      { key: "changeBoard", path: "/boards/changes", icon: "git-compare", permission: "registers.read", letter: "h" },
      { key: "releaseLog", path: "/release-log", icon: "rosette", permission: "registers.read", letter: "o" },
      { key: "environments", path: "/environments", icon: "lock", permission: "registers.read" },
      { key: "riskMatrix", path: "/boards/risks", icon: "alert-triangle", permission: "registers.read", letter: "i" },
      { key: "audits", path: "/audits", icon: "shield-check", permission: "registers.read", letter: "u" },
      { key: "partners", path: "/partners", icon: "building", permission: "registers.read" },
    ],
  },
  {
    title: "evidence",
    entries: [
      { key: "frameworks", path: "/frameworks", icon: "books", permission: "frameworks.read", letter: "f" },
      { key: "coverage", path: "/coverage", icon: "grid-dots", permission: "frameworks.read", letter: "c" },
      { key: "registers", path: "/registers", icon: "stack-2", permission: "registers.read", letter: "e" },
      { key: "calendar", path: "/calendar", icon: "clock", permission: "registers.read" },
      { key: "metrics", path: "/security-metrics", icon: "activity", permission: "registers.read", letter: "k" },
      { key: "repositories", path: "/repositories", icon: "git-branch", permission: "repositories.read", letter: "r" },
      { key: "auditLog", path: "/audit-log", icon: "history", permission: "events.read", letter: "l" },
    ],
  },
  {
    title: "organization",
    entries: [
      { key: "people", path: "/people", icon: "users", permission: "people.read", letter: "p" },
      { key: "groups", path: "/groups", icon: "users-group", permission: "people.read" },
      { key: "roles", path: "/roles", icon: "shield-check", permission: "self" },
      { key: "jobs", path: "/jobs", icon: "progress", permission: "repositories.read", letter: "j" },
      { key: "settings", path: "/settings", icon: "settings", permission: "organization.read", letter: "s" },
    ],
  },
];
