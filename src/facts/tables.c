/* The tables of facts, brought to what the catalog says. Those of kinds whose SQL has changed are made beside, a
 * thousand facts in each transaction, while others go on writing to the old ones; the last transaction puts in what has
 * come meanwhile and swaps them. What was done is in the database with it, so whoever comes after a crash goes on. */
#include "facts/facts_int.h"
#include "facts/joined.h"

#include "base/digest.h"
#include "base/limits.h"
#include "catalog/image.h"
#include "ledger/canonical.h"
#include "store/store.h"

#include <stdlib.h>

#define FACTS_A_STEP 1000
#define BESIDE 'q'

extern const char facts_facts_sql[];

struct work {
    struct facts *f;
    bool *stale; /* by kind of the catalog */
    size_t n_stale;
    char digest[65]; /* of what is being made */
    struct projection **beside;
    uint64_t done, size;
    bool finished;
};

enum rc facts_read_row(struct ctx *cx, sqlite3_stmt *st, struct leaf *l, struct body *b, bool *has_body)
{
    TRY(leaf_read(cx, arena_str(&cx->arena, store_column_str(st, 0)), l));
    struct str body = store_column_str(st, 1);
    *has_body = body.p != NULL;
    return body.p ? body_read(cx, arena_str(&cx->arena, body), b) : OK;
}

/* --- what is there */

static void keep_first(void *arg, const struct catalog_fault *fault)
{
    struct catalog_fault *first = arg;
    if (!first->text.p) *first = *fault;
}

static enum rc image_of(struct ctx *cx, const struct catalog_kind *k, struct buf *out)
{
    struct catalog one = {.kinds = k, .n_kinds = 1};
    return image_write(cx, &one, out);
}

/* The kind as it was last used must still be readable. A catalog of another program's version cannot be compared. */
static enum rc check_growth(struct ctx *cx, const struct catalog *now, struct str image)
{
    struct catalog *before;
    struct catalog_fault first = {0};
    size_t faults = 0;
    if (image_open(cx, image, false, &before) != OK) return OK;
    if (before->n_kinds == 1 && facts_kind_index(now, before->kinds[0].key) < now->n_kinds)
        catalog_check_growth(cx, before, now, keep_first, &first, &faults);
    catalog_free(before);
    return faults ? fail(cx, E_DENIED,
                         "the data folder has facts of a kind that the catalog no longer admits: " STR_FMT ": " STR_FMT
                         ". Use the catalog it was used with, or one that only grows",
                         STR_ARG(first.file), STR_ARG(first.text))
                  : OK;
}

static enum rc compare_kinds(struct ctx *cx, sqlite3 *db, struct work *w)
{
    const struct catalog *c = w->f->catalog;
    scoped_stmt *st = NULL;
    bool row;
    struct digest all;
    uint8_t sum[32];
    TRY(store_prepare(cx, db, STR("SELECT digest, schema FROM projections WHERE kind = ?1"), &st));
    digest_init(&all);
    w->n_stale = 0;
    for (size_t i = 0; i < c->n_kinds; i++) {
        char digest[65];
        projection_digest(&c->kinds[i], digest);
        store_bind_str(st, 1, c->kinds[i].key);
        TRY(store_step(cx, st, &row));
        if (row) TRY(check_growth(cx, c, arena_str(&cx->arena, store_column_blob(st, 1))));
        w->stale[i] = !row || !str_eq(store_column_str(st, 0), str_from(digest));
        w->n_stale += w->stale[i];
        if (w->stale[i]) {
            digest_field(&all, c->kinds[i].key);
            digest_field(&all, str_from(digest));
        }
        sqlite3_reset(st);
    }
    digest_final(&all, sum);
    digest_hex(sum, sizeof sum, w->digest);
    return OK;
}

/* All that the tables are made of: the catalog, what this program has for all of them, and of which definitions they
 * say they are. */
static enum rc made_digest(struct ctx *cx, sqlite3 *db, const struct catalog *c, char out[65])
{
    scoped_stmt *st = NULL;
    struct digest d;
    uint8_t sum[32];
    char joined[65];
    joined_digest(joined);
    digest_init(&d);
    digest_field(&d, str_from(c->digest));
    digest_field(&d, str_from(facts_facts_sql));
    digest_field(&d, str_from(joined));
    TRY(store_prepare(cx, db, STR("SELECT kind, digest FROM projections ORDER BY kind"), &st));
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        digest_field(&d, store_column_str(st, 0));
        digest_field(&d, store_column_str(st, 1));
    }
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, out);
    return OK;
}

