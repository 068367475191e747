import type { Coverage } from "../api/types";

/* From best to none, then what has no colour of its own. */
export const coverages: readonly Coverage[] = ["all_done", "done_but_low", "some_done", "active", "inactive", "not_applicable", "outside"];
