/* The ledger as one file, and back. Per-ctx. */
#ifndef SINETTI_LEDGER_BACKUP_H
#define SINETTI_LEDGER_BACKUP_H

#include "ledger/log_reader.h"

/* Writes the reader's state into `file`, which must not exist: whole and synced, or not at all. Writers are not kept
 * waiting. */
enum rc log_backup(struct ctx *cx, struct log_reader *r, const char *file) MUST_CHECK;

struct log_restored {
    uint64_t facts;
    const char *kept; /* where the data folder's former ledger is now; NULL when there was none */
};

/* Puts the ledger of `file` into the data folder `dir`, which must exist. The file is checked whole before
 * (log_check()); until the one step in which the ledgers change places the folder is as it was, and the former one is
 * kept beside. Refused while anybody has the ledger open (E_BUSY), and for a file that is damaged or of another ledger
 * (E_CORRUPT, E_CONFLICT). head_restore() has to follow. */
enum rc log_restore(struct ctx *cx, const char *file, const char *dir, struct log_restored *out) MUST_CHECK;

#endif