/* *generation: how often they have been made; -1: they may have to be made, or something is missing in them. */
static enum rc find_made(struct ctx *cx, sqlite3 *db, const struct catalog *c, int64_t *generation)
{
    scoped_stmt *st = NULL;
    int64_t there;
    bool row;
    char digest[65];
    *generation = -1;
    TRY(store_get_int(cx, db, "SELECT count(*) FROM sqlite_schema WHERE name = 'made'", &there));
    if (!there || !c->digest[0]) return OK;
    TRY(made_digest(cx, db, c, digest));
    TRY(store_prepare(
        cx, db,
        STR("SELECT p.generation FROM made m JOIN projecting p ON p.generation = m.generation AND p.beside "
            "IS NULL, head h WHERE m.digest = ?1 AND h.size = (SELECT coalesce(max(n) + 1, 0) FROM "
            "p_facts)"),
        &st));
    store_bind_str(st, 1, str_from(digest));
    TRY(store_step(cx, st, &row));
    if (row) *generation = sqlite3_column_int64(st, 0);
    return OK;
}

static enum rc put_made(struct ctx *cx, sqlite3 *db, const struct catalog *c)
{
    scoped_stmt *st = NULL;
    char digest[65];
    if (!c->digest[0]) return OK;
    TRY(made_digest(cx, db, c, digest));
    TRY(store_prepare(
        cx, db,
        STR("INSERT INTO made SELECT 1, ?1, generation FROM projecting WHERE true ON CONFLICT DO UPDATE SET "
            "digest = excluded.digest, generation = excluded.generation WHERE digest <> excluded.digest "
            "OR generation <> excluded.generation"),
        &st));
    store_bind_str(st, 1, str_from(digest));
    return store_run(cx, st);
}

enum rc facts_tables_current(struct ctx *cx, sqlite3 *db, const struct catalog *c, bool *out)
{
    scoped_stmt *st = NULL;
    int64_t there, generation;
    *out = false;
    TRY(find_made(cx, db, c, &generation));
    *out = generation >= 0;
    if (*out) return OK;
    TRY(store_get_int(cx, db, "SELECT count(*) FROM sqlite_schema WHERE name = 'projections'", &there));
    if (!there) return OK;
    TRY(store_prepare(cx, db, STR("SELECT digest = ?2 FROM projections WHERE kind = ?1"), &st));
    for (size_t i = 0; i < c->n_kinds; i++) {
        char digest[65];
        bool row;
        projection_digest(&c->kinds[i], digest);
        store_bind_str(st, 1, c->kinds[i].key);
        store_bind_str(st, 2, str_from(digest));
        TRY(store_step(cx, st, &row));
        if (!row || !sqlite3_column_int(st, 0)) return OK;
        sqlite3_reset(st);
    }
    *out = true;
    return OK;
}

/* Schemas that grew are remembered, also where the tables stay. */
static enum rc remember(struct ctx *cx, sqlite3 *db, const struct catalog_kind *k)
{
    char digest[65];
    scoped_buf image;
    buf_init(&image, LIMIT_CATALOG_IMAGE);
    TRY(image_of(cx, k, &image));
    projection_digest(k, digest);
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("INSERT INTO projections VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET digest = ?2, schema = "
                          "?3 WHERE digest <> ?2 OR schema <> ?3"),
                      &st));
    store_bind_str(st, 1, k->key);
    store_bind_str(st, 2, str_from(digest));
    store_bind_blob(st, 3, image.p, image.n);
    return store_run(cx, st);
}

/* --- making tables beside */

static enum rc drop_beside(struct ctx *cx, sqlite3 *db)
{
    for (;;) {
        scoped_stmt *st = NULL;
        bool row;
        TRY(store_prepare(
            cx, db, STR("SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 2) = 'q_'"), &st));
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str name;
        TRY(store_identifier(cx, store_column_str(st, 0), &name));
        store_finalize(&st);
        TRY(store_exec(cx, db, arena_printf(&cx->arena, "DROP TABLE " STR_FMT, STR_ARG(name)).p));
    }
}

