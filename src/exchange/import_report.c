/* What an import would do, as JSON. */
#include "exchange/import_int.h"
#include "store/store.h"

static void put_text(struct json *j, const char *key, sqlite3_stmt *st, int column)
{
    json_put_str(j, key, store_column_str(st, column));
}

static enum rc put_faults(struct ctx *cx, struct exchange *e, struct json *j)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, e->stage, STR("SELECT line, column, field, text FROM fault ORDER BY line, rowid"), &st));
    json_key(j, "faults");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        json_put_int(j, "line", sqlite3_column_int64(st, 0));
        json_put_int(j, "column", sqlite3_column_int64(st, 1));
        put_text(j, "field", st, 2);
        put_text(j, "text", st, 3);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static enum rc put_fields(struct ctx *cx, struct json *j, sqlite3_stmt *st, int64_t number)
{
    bool row;
    store_bind_int(st, 1, number);
    json_key(j, "fields");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        put_text(j, "field", st, 0);
        put_text(j, "before", st, 1);
        put_text(j, "after", st, 2);
        json_end(j, '}');
    }
    json_end(j, ']');
    sqlite3_reset(st);
    return OK;
}

#define ITEMS                                                                                                          \
    "SELECT row, line, change, subject, number, title FROM row WHERE change <> 'unchanged' ORDER BY row LIMIT ?1"

static enum rc put_items(struct ctx *cx, struct exchange *e, struct json *j)
{
    scoped_stmt *st = NULL, *fields = NULL;
    bool row;
    TRY(store_prepare(cx, e->stage, STR(ITEMS), &st));
    TRY(store_prepare(cx, e->stage, STR("SELECT field, before, after FROM field WHERE row = ?1 ORDER BY rowid"),
                      &fields));
    store_bind_int(st, 1, LIMIT_IMPORT_SHOWN);
    json_key(j, "items");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        json_put_int(j, "line", sqlite3_column_int64(st, 1));
        put_text(j, "change", st, 2);
        put_text(j, "subject", st, 3);
        json_put_int(j, "number", sqlite3_column_int64(st, 4));
        put_text(j, "title", st, 5);
        TRY(put_fields(cx, j, fields, sqlite3_column_int64(st, 0)));
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

enum rc exchange_report(struct ctx *cx, struct exchange *e, struct json *j)
{
    const struct exchange_counts *n = &e->counts;
    json_begin(j, '{');
    json_put_str(j, "register", e->o.kind->key);
    json_put_str(j, "match", e->o.match.n ? e->o.match : STR("number"));
    json_put_str(j, "outcome", str_from(e->outcome));
    json_key(j, "counts");
    json_begin(j, '{');
    json_put_int(j, "rows", n->rows);
    json_put_int(j, "new", n->fresh);
    json_put_int(j, "changed", n->changed);
    json_put_int(j, "unchanged", n->unchanged);
    json_put_int(j, "falls", n->falls);
    json_put_int(j, "faults", n->faults);
    json_end(j, '}');
    TRY(put_faults(cx, e, j));
    TRY(put_items(cx, e, j));
    json_end(j, '}');
    return buf_ok(j->out);
}
