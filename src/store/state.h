/* state.db of a data folder: what is kept and backed up but never replayed, and never seen by rules: accounts,
 * sessions, counters, jobs. Each room brings its own tables as a list of numbered steps; a step that was
 * released is never changed, a further one is added behind it.
 *
 *     extern const char identity_state_001_sql[], identity_state_002_sql[]; // src/identity/state_001.sql …
 *     static const char *const steps[] = {identity_state_001_sql, identity_state_002_sql};
 *     const struct state_room identity_state = {"identity", steps, 2};
 *
 * A handle belongs to one thread at a time. Write transactions are short: store_begin_write() waits for its turn. */
#ifndef SINETTI_STORE_STATE_H
#define SINETTI_STORE_STATE_H

#include "store/store.h"

struct state_room {
    const char *name;
    const char *const *steps; /* SQL that returns no rows; each runs once, in a transaction of its own */
    size_t n;
};

/* STORE_WRITE makes the file when it is not there. STORE_READ: E_NOTFOUND. */
enum rc state_open(struct ctx *cx, const char *dir, enum store_mode mode, sqlite3 **out) MUST_CHECK;
/* Runs the room's steps that have not run. E_DENIED when a newer program ran more than this one knows; E_CORRUPT when
 * one that ran was another than ours. A failed step changes nothing; those before it stay. */
enum rc state_migrate(struct ctx *cx, sqlite3 *db, const struct state_room *room) MUST_CHECK;
/* For who only reads: E_CONFLICT when steps are missing, else as above. */
enum rc state_check(struct ctx *cx, sqlite3 *db, const struct state_room *room) MUST_CHECK;

#endif