static enum rc set_progress(struct ctx *cx, sqlite3 *db, struct str beside, uint64_t next)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("UPDATE projecting SET beside = ?1, next = ?2"), &st));
    store_bind_str(st, 1, beside);
    store_bind_int(st, 2, (int64_t)next);
    return store_run(cx, st);
}

/* Where the making stands; begun when it was not, or for something else. */
static enum rc find_progress(struct ctx *cx, sqlite3 *db, const struct work *w, uint64_t *next)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT next FROM projecting WHERE beside = ?1"), &st));
    store_bind_str(st, 1, str_from(w->digest));
    TRY(store_step(cx, st, &row));
    *next = row ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
    if (row) return OK;
    TRY(drop_beside(cx, db));
    for (size_t i = 0; i < w->f->catalog->n_kinds; i++)
        if (w->stale[i]) TRY(projection_define(cx, db, &w->f->catalog->kinds[i], BESIDE));
    return set_progress(cx, db, str_from(w->digest), 0);
}

static enum rc put_beside(struct ctx *cx, sqlite3 *db, struct work *w, const struct leaf *l, const struct body *b)
{
    const struct catalog *c = w->f->catalog;
    size_t i = facts_kind_index(c, l->kind);
    if (i == c->n_kinds || !w->stale[i]) return OK;
    if (!w->beside[i]) TRY(projection_new(cx, db, &c->kinds[i], BESIDE, &w->beside[i]));
    return projection_put(cx, w->beside[i], l, b);
}

static void free_beside(struct work *w)
{
    for (size_t i = 0; i < w->f->catalog->n_kinds; i++) {
        projection_free(w->beside[i]);
        w->beside[i] = NULL;
    }
}

/* Facts from *next on, at most a step of them, each given to `put`; *next moves on. */
typedef enum rc putter(struct ctx *cx, sqlite3 *db, struct work *w, const struct leaf *l, const struct body *b);
static enum rc put_some(struct ctx *cx, sqlite3 *db, struct work *w, putter *put, bool erased_too, uint64_t *next)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT e.leaf, b.body FROM entries e LEFT JOIN bodies b ON b.n = e.n WHERE e.n >= ?1 "
                          "ORDER BY e.n LIMIT ?2"),
                      &st));
    store_bind_int(st, 1, (int64_t)*next);
    store_bind_int(st, 2, FACTS_A_STEP);
    for (;;) {
        struct ctx own;
        struct leaf l;
        struct body b;
        bool has_body;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        ctx_init(&own);
        enum rc rc = facts_read_row(&own, st, &l, &b, &has_body);
        if (rc == OK && (has_body || erased_too)) rc = put(&own, db, w, &l, has_body ? &b : NULL);
        if (rc != OK)
            rc = fail(cx, rc == E_IO ? E_IO : E_CORRUPT, "fact %llu cannot be put into its tables: %s",
                      (unsigned long long)*next, own.message);
        ctx_release(&own);
        TRY(rc);
        ++*next;
    }
}

static enum rc swap(struct ctx *cx, sqlite3 *db, struct work *w)
{
    free_beside(w); /* a table in use cannot be dropped */
    for (size_t i = 0; i < w->f->catalog->n_kinds; i++)
        if (w->stale[i]) {
            TRY(projection_swap(cx, db, &w->f->catalog->kinds[i], BESIDE));
            TRY(remember(cx, db, &w->f->catalog->kinds[i]));
        }
    TRY(set_progress(cx, db, STR_NONE, 0));
    return store_exec(cx, db, "UPDATE projecting SET generation = generation + 1");
}

/* --- facts that are in no table yet: put into the log by other means, or fetched from another server */

static enum rc put_missing(struct ctx *cx, sqlite3 *db, struct work *w, const struct leaf *l, const struct body *b)
{
    (void)db;
    int64_t n;
    size_t i = facts_kind_index(w->f->catalog, l->kind);
    if (i < w->f->catalog->n_kinds && w->stale[i]) /* made anew soon */
        TRY(facts_put_row(cx, w->f->put_fact, l, b));
    else
        TRY(facts_project(cx, w->f, l, b));
    if (!b || !str_eq(l->kind, STR("erasure"))) return OK;
    /* of another server: what it erased is in our tables as it was in its own */
    if (!canonical_int(canonical_find(b->payload, "n"), &n) || n < 0 || (uint64_t)n >= l->n)
        return fail(cx, E_CORRUPT, "an erasure of no fact before it");
    return facts_forget_rows(cx, w->f, (uint64_t)n, l->n + 1, w->stale);
}

