/* `sinetti ledger tiles`: the folder that docs/formats/ledger.md, section 5 describes, made from the log. Per-ctx. */
#ifndef SINETTI_LEDGER_TILES_WRITE_H
#define SINETTI_LEDGER_TILES_WRITE_H

#include "ledger/log_reader.h"

/* Writes into the folder `dir`, made when absent, what the signed head `note` speaks of. Files that never change and
 * are there already are left alone, so doing it again costs what is new; bundles of bodies are written anew when they
 * differ in size. `checkpoint` comes last: what is there is always a whole tree's. The head must be that of the log's
 * own entries: E_CONFLICT otherwise. */
enum rc tiles_write(struct ctx *cx, struct log_reader *r, struct str note, const char *dir) MUST_CHECK;

#endif
