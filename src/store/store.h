/* SQLite for everything that keeps tables: opening with safe settings, named statements, snapshots.
 * A handle belongs to one thread at a time. Identifiers come from validated ids through store_identifier() only;
 * values are always bound. */
#ifndef SINETTI_STORE_STORE_H
#define SINETTI_STORE_STORE_H

#include <sqlite3.h>

#include "base/ctx.h"

/* An empty database in memory with our settings (double-quoted strings off, trusted_schema off, foreign functions off,
 * case-sensitive LIKE, temp_store memory) and, when `schema` is not NULL, the schema in it. It has no clock: what asks
 * for the time gets NULL. */
enum rc store_open_memory(struct ctx *cx, const char *schema, sqlite3 **out) MUST_CHECK;
/* The same, but what does not fit into 16 MiB goes to a file that has no name and is gone when it is closed. */
enum rc store_open_temporary(struct ctx *cx, const char *schema, sqlite3 **out) MUST_CHECK;
void store_close(sqlite3 *db);

/* A database file with the same settings, in WAL mode, every commit synced (synchronous=FULL), what is deleted
 * overwritten. READ: it must exist, nothing can be changed. WRITE: it must exist. CREATE: it must not; made for its
 * owner alone. E_NOTFOUND, E_CONFLICT (exists), E_CORRUPT (no database), E_IO. */
enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE };
enum rc store_open_file(struct ctx *cx, const char *path, enum store_mode mode, sqlite3 **out) MUST_CHECK;
/* Root writes into nobody else's folder: what it made there (a repository, a database, a lock) its owner, whom the
 * server runs as, could not change. E_DENIED, with what to do instead. */
enum rc store_check_user(struct ctx *cx, const char *dir) MUST_CHECK;
/* For a program that comes and goes with each push: where it is the last to close a database, a small write-ahead log
 * stays for the next, who reads it in no time, instead of being copied and taken away with two waits for the disk. To
 * be called at the start of a process, before anything is opened. */
void store_leave_small_logs(void);

/* Lets a connection that only reads see the tables of a second file as `derived.NAME`. E_NOTFOUND. */
enum rc store_attach_derived(struct ctx *cx, sqlite3 *db, const char *path) MUST_CHECK;

/* A handle that goes over everything once, as a copy does, needs few of the pages it has seen (8 MiB, as READ has; else
 * 16 MiB): memory is bounded either way. */
enum rc store_keep_little(struct ctx *cx, sqlite3 *db) MUST_CHECK;

/* Transactions. Writers begin inside the turnstile (store/turnstile.h). store_commit() that fails has rolled back. */
enum rc store_begin_write(struct ctx *cx, sqlite3 *db) MUST_CHECK;
enum rc store_begin_read(struct ctx *cx, sqlite3 *db) MUST_CHECK; /* what is read stays the same until the end */
enum rc store_commit(struct ctx *cx, sqlite3 *db) MUST_CHECK;
void store_rollback(sqlite3 *db);
/* Some errors (disk full, I/O, memory) end the whole transaction: ask after each. */
bool store_in_transaction(sqlite3 *db);
/* Brings what the write-ahead log holds into the file and empties the log. E_BUSY when a reader is in the way. */
enum rc store_empty_wal(struct ctx *cx, sqlite3 *db) MUST_CHECK;

/* For a connection of long life: what store_prepare() has made is kept when it is let go, up to 400 statements, and
 * given again for the same text. Whoever sets an authorizer on it does so by store_guard(). */
enum rc store_keep_statements(struct ctx *cx, sqlite3 *db) MUST_CHECK;

/* The first column of a query of ours that gives one row. */
enum rc store_get_int(struct ctx *cx, sqlite3 *db, const char *sql, int64_t *out) MUST_CHECK;

/* Runs SQL text of ours that returns no rows. */
enum rc store_exec(struct ctx *cx, sqlite3 *db, const char *sql) MUST_CHECK;

/* Prepares one statement; the whole text must be used up. E_INVALID with SQLite's message when it does not prepare. */
enum rc store_prepare(struct ctx *cx, sqlite3 *db, struct str sql, sqlite3_stmt **out) MUST_CHECK;
/* One step: *row says whether there is a row. On error the statement is reset. */
enum rc store_step(struct ctx *cx, sqlite3_stmt *st, bool *row) MUST_CHECK;
/* Steps a statement that returns nothing and resets it with its bindings cleared. */
enum rc store_run(struct ctx *cx, sqlite3_stmt *st) MUST_CHECK;

/* The name of a table or view as it stands in SQL that is put together: quoted. The one way in which a name gets into
 * SQL. E_INVALID unless it is 1 to 128 small letters, digits and underscores. In the ctx's arena. */
enum rc store_identifier(struct ctx *cx, struct str name, struct str *out) MUST_CHECK;

void store_bind_str(sqlite3_stmt *st, int i, struct str s); /* borrowed until reset; STR_NONE binds NULL */
void store_bind_int(sqlite3_stmt *st, int i, int64_t v);
void store_bind_null(sqlite3_stmt *st, int i);
void store_bind_blob(sqlite3_stmt *st, int i, const void *bytes, size_t n); /* borrowed until reset */
struct str store_column_blob(sqlite3_stmt *st, int i); /* borrowed until the next step; STR_NONE for NULL */
struct str store_column_str(sqlite3_stmt *st, int i);  /* borrowed until the next step; STR_NONE for NULL */

#define scoped_stmt __attribute__((cleanup(store_finalize))) sqlite3_stmt
void store_finalize(sqlite3_stmt **st);

/* Forbids all but reading from what is open: run before SQL that is not the program's own is prepared. Lasts until
 * store_trust(). Such SQL may call only functions that give the same for the same, no table-valued ones. */
void store_distrust(sqlite3 *db);
void store_trust(sqlite3 *db);
/* Another guard than that, for what is prepared until store_trust(): as sqlite3_set_authorizer(). */
void store_guard(sqlite3 *db, int (*by)(void *, int, const char *, const char *, const char *, const char *),
                 void *arg);

/* A database as one file that is either whole or not used: SQLite's image followed by a SHA-256 over it and `key`.
 * Written as file_replace() does, but never over a file that is something else (E_IO). Load: E_NOTFOUND when absent,
 * E_CORRUPT when damaged or made for another key. */
enum rc store_snapshot_save(struct ctx *cx, sqlite3 *db, const char *file, struct str key) MUST_CHECK;
enum rc store_snapshot_load(struct ctx *cx, const char *file, struct str key, sqlite3 **out) MUST_CHECK;

#endif
