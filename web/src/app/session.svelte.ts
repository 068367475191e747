/* Who is signed in and what they may do. Buttons ask can(): nobody sees one that would be refused. The server decides all
 * the same. */
import { ask } from "../api/client";
import type { Permission, Session } from "../api/types";

let me = $state.raw<Session | undefined>(undefined);
let chosen = $state(remembered());

function remembered(): string | null {
  try {
    return sessionStorage.getItem("project");
  } catch {
    return null; // storage is closed to us
  }
}

export const session = {
  /* Undefined until the server has told; without a person when nobody is signed in. */
  get now() {
    return me;
  },
  get in() {
    return !!me?.person;
  },
  /* Those to choose among: of whoever sees the whole organization none. */
  get projects() {
    return me && !me.permissions.includes("tasks.read") ? me.projects : [];
  },
  /* "project:ID": the one that is looked at. */
  get project(): string | undefined {
    const all = session.projects;
    return (all.find((p) => p.project === chosen) ?? all[0])?.project;
  },
  choose(project: string) {
    chosen = project;
    try {
      sessionStorage.setItem("project", project);
    } catch {
      // then it is so until the page is left
    }
  },
};

export type Needed = Permission | "public" | "self";

/* Held for the whole organization, not for projects alone: some acts are about all of it. */
export function canEverywhere(needed: Permission): boolean {
  return !!me?.permissions.includes(needed);
}

/* For a project: "project:ID". What is held for the organization holds in each of them. */
export function can(needed: Needed, project?: string): boolean {
  if (needed === "public") return true;
  if (!me?.person) return false;
  if (needed === "self" || me.permissions.includes(needed)) return true;
  return me.projects.some((p) => (project === undefined || p.project === project) && p.permissions.includes(needed));
}

export async function loadSession(): Promise<void> {
  me = await ask("session_get", {});
}

export function forgetSession() {
  if (me) me = { ...me, person: null, name: null, level: 0, second_factor: [], permissions: [], projects: [], roles: [] };
}
