#include "facts/projection.h"

#include "base/digest.h"
#include "base/limits.h"
#include "catalog/kind_sql.h"
#include "facts/bound.h"
#include "store/store.h"

#include <stdlib.h>
#include <time.h>

#define WATCH_STEPS 1000 /* steps between two looks at the bounds */

struct statement {
    sqlite3_stmt *st;
    int at[KIND_SQL_PARAMETERS]; /* where its parameters stand; 0: not used */
    struct bound bound;          /* fields of the payload that it reads */
};

struct projection {
    sqlite3 *db;
    const struct catalog_kind *kind;
    char letter;
    struct statement *statements; /* kind->n_project */
    int64_t steps, memory, deadline;
    bool stopped;
};

void projection_digest(const struct catalog_kind *k, char out[65])
{
    struct digest d;
    uint8_t sum[32];
    digest_init(&d);
    digest_field(&d, k->replaces ? STR("replaces") : STR("adds"));
    for (size_t i = 0; i < k->n_define; i++) digest_field(&d, k->define[i]);
    digest_field(&d, STR(""));
    for (size_t i = 0; i < k->n_project; i++) digest_field(&d, k->project[i]);
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, out);
}

/* --- making tables */

static bool makes(struct str sql, const char *what)
{
    return kind_sql_begins(str_trim(str_slice(sql, strlen("CREATE"), sql.n)), what);
}

static enum rc prepare(struct ctx *cx, sqlite3 *db, struct kind_sql_guard *g, struct str sql, sqlite3_stmt **out)
{
    g->refused[0] = 0;
    store_guard(db, kind_sql_authorize, g);
    enum rc rc = store_prepare(cx, db, sql, out);
    store_trust(db);
    if (rc == OK) return OK;
    return fail(cx, g->refused[0] ? E_DENIED : E_INVALID, "project.sql of the kind \"%s\": %s",
                str_visible(cx, g->kind), g->refused[0] ? g->refused : arena_cstr(&cx->arena, str_from(cx->message)));
}

static enum rc define(struct ctx *cx, sqlite3 *db, const struct catalog_kind *k, char letter, struct str sql)
{
    struct kind_sql_guard g = {.kind = k->key, .letter = letter, .phase = KIND_SQL_DEFINE};
    scoped_stmt *st = NULL;
    if (letter != 'p') sql = kind_sql_beside(&cx->arena, sql, k->key, letter);
    TRY(prepare(cx, db, &g, sql, &st));
    return store_run(cx, st);
}

enum rc projection_define(struct ctx *cx, sqlite3 *db, const struct catalog_kind *k, char letter)
{
    for (size_t i = 0; i < k->n_define; i++)
        if (letter == 'p' || makes(k->define[i], "TABLE")) TRY(define(cx, db, k, letter, k->define[i]));
    return OK;
}

/* `before` and the name; where there is an `after`, that and the name with `p` for its first letter. */
static enum rc run_for(struct ctx *cx, sqlite3 *db, const char *before, struct str name, const char *after)
{
    struct str is, becomes = STR("");
    TRY(store_identifier(cx, name, &is));
    if (*after)
        TRY(store_identifier(cx, arena_printf(&cx->arena, "p" STR_FMT, STR_ARG(str_slice(name, 1, name.n))), &becomes));
    return store_exec(
        cx, db, arena_printf(&cx->arena, "%s" STR_FMT "%s" STR_FMT, before, STR_ARG(is), after, STR_ARG(becomes)).p);
}

