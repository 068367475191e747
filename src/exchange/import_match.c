/* Which item a row is about. */
#include "exchange/import_int.h"
#include "ledger/canonical.h"
#include "store/store.h"

/* --- by a field: what every item of the register has there */

static enum rc key_of(struct ctx *cx, const struct column *c, struct str title, struct str content, struct str *out)
{
    *out = title;
    if (c->of == COLUMN_TITLE) return OK;
    struct str value = canonical_find(content, arena_cstr(&cx->arena, c->name));
    *out = STR("");
    if (value.p && !canonical_str(&cx->arena, value, out)) *out = STR("");
    return OK;
}

static enum rc index_one(struct ctx *cx, struct exchange *e, sqlite3_stmt *all, sqlite3_stmt *put)
{
    struct str key;
    TRY(key_of(cx, &e->columns[e->match], arena_str(&cx->arena, store_column_str(all, 1)),
               arena_str(&cx->arena, store_column_str(all, 2)), &key));
    if (!key.n) return OK;
    store_bind_str(put, 1, key);
    store_bind_str(put, 2, store_column_str(all, 0));
    return store_run(cx, put);
}

enum rc exchange_index(struct ctx *cx, struct exchange *e)
{
    scoped_stmt *all = NULL, *put = NULL;
    bool row;
    if (e->match < 0 || e->columns[e->match].of == COLUMN_NUMBER) return OK;
    TRY(store_prepare(cx, e->o.ledger, STR("SELECT subject, title, content FROM fact_record WHERE kind = ?1"), &all));
    TRY(store_prepare(cx, e->stage,
                      STR("INSERT INTO known VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET items = items + 1"), &put));
    store_bind_str(all, 1, e->o.kind->key);
    for (;;) {
        struct ctx own;
        TRY(store_step(cx, all, &row));
        if (!row) return OK;
        ctx_init(&own);
        enum rc rc = index_one(&own, e, all, put);
        if (rc != OK) (void)fail(cx, rc, "%s", own.message);
        ctx_release(&own);
        if (rc != OK) return rc;
    }
}

/* --- the item */

#define BY_NUMBER "SELECT subject FROM fact_record WHERE kind = ?1 AND number = ?2"
#define BY_KEY "SELECT subject, items FROM known WHERE key = ?1"
#define ITEM                                                                                                           \
    "SELECT r.number, r.title, r.owner, f.content, r.digest, r.state, r.phase, r.n FROM records r JOIN fact_record f " \
    "ON f.subject = r.subject WHERE r.subject = ?1"
#define SHOWS "SELECT value FROM fact_record_shows WHERE n = ?1 ORDER BY seq"

static struct str text(struct ctx *cx, sqlite3_stmt *st, int i)
{
    return arena_str(&cx->arena, store_column_str(st, i));
}

static enum rc read_points(struct ctx *cx, struct exchange *e, int64_t n, struct was *was)
{
    bool row;
    struct str *points = arena_array(&cx->arena, struct str, LIMIT_RECORD_SHOWS);
    if (!e->shows) TRY(store_prepare(cx, e->o.ledger, STR(SHOWS), &e->shows));
    store_bind_int(e->shows, 1, n);
    for (was->n_points = 0; was->n_points < LIMIT_RECORD_SHOWS; was->n_points++) {
        TRY(store_step(cx, e->shows, &row));
        if (!row) break;
        points[was->n_points] = text(cx, e->shows, 0);
    }
    sqlite3_reset(e->shows);
    was->points = points;
    return OK;
}

static enum rc read_item(struct ctx *cx, struct exchange *e, struct was *was)
{
    bool row;
    if (!e->item) TRY(store_prepare(cx, e->o.ledger, STR(ITEM), &e->item));
    store_bind_str(e->item, 1, was->subject);
    TRY(store_step(cx, e->item, &row));
    int64_t n = 0;
    if (row) {
        was->number = sqlite3_column_int64(e->item, 0);
        was->title = text(cx, e->item, 1);
        was->owner = text(cx, e->item, 2);
        was->content = text(cx, e->item, 3);
        was->digest = text(cx, e->item, 4);
        was->state = text(cx, e->item, 5);
        was->in_force = str_eq(store_column_str(e->item, 6), STR("in_force"));
        n = sqlite3_column_int64(e->item, 7);
    }
    sqlite3_reset(e->item);
    return row ? read_points(cx, e, n, was) : fail(cx, E_CORRUPT, "an item is missing from its table");
}

