/* Reading an item as it stands. */
#include "records/records.h"

#include "base/limits.h"
#include "catalog/views.h"

enum rc records_views(struct ctx *cx, sqlite3 *db)
{
    return views_of_records(cx, db);
}

static enum rc read_shows(struct ctx *cx, sqlite3 *db, struct records_item *item)
{
    scoped_stmt *st = NULL;
    bool row;
    struct str *shows = arena_array(&cx->arena, struct str, LIMIT_RECORD_SHOWS);
    TRY(store_prepare(cx, db, STR("SELECT value FROM fact_record_shows WHERE n = ?1 ORDER BY seq"), &st));
    store_bind_int(st, 1, item->n);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row || item->n_shows == LIMIT_RECORD_SHOWS) break;
        shows[item->n_shows++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
    item->shows = shows;
    return OK;
}

static const struct record_kind *kind_of(const struct catalog *c, struct str subject)
{
    struct str rest = subject, kind;
    if (!str_cut(&rest, ':', &kind) || !str_eq(kind, STR("record")) || !str_cut(&rest, '/', &kind)) return NULL;
    return catalog_find_record(c, kind);
}

#define ITEM                                                                                                           \
    "SELECT r.n, r.number, r.version, r.at, r.title, r.owner, r.content, r.digest, r.state, r.phase, "                 \
    "coalesce(s.n, -1), s.state, s.phase, EXISTS (SELECT 1 FROM fact_step a WHERE a.subject = r.subject AND a.n > "    \
    "r.n AND a.digest = r.digest AND a.approves = 1), coalesce(s.review_due, 0), r.origin "                            \
    "FROM fact_record r LEFT JOIN fact_step_last s ON s.subject = r.subject WHERE r.subject = ?1"

static struct str text(struct ctx *cx, sqlite3_stmt *st, int i)
{
    return arena_str(&cx->arena, store_column_str(st, i));
}

static enum record_phase phase_of(struct str name)
{
    for (int i = 0; i < PHASE_COUNT; i++)
        if (str_eq(name, str_from(record_phase_name((enum record_phase)i)))) return (enum record_phase)i;
    return PHASE_OPEN;
}

enum rc records_get(struct ctx *cx, sqlite3 *db, const struct catalog *c, struct str subject, struct records_item *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct records_item){.subject = arena_str(&cx->arena, subject), .kind = kind_of(c, subject)};
    if (!out->kind) return fail(cx, E_NOTFOUND, "%s: there is no such kind of record", str_visible(cx, subject));
    TRY(store_prepare(cx, db, STR(ITEM), &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "%s: there is no such item", str_visible(cx, subject));
    out->n = sqlite3_column_int64(st, 0);
    out->number = sqlite3_column_int64(st, 1);
    out->version = sqlite3_column_int64(st, 2);
    out->at = sqlite3_column_int64(st, 3);
    out->title = text(cx, st, 4);
    out->owner = text(cx, st, 5);
    out->content = text(cx, st, 6);
    out->digest = text(cx, st, 7);
    out->origin = text(cx, st, 15);
    const bool moved = sqlite3_column_int64(st, 10) > out->n;
    out->state = text(cx, st, moved ? 11 : 8);
    out->phase = phase_of(store_column_str(st, moved ? 12 : 9));
    if (moved) {
        out->since = sqlite3_column_int64(st, 10);
        out->approved = sqlite3_column_int(st, 13);
        out->review_due = sqlite3_column_int64(st, 14);
    }
    return read_shows(cx, db, out);
}
