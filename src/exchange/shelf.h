/* Libraries of others that were imported on pages (docs/formats/libraries.md): facts `library` say which there are,
 * facts `imported_text` hold what they say, as it came. The shelf is the program's catalog with their frameworks,
 * mappings and reference controls beside its own; no task, rule or framework of the catalog is changed by them.
 *
 * A pair whose requirements are not all there waits: it is shown once the framework it speaks of is imported too. One
 * that cannot be read any more (its text was erased, its key is now taken by the catalog) is left out, with why.
 *
 * It is compiled when libraries change and kept in state.db; everything can be made anew from facts. Threads: as the
 * handles. */
#ifndef SINETTI_EXCHANGE_SHELF_H
#define SINETTI_EXCHANGE_SHELF_H

#include "exchange/library.h"
#include "store/store.h"

/* One library as its newest fact has it. */
struct shelf_book {
    struct library_head head;
    struct str digest; /* of its text, hexadecimal */
    int64_t bytes, parts;
    int64_t n, at; /* of the fact */
    struct str actor;
};

/* What became of it. */
struct shelf_told {
    struct str key, fault; /* fault: why it is not on the shelf; empty: it is */
    int64_t left;          /* pairs that wait for what the shelf does not hold */
};

/* Those that are imported and not removed, by key. `db` has the facts' views. */
enum rc shelf_books(struct ctx *cx, sqlite3 *db, struct shelf_book **out, size_t *n) MUST_CHECK;
/* One by its key, removed or not: *active. E_NOTFOUND. */
enum rc shelf_find(struct ctx *cx, sqlite3 *db, struct str key, struct shelf_book *out, bool *active) MUST_CHECK;
/* Its text as it was handed in. E_NOTFOUND: it was erased. */
enum rc shelf_text(struct ctx *cx, sqlite3 *db, const struct shelf_book *b, struct str *out) MUST_CHECK;

/* What the shelf is made of, in 64 hexadecimal digits; empty where there is no library. */
enum rc shelf_key(struct ctx *cx, sqlite3 *db, const struct catalog *base, char out[65]) MUST_CHECK;

/* A library that is tried: beside the others, instead of the one of its key. */
struct shelf_trial {
    struct str text;
    struct library_head head;
    struct library_told told; /* what was taken of it, and what not */
    enum rc rc;               /* not OK: why it cannot be taken, in … */
    struct str fault;
};
/* `trial` may be NULL; `without`: key of one that is left out, or empty. *image: for catalog_open_beside(). */
enum rc shelf_make(struct ctx *cx, sqlite3 *db, const struct catalog *base, struct shelf_trial *trial,
                   struct str without, struct buf *image, struct shelf_told **told, size_t *n) MUST_CHECK;

/* The shelf as it is kept under that key in state.db. E_NOTFOUND: it is not made yet. */
enum rc shelf_open(struct ctx *cx, sqlite3 *state, const struct catalog *base, const char *key,
                   struct catalog **out) MUST_CHECK;
/* What became of each library when it was made; none where nothing is kept. */
enum rc shelf_tell(struct ctx *cx, sqlite3 *state, struct shelf_told **told, size_t *n) MUST_CHECK;
/* What was made of exactly what `db` has now: kept, so that it need not be made again. */
enum rc shelf_keep(struct ctx *cx, sqlite3 *db, sqlite3 *state, const struct catalog *base, struct str image,
                   const struct shelf_told *told, size_t n) MUST_CHECK;
/* Makes and keeps it when it is another than the one that is kept. `state` may be written. */
enum rc shelf_refresh(struct ctx *cx, sqlite3 *db, sqlite3 *state, const struct catalog *base) MUST_CHECK;

#endif
