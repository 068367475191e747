/* Tables made from facts by the SQL of their kinds (catalog/facts/<kind>/project.sql), kept within bounds: only the
 * kind's own tables, so many steps, so much time and memory. Used by everything that puts facts into tables: append,
 * rebuild, replay, erasure. Belongs to one database handle; one thread at a time. */
#ifndef SINETTI_FACTS_PROJECTION_H
#define SINETTI_FACTS_PROJECTION_H

#include <sqlite3.h>

#include "base/ctx.h"
#include "catalog/catalog.h"
#include "ledger/leaf.h"

/* SHA-256 of the kind's SQL, in hex. */
void projection_digest(const struct catalog_kind *k, char out[65]);

/* Makes the tables of a kind, beginning with `letter`: 'p', or another when they are made beside those in use; then
 * without indexes and views. */
enum rc projection_define(struct ctx *cx, sqlite3 *db, const struct catalog_kind *k, char letter) MUST_CHECK;
/* Drops those of 'p' with all their views, and puts those of `letter` in their place, with indexes and views. */
enum rc projection_swap(struct ctx *cx, sqlite3 *db, const struct catalog_kind *k, char letter) MUST_CHECK;

/* The statements of one kind, prepared. */
struct projection;
enum rc projection_new(struct ctx *cx, sqlite3 *db, const struct catalog_kind *k, char letter,
                       struct projection **out) MUST_CHECK;
void projection_free(struct projection *p);
/* Puts a fact of the kind into its tables. E_LIMIT when it had to be stopped: SQLite then ends the whole transaction.
 * E_INVALID when the tables refuse it. */
enum rc projection_put(struct ctx *cx, struct projection *p, const struct leaf *l, const struct body *b) MUST_CHECK;

/* Takes fact n, which has no body any more, out of the kind's tables; of one that replaces, the others before `end` are
 * put in again in order. The entries and bodies are read from the same database. */
enum rc projection_erase(struct ctx *cx, struct projection *p, uint64_t n, uint64_t end) MUST_CHECK;

#endif