/* 17, or GUI-17. */
static bool read_number(const struct record_kind *k, struct str cell, int64_t *out)
{
    struct str rest = cell, prefix;
    if (str_cut(&rest, '-', &prefix) && rest.p && str_eq_nocase(prefix, k->prefix)) cell = rest;
    return str_to_i64(cell, 1, INT64_MAX, out);
}

static enum rc by_number(struct ctx *cx, struct exchange *e, const struct csv_row *row, struct str cell,
                         struct was *was, bool *fine)
{
    const size_t column = (size_t)e->match + 1;
    int64_t number;
    bool there;
    if (!read_number(e->o.kind, cell, &number)) {
        *fine = false;
        return exchange_fault(cx, e, row->line, column, STR("number"), "is no number of an item");
    }
    if (!e->by_number) TRY(store_prepare(cx, e->o.ledger, STR(BY_NUMBER), &e->by_number));
    store_bind_str(e->by_number, 1, e->o.kind->key);
    store_bind_int(e->by_number, 2, number);
    TRY(store_step(cx, e->by_number, &there));
    if (there) was->subject = text(cx, e->by_number, 0);
    sqlite3_reset(e->by_number);
    if (there) return OK;
    *fine = false;
    return exchange_fault(cx, e, row->line, column, STR("number"),
                          "no item has this number: leave it empty for a new one, which gets the next");
}

static enum rc by_key(struct ctx *cx, struct exchange *e, const struct csv_row *row, struct str cell, struct was *was,
                      bool *fine)
{
    bool there;
    int64_t items = 0;
    const struct column *c = &e->columns[e->match];
    if (!cell.n) {
        *fine = false;
        return exchange_fault(cx, e, row->line, (size_t)e->match + 1, c->name, "is empty, and rows are matched by it");
    }
    if (!e->by_key) TRY(store_prepare(cx, e->stage, STR(BY_KEY), &e->by_key));
    store_bind_str(e->by_key, 1, cell);
    TRY(store_step(cx, e->by_key, &there));
    if (there) {
        items = sqlite3_column_int64(e->by_key, 1);
        was->subject = text(cx, e->by_key, 0);
    }
    sqlite3_reset(e->by_key);
    if (items < 2) return OK;
    *fine = false;
    return exchange_fault(cx, e, row->line, (size_t)e->match + 1, c->name, "several items have this: match by number");
}

/* No two rows for one item, or for one new key. */
static enum rc take(struct ctx *cx, struct exchange *e, const struct csv_row *row, struct str what, bool *fine)
{
    bool fresh;
    if (!e->take)
        TRY(store_prepare(cx, e->stage, STR("INSERT INTO taken VALUES (?1, ?2) ON CONFLICT DO NOTHING"), &e->take));
    store_bind_str(e->take, 1, what);
    store_bind_int(e->take, 2, row->line);
    TRY(store_run(cx, e->take));
    fresh = sqlite3_changes(e->stage) == 1;
    if (fresh) return OK;
    *fine = false;
    return exchange_fault(cx, e, row->line, (size_t)e->match + 1, e->columns[e->match].name,
                          "another row above is about the same item");
}

enum rc exchange_match(struct ctx *cx, struct exchange *e, const struct csv_row *row, struct was *was, bool *fine)
{
    *was = (struct was){.subject = STR("")};
    if (e->match < 0) return OK;
    struct str cell = str_trim(csv_plain(row->cells[e->match]));
    if (e->columns[e->match].of == COLUMN_NUMBER) {
        if (!cell.n) return OK;
        TRY(by_number(cx, e, row, cell, was, fine));
    } else {
        TRY(by_key(cx, e, row, cell, was, fine));
    }
    if (!*fine) return OK;
    TRY(take(cx, e, row, was->subject.n ? was->subject : cell, fine));
    return *fine && was->subject.n ? read_item(cx, e, was) : OK;
}
