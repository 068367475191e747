/* Where somebody goes who has just signed in: to the setup while that waits for them, else to where they were going. */
import { ask } from "../api/client";
import { go, safeNext } from "./router.svelte";
import { can, loadSession } from "./session.svelte";

export async function arrive(next: string | null): Promise<void> {
  await loadSession();
  if (can("organization.edit") && !(await ask("setup_get", {})).done) return go("/setup", { replace: true });
  go(safeNext(next), { replace: true });
}