/* For each name in the schema that is PREFIX kind, or begins so. */
static enum rc each(struct ctx *cx, sqlite3 *db, const char *type, const char *prefix, struct str kind,
                    const char *before, const char *after)
{
    scoped_stmt *st = NULL;
    struct str names[64];
    size_t n = 0;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT name FROM sqlite_schema WHERE type = ?1 AND (name = ?2 OR substr(name, 1, "
                          "length(?2) + 1) = ?2 || '_')"),
                      &st));
    store_bind_str(st, 1, str_from(type));
    store_bind_str(st, 2, arena_printf(&cx->arena, "%s" STR_FMT, prefix, STR_ARG(kind)));
    for (enum rc rc; (rc = store_step(cx, st, &row)) != OK || row;) {
        if (rc != OK) return rc;
        if (n == sizeof names / sizeof *names) return fail(cx, E_LIMIT, "a kind with more than 64 tables");
        names[n++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
    sqlite3_reset(st);
    for (size_t i = 0; i < n; i++) TRY(run_for(cx, db, before, names[i], after));
    return OK;
}

enum rc projection_swap(struct ctx *cx, sqlite3 *db, const struct catalog_kind *k, char letter)
{
    const char beside[] = {letter, '_', 0};
    TRY(each(cx, db, "view", "fact_", k->key, "DROP VIEW ", ""));
    TRY(each(cx, db, "table", "p_", k->key, "DROP TABLE ", ""));
    TRY(each(cx, db, "table", beside, k->key, "ALTER TABLE ", " RENAME TO "));
    for (size_t i = 0; i < k->n_define; i++)
        if (!makes(k->define[i], "TABLE")) TRY(define(cx, db, k, 'p', k->define[i]));
    return OK;
}

/* --- statements for each fact */

enum rc projection_new(struct ctx *cx, sqlite3 *db, const struct catalog_kind *k, char letter, struct projection **out)
{
    *out = NULL;
    TRY(store_exec(cx, db, KIND_SQL_PREPARE));
    struct projection *p = calloc(1, sizeof *p);
    if (p) p->statements = calloc(k->n_project + 1, sizeof *p->statements);
    if (!p || !p->statements) {
        free(p);
        return fail(cx, E_IO, "out of memory");
    }
    p->db = db;
    p->kind = k;
    p->letter = letter;
    enum rc rc = OK;
    for (size_t i = 0; i < k->n_project && rc == OK; i++) {
        struct statement *s = &p->statements[i];
        struct kind_sql_guard g = {.kind = k->key, .letter = letter, .phase = KIND_SQL_PROJECT};
        struct str sql = letter == 'p' ? k->project[i] : kind_sql_beside(&cx->arena, k->project[i], k->key, letter);
        rc = prepare(cx, db, &g, bound_rewrite(&cx->arena, sql, &k->payload, &s->bound), &s->st);
        if (rc == OK) bound_find(&s->bound, s->st);
        if (rc == OK && g.changes && !k->replaces)
            rc = fail(cx, E_DENIED, "project.sql of the kind \"%s\": it changes rows, and says that it only adds",
                      str_visible(cx, k->key));
        for (int n = 0; rc == OK && n < KIND_SQL_PARAMETERS; n++)
            s->at[n] = sqlite3_bind_parameter_index(s->st, kind_sql_parameters[n]);
    }
    if (rc == OK)
        *out = p;
    else
        projection_free(p);
    return rc;
}

void projection_free(struct projection *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->kind->n_project; i++) store_finalize(&p->statements[i].st);
    free(p->statements);
    free(p);
}

static int64_t seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static int watch(void *arg)
{
    struct projection *p = arg;
    p->steps += WATCH_STEPS;
    p->stopped = p->steps > (int64_t)LIMIT_PROJECT_STEPS ||
                 sqlite3_memory_used() - p->memory > (int64_t)LIMIT_PROJECT_MEMORY ||
                 (p->steps % (1000 * WATCH_STEPS) == 0 && seconds() > p->deadline);
    return p->stopped;
}

