/* What the files of this room share among themselves. */
#ifndef SINETTI_FACTS_FACTS_INT_H
#define SINETTI_FACTS_FACTS_INT_H

#include "facts/facts.h"
#include "facts/projection.h"
#include "facts/schema.h"

struct facts_kind { /* beside a struct catalog_kind */
    struct schema *schema;
    struct projection *projection; /* made when first needed, within a unit */
};

struct facts {
    const struct catalog *catalog;
    struct facts_options o;
    struct log *log;
    struct facts_kind *kinds; /* catalog->n_kinds */
    /* only within units, which come one after the other: */
    sqlite3 *db;
    sqlite3_stmt *state, *put_fact, *join; /* join: of joined.c */
    int64_t generation;                    /* of the tables our statements were prepared for */
    bool clock_seen;                       /* the clock was looked at since this was opened */
};

/* The row of `facts`, and those of the kind's tables; b NULL: the body is erased. */
enum rc facts_project(struct ctx *cx, struct facts *f, const struct leaf *l, const struct body *b) MUST_CHECK;
/* Puts one fact's row into the table of all; `st` is prepared from FACTS_PUT. */
#define FACTS_PUT "INSERT INTO p_facts VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
enum rc facts_put_row(struct ctx *cx, sqlite3_stmt *st, const struct leaf *l, const struct body *b) MUST_CHECK;
/* The kind's place in the catalog; n_kinds when it is not known. */
size_t facts_kind_index(const struct catalog *c, struct str key);

/* Takes what fact n has left in the tables away, when its body is gone; they hold the facts before `end`. Kinds whose
 * tables are about to be made anew (stale, by kind; NULL: none) are let be. */
enum rc facts_forget_rows(struct ctx *cx, struct facts *f, uint64_t n, uint64_t end, const bool *stale) MUST_CHECK;

/* Within a unit: facts from `next` to `size` that are in no table yet are put there. */
enum rc facts_catch_up(struct ctx *cx, struct facts *f, uint64_t next, uint64_t size) MUST_CHECK;

/* facts_replay() of the first `size` facts that `reader` sees. */
struct log_reader;
enum rc facts_replay_some(struct ctx *cx, struct log_reader *reader, const struct catalog *c, int64_t until,
                          uint64_t size, const char *file, struct facts_replayed *out) MUST_CHECK;

/* Brings the tables to the catalog's definitions and the log's end, in as many transactions as it takes. */
enum rc facts_tables(struct ctx *cx, struct facts *f) MUST_CHECK;

/* A stored entry with its body, from "SELECT leaf, body …", into cx's arena; *has_body says whether there is one. */
enum rc facts_read_row(struct ctx *cx, sqlite3_stmt *st, struct leaf *l, struct body *b, bool *has_body) MUST_CHECK;

#endif
