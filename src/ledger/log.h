/* The log: facts in order, on SQLite (log_sqlite.c), and on PostgreSQL when several servers share one (log_shared.c;
 * the folder's settings say where). The only writer of a ledger's tables.
 *
 * Many threads hand in units; one of them at a time takes what has gathered, numbers, inserts and commits it as one
 * transaction, and wakes the others. Writers of other processes take turns at the turnstile. A unit's facts are all
 * there, under its commit's sync, when log_submit() says OK; else none of them are.
 *
 * Threads: struct log is locked inside. struct log_tx belongs to the unit that was given it, until it returns. */
#ifndef SINETTI_LEDGER_LOG_H
#define SINETTI_LEDGER_LOG_H

#include <sqlite3.h>

#include "ledger/leaf.h"

struct log;
struct log_tx;

/* A fact on its way in: what can be made before it is its turn. */
struct log_fact {
    struct str kind; /* borrowed from the body it was made of */
    struct str body; /* canonical; in the arena */
    uint8_t salt[SALT_SIZE];
    uint8_t digest[32];
};

/* Checks, spells and hashes a body, with a new salt. */
enum rc log_fact_make(struct ctx *cx, const struct body *b, struct log_fact *out) MUST_CHECK;

/* Makes an empty ledger in `dir` (which must exist; DIR/ledger.db must not) / opens one for writing. `now` gives
 * microseconds since 1970 (UTC). E_INVALID for a bad origin, E_CORRUPT when its tables contradict one another, E_DENIED
 * when it was made by a newer program. */
typedef int64_t log_clock(void);
enum rc log_create(struct ctx *cx, const char *dir, struct str origin) MUST_CHECK;
enum rc log_open(struct ctx *cx, const char *dir, log_clock *now, struct log **out) MUST_CHECK;
void log_close(struct log *l);

/* Runs `unit` within the next transaction, in this thread or another, and waits until it is durable. What `unit`
 * returns other than OK undoes what it did, and is returned. When the transaction itself fails, E_IO for all its units.
 * On a shared log a unit is run again when another server was faster: it begins with what it was given and sets all it
 * returns, each time. What it appends is judged by the log as it is right before it. E_IO then may also say that it is
 * not known whether the facts are there; asked again with the same request they are there once.
 */
typedef enum rc log_unit(struct ctx *cx, struct log_tx *tx, void *arg);
enum rc log_submit(struct ctx *cx, struct log *l, log_unit *unit, void *arg) MUST_CHECK;
/* A unit of one fact. */
enum rc log_put(struct ctx *cx, struct log *l, const struct log_fact *f, struct leaf *out) MUST_CHECK;

/* --- within a unit */

/* The fact gets the next number and the time: the clock's, or the last fact's when the clock is behind it. */
enum rc log_append(struct ctx *cx, struct log_tx *tx, const struct log_fact *f, struct leaf *out) MUST_CHECK;
uint64_t log_size(const struct log_tx *tx);
/* For the tables that are changed along with the log. */
sqlite3 *log_db(struct log_tx *tx);
/* The same, to prepare it in ways that no unit can, before anybody else has the log. */
sqlite3 *log_database(struct log *l);
/* Takes body and salt of fact n away. E_BUSY when it is of the same transaction on a shared log, E_NOTFOUND when there
 * is no such fact, or no body any more. The caller has appended why, and calls log_forget() after the unit is done. */
enum rc log_erase(struct ctx *cx, struct log_tx *tx, uint64_t n) MUST_CHECK;

/* Rows that travel with the log to all servers, though they are no facts: which facts a request became, by an id of the
 * caller's making; and signed heads, of which the newest is kept, and each handover. */
enum rc log_put_request(struct ctx *cx, struct log_tx *tx, const uint8_t id[32], uint64_t n, uint64_t facts) MUST_CHECK;
enum rc log_find_request(struct ctx *cx, struct log_tx *tx, const uint8_t id[32], bool *found, uint64_t *n,
                         uint64_t *facts) MUST_CHECK;
/* The same for who only reads: of ledger.db's connection, as far as this machine has the log. */
enum rc log_has_request(struct ctx *cx, sqlite3 *db, const uint8_t id[32], bool *found) MUST_CHECK;
enum rc log_put_note(struct ctx *cx, struct log_tx *tx, uint64_t size, bool handover, struct str note) MUST_CHECK;

/* Marks a point to go back to: facts, numbers and tables as they were then. One mark at a time. */
enum rc log_mark(struct ctx *cx, struct log_tx *tx) MUST_CHECK;
enum rc log_back(struct ctx *cx, struct log_tx *tx) MUST_CHECK; /* to the mark, which is gone then */
enum rc log_keep(struct ctx *cx, struct log_tx *tx) MUST_CHECK; /* the mark is gone, what was done stays */

/* Nothing of this unit shall stay, though it says OK: it has only looked. When no unit of a transaction leaves
 * anything, nothing is written and nobody waits for the disk. */
void log_discard(struct log_tx *tx);

/* Leaves no trace of erased bodies in the files. E_BUSY while somebody reads what is older. */
enum rc log_forget(struct ctx *cx, struct log *l) MUST_CHECK;

#endif