static void bind(struct arena *a, const struct statement *s, const struct leaf *l, const struct body *b)
{
    if (s->at[KIND_SQL_N]) store_bind_int(s->st, s->at[KIND_SQL_N], (int64_t)l->n);
    if (s->at[KIND_SQL_AT]) store_bind_int(s->st, s->at[KIND_SQL_AT], l->at / 1000000);
    if (s->at[KIND_SQL_SUBJECT]) store_bind_str(s->st, s->at[KIND_SQL_SUBJECT], b->subject);
    if (s->at[KIND_SQL_ACTOR]) store_bind_str(s->st, s->at[KIND_SQL_ACTOR], b->actor);
    if (s->at[KIND_SQL_VIA]) store_bind_str(s->st, s->at[KIND_SQL_VIA], b->via);
    if (s->at[KIND_SQL_PAYLOAD]) store_bind_str(s->st, s->at[KIND_SQL_PAYLOAD], b->payload);
    bound_bind(a, &s->bound, s->st, b->payload);
}

enum rc projection_put(struct ctx *cx, struct projection *p, const struct leaf *l, const struct body *b)
{
    enum rc rc = OK;
    p->steps = 0;
    p->stopped = false;
    p->memory = sqlite3_memory_used();
    p->deadline = seconds() + LIMIT_PROJECT_SECONDS;
    int length = sqlite3_limit(p->db, SQLITE_LIMIT_LENGTH, (int)LIMIT_PROJECT_VALUE);
    sqlite3_progress_handler(p->db, WATCH_STEPS, watch, p);
    for (size_t i = 0; i < p->kind->n_project && rc == OK; i++) {
        bind(&cx->arena, &p->statements[i], l, b);
        rc = store_run(cx, p->statements[i].st);
    }
    sqlite3_progress_handler(p->db, 0, NULL, NULL);
    sqlite3_limit(p->db, SQLITE_LIMIT_LENGTH, length);
    if (rc == OK || rc == E_IO || rc == E_CORRUPT || rc == E_BUSY) return rc;
    const char *why = p->stopped ? "it takes too many steps, too long or too much memory"
                                 : arena_cstr(&cx->arena, str_from(cx->message));
    return fail(cx, p->stopped ? E_LIMIT : E_INVALID, "project.sql of the kind \"%s\": %s",
                str_visible(cx, p->kind->key), why);
}

/* --- erasure */

static enum rc put_again(struct ctx *cx, struct projection *p, uint64_t end)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, p->db,
                      STR("SELECT e.leaf, b.body FROM entries e JOIN bodies b ON b.n = e.n WHERE instr(e.leaf, ?1) "
                          "AND e.n < ?2 ORDER BY e.n"),
                      &st));
    store_bind_str(st, 1, arena_printf(&cx->arena, "\"kind\":\"" STR_FMT "\"", STR_ARG(p->kind->key)));
    store_bind_int(st, 2, (int64_t)end);
    for (;;) {
        struct ctx own; /* one fact's memory after the other */
        struct leaf l;
        struct body b;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        ctx_init(&own);
        enum rc rc = leaf_read(&own, store_column_str(st, 0), &l);
        if (rc == OK) rc = body_read(&own, store_column_str(st, 1), &b);
        if (rc == OK) rc = projection_put(&own, p, &l, &b);
        if (rc != OK) rc = fail(cx, rc, "%s", own.message);
        ctx_release(&own);
        TRY(rc);
    }
}

enum rc projection_erase(struct ctx *cx, struct projection *p, uint64_t n, uint64_t end)
{
    for (size_t i = 0; i < p->kind->n_tables; i++) {
        struct str table;
        TRY(store_identifier(cx, p->kind->tables[i], &table));
        scoped_stmt *st = NULL;
        struct kind_sql_guard g = {.kind = p->kind->key, .letter = p->letter, .phase = KIND_SQL_PROJECT};
        struct str sql = arena_printf(&cx->arena, "DELETE FROM " STR_FMT "%s", STR_ARG(table),
                                      p->kind->replaces ? "" : " WHERE n = :n");
        TRY(prepare(cx, p->db, &g, sql, &st));
        if (!p->kind->replaces) store_bind_int(st, 1, (int64_t)n);
        TRY(store_run(cx, st));
    }
    return p->kind->replaces ? put_again(cx, p, end) : OK;
}
