/* One form on its way: busy, and what the server found wrong. */
import { tick } from "svelte";

import { fieldName, Problem } from "../api/client";

export class Form {
  busy = $state(false);
  problem = $state.raw<unknown>(undefined);
  changed = $state(false);

  #asked = new Set<string>();

  /* What was wrong with a field. Who draws the field asks; what nobody asks for is said of the whole form. */
  field = (name: string): string | undefined => {
    this.#asked.add(name);
    return this.problem instanceof Problem ? this.problem.field(name) : undefined;
  };
  get elsewhere(): string[] {
    if (!(this.problem instanceof Problem)) return [];
    return this.problem.errors.filter((e) => !this.#asked.has(fieldName(e))).map((e) => `${e.field.replace(/^\//, "")}: ${e.detail}`);
  }

  /* Runs what the form is for. True when it went well; else the problem stands in the form and the first bad field has the focus. */
  run = async (what: () => Promise<unknown>): Promise<boolean> => {
    if (this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await what();
      this.changed = false;
      return true;
    } catch (e) {
      this.problem = e;
      void tick().then(() => (document.querySelector<HTMLElement>('[aria-invalid="true"]') ?? document.querySelector<HTMLElement>("[data-problem]"))?.focus());
      return false;
    } finally {
      this.busy = false;
    }
  };
}
