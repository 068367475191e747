/* Rows of a rule as somebody reads them who writes or doubts it. */
#include "base/time.h"
#include "rules/query.h"
#include "rules/row.h"

struct reading {
    struct ctx *cx;
    struct query query;
    struct columns columns;
    struct arena arena; /* of one row */
    struct str values[ROW_COLUMNS];
};

static enum rc read_columns(struct reading *r)
{
    struct columns *c = &r->columns;
    c->n = sqlite3_column_count(r->query.st);
    if (c->n > ROW_COLUMNS) return fail(r->cx, E_INVALID, "more than %d columns", ROW_COLUMNS);
    for (int i = 0; i < c->n; i++)
        c->names[i] = arena_str(&r->cx->arena, str_from(sqlite3_column_name(r->query.st, i)));
    columns_find(c);
    return c->subject < 0 || c->ok < 0 ? fail(r->cx, E_INVALID, "the rule has no column subject or ok") : OK;
}

static bool is_time(const struct columns *c, int i)
{
    return i == c->at || i == c->due || str_ends(c->names[i], STR("_at"));
}

static struct str value_of(struct reading *r, int i)
{
    int type = sqlite3_column_type(r->query.st, i);
    if (type == SQLITE_NULL) return STR("–");
    if (type == SQLITE_INTEGER && is_time(&r->columns, i)) {
        char text[32];
        return arena_str(&r->arena, str_from(time_format(sqlite3_column_int64(r->query.st, i), text)));
    }
    scoped_buf b;
    buf_init(&b, 0);
    buf_visible(&b, store_column_str(r->query.st, i));
    return arena_str(&r->arena, buf_view(&b));
}

static enum rc read_ok(struct reading *r, int *ok)
{
    int type = sqlite3_column_type(r->query.st, r->columns.ok);
    int64_t v = sqlite3_column_int64(r->query.st, r->columns.ok);
    *ok = type == SQLITE_NULL ? -1 : (int)v;
    if (type == SQLITE_NULL || (type == SQLITE_INTEGER && (v == 0 || v == 1))) return OK;
    return fail(r->cx, E_INVALID, "ok is not 1, 0 or NULL");
}

static enum rc read_row(struct reading *r, enum rc (*each)(void *arg, const struct rule_row *row), void *arg)
{
    struct rule_row row = {.names = r->columns.names, .values = r->values, .n = (size_t)r->columns.n};
    TRY(read_ok(r, &row.ok));
    for (int i = 0; i < r->columns.n; i++) r->values[i] = value_of(r, i);
    row.subject = store_column_str(r->query.st, r->columns.subject);
    if (!row.subject.n) return fail(r->cx, E_INVALID, "a row without subject");
    return each(arg, &row);
}

static enum rc read_rows(struct reading *r, struct str sql, const struct rules_options *o,
                         enum rc (*each)(void *arg, const struct rule_row *row), void *arg)
{
    TRY(query_open(r->cx, r->query.db, sql, o->now, o->since, &r->query));
    int push = sqlite3_bind_parameter_index(r->query.st, ":push");
    if (push) store_bind_int(r->query.st, push, o->push);
    TRY(read_columns(r));
    for (bool row;;) {
        TRY(query_next(r->cx, &r->query, &row));
        if (!row) return OK;
        TRY(read_row(r, each, arg));
        arena_release(&r->arena);
    }
}

enum rc rules_rows(struct ctx *cx, sqlite3 *db, struct str sql, const struct rules_options *o,
                   enum rc (*each)(void *arg, const struct rule_row *row), void *arg)
{
    struct reading *r = arena_new(&cx->arena, struct reading);
    *r = (struct reading){.cx = cx, .query = {.db = db}};
    arena_init(&r->arena);
    enum rc rc = read_rows(r, sql, o, each, arg);
    query_close(&r->query);
    arena_release(&r->arena);
    return rc;
}