enum rc facts_catch_up(struct ctx *cx, struct facts *f, uint64_t next, uint64_t size)
{
    struct work w = {.f = f};
    w.stale = arena_array(&cx->arena, bool, f->catalog->n_kinds + 1); /* none is */
    while (next < size) TRY(put_some(cx, f->db, &w, put_missing, true, &next));
    return OK;
}

/* Of a new log: there is nothing beside which they would have to be made, and putting them in their place takes longer
 * than all the rest. */
static enum rc make_first(struct ctx *cx, sqlite3 *db, struct work *w)
{
    const struct catalog *c = w->f->catalog;
    for (size_t i = 0; i < c->n_kinds; i++) TRY(projection_define(cx, db, &c->kinds[i], 'p'));
    w->finished = true;
    return store_exec(cx, db, "UPDATE projecting SET generation = generation + 1");
}

static enum rc make_beside(struct ctx *cx, sqlite3 *db, struct work *w)
{
    uint64_t next;
    TRY(find_progress(cx, db, w, &next));
    TRY(put_some(cx, db, w, put_beside, false, &next));
    w->done = next;
    w->finished = next == w->size;
    return w->finished ? swap(cx, db, w) : set_progress(cx, db, str_from(w->digest), next);
}

/* One transaction's worth. Another process may be at the same; each goes on where the tables are. */
static enum rc step(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct work *w = arg;
    struct facts *f = w->f;
    sqlite3 *db = f->db = log_db(tx);
    int64_t next, made;
    free_beside(w); /* it may be run again */
    w->finished = false;
    w->size = log_size(tx);
    TRY(compare_kinds(cx, db, w));
    if (!f->put_fact) TRY(store_prepare(cx, db, STR(FACTS_PUT), &f->put_fact));
    TRY(store_get_int(cx, db, "SELECT coalesce(max(n) + 1, 0) FROM p_facts", &next));
    w->done = (uint64_t)next;
    if (w->done < w->size) return put_some(cx, db, w, put_missing, true, &w->done);
    TRY(store_get_int(cx, db, "SELECT count(*) FROM projections", &made));
    if (w->n_stale) TRY(made || w->size ? make_beside(cx, db, w) : make_first(cx, db, w));
    w->finished = w->finished || w->n_stale == 0;
    if (!w->finished) return OK;
    TRY(joined_tables(cx, db, f->catalog, w->n_stale > 0));
    for (size_t i = 0; i < f->catalog->n_kinds; i++) TRY(remember(cx, db, &f->catalog->kinds[i]));
    TRY(put_made(cx, db, f->catalog));
    return store_get_int(cx, db, "SELECT generation FROM projecting", &f->generation);
}

static enum rc look(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct facts *f = arg;
    log_discard(tx);
    return find_made(cx, log_db(tx), f->catalog, &f->generation);
}

static enum rc make_own(struct ctx *cx, struct log_tx *tx, void *arg)
{
    (void)arg;
    return store_exec(cx, log_db(tx), facts_facts_sql);
}

enum rc facts_tables(struct ctx *cx, struct facts *f)
{
    struct work w = {.f = f};
    w.stale = arena_array(&cx->arena, bool, f->catalog->n_kinds + 1);
    w.beside = arena_array(&cx->arena, struct projection *, f->catalog->n_kinds + 1);
    TRY(log_submit(cx, f->log, look, f));
    if (f->generation >= 0) return OK;
    TRY(log_submit(cx, f->log, make_own, NULL));
    while (!w.finished) {
        enum rc rc = log_submit(cx, f->log, step, &w);
        free_beside(&w); /* its statements may be of a transaction that was undone */
        TRY(rc);
        if (!w.finished) ctx_progress(cx, "putting facts into tables", (int64_t)w.done, (int64_t)w.size);
    }
    return OK;
}
