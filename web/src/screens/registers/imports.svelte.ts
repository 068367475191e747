/* A file of items of a register. */
import { ask, send } from "../../api/client";
import type { Import, ImportReport } from "../../api/types";
import { Importing, nameOf } from "../../parts/importing.svelte";

/* `match`: by which field rows are matched with items; empty: by number. */
export const importItems = (register: string, match: () => string) =>
  new Importing<ImportReport, Import>({
    send: (file, onshare, signal) => send("imports_create", { register, name: nameOf(file), ...(match() ? { match: match() } : {}) }, file, onshare, signal),
    get: (id, signal) => ask("imports_get", { import: id }, { signal }),
    confirm: (id, outcome, signal) => ask("imports_confirm", { import: id }, { body: { outcome }, signal }),
  });
