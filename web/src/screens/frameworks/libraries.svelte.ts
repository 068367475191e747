/* A library of others: a framework, mappings, reference controls. */
import { ask, send } from "../../api/client";
import type { ImportedLibrary, LibraryHead, LibraryImport, LibraryReport } from "../../api/types";
import { Importing, nameOf } from "../../parts/importing.svelte";
import { text } from "../../text/index.svelte";

export const importLibrary = () =>
  new Importing<LibraryReport, LibraryImport>({
    send: (file, onshare, signal) => send("library_imports_create", { name: nameOf(file) }, file, onshare, signal),
    get: (id, signal) => ask("library_imports_get", { import: id }, { signal }),
    confirm: (id, outcome, signal) => ask("library_imports_confirm", { import: id }, { body: { outcome }, signal }),
  });

/* "version 3", or the edition where that says it. */
export const versionOf = (l: LibraryHead | ImportedLibrary) => (l.version ? text.t.libraries.version(l.version) : l.edition ? text.t.libraries.edition(l.edition) : "");
