/* Imports on a server: of items of a register, or, where none is named, of a library of others (shelf_import.h). A file
 * is handed in, checked by a job, looked at, and then done by another job, exactly as it was looked at or not at all.
 * They stand in state.db for a day, the files in DIR/imports.
 *
 *     checking → checked → recording → done
 *                   or, with why, failed
 *
 * An import is done once, however often its job is run: the unit of the log carries its id as its request.
 *
 * Threads: as the handle. */
#ifndef SINETTI_EXCHANGE_IMPORTS_H
#define SINETTI_EXCHANGE_IMPORTS_H

#include "facts/facts.h"
#include "records/records.h"
#include "store/state.h"

extern const struct state_room exchange_state;

struct import {
    struct str id, person, credential, register_key, match, name, stage, job, outcome, report, message;
    int64_t bytes, at;
};

/* Keeps the file at `path`, which is moved, and notes what is to be done with it, stage checking; id is set. */
enum rc imports_add(struct ctx *cx, sqlite3 *state, const char *dir, const char *path, struct import *i) MUST_CHECK;
/* E_NOTFOUND. */
enum rc imports_get(struct ctx *cx, sqlite3 *state, struct str id, struct import *out) MUST_CHECK;
/* To `recording`, when it was checked and `outcome` is what was told; E_CONFLICT else. */
enum rc imports_confirm(struct ctx *cx, sqlite3 *state, struct str id, struct str outcome) MUST_CHECK;
enum rc imports_set_job(struct ctx *cx, sqlite3 *state, struct str id, struct str job) MUST_CHECK;
/* In whose name it is recorded, with its id as the key: records_is_put() tells whether it was. */
struct records_by imports_by(const struct import *i);
/* Forgets those of more than a day that no job is at, and their files. */
enum rc imports_sweep(struct ctx *cx, sqlite3 *state, const char *dir, int64_t now) MUST_CHECK;

/* The job "import": checks, or records what was confirmed. subject: import:ID. Progress by cx->progress. What failed
 * stands in the import too. */
enum rc imports_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject) MUST_CHECK;

#endif
