#include "rules/items.h"

#include "rules/verdicts.h"

/* Items as they stand: a newer version puts an item back, so its last move counts only behind it. */
static const char shown[] = "SELECT s.value, count(*), coalesce(sum(l.review_due <= ?1), 0), min(CASE WHEN "
                            "l.review_due > ?1 THEN l.review_due END),"
                            " max(l.at) FROM fact_record_shows s JOIN fact_record r ON r.subject = s.subject AND r.n = "
                            "s.n JOIN fact_step_last l ON l.subject = r.subject AND l.n > r.n AND l.phase = 'in_force'"
                            " GROUP BY s.value";

static size_t find_point(const struct catalog *c, struct str name)
{
    struct str key = name, task;
    size_t at = 0;
    if (!str_cut(&key, '/', &task) || !key.p) return SIZE_MAX;
    for (size_t i = 0; i < c->n_tasks; at += c->tasks[i++].n_obligations)
        for (size_t k = 0; str_eq(c->tasks[i].key, task) && k < c->tasks[i].n_obligations; k++)
            if (str_eq(c->tasks[i].obligations[k].key, key)) return at + k;
    return SIZE_MAX;
}

enum rc items_read(struct ctx *cx, sqlite3 *db, const struct catalog *c, int64_t at, struct items_point *points)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR(shown), &st));
    store_bind_int(st, 1, at);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        size_t i = find_point(c, store_column_str(st, 0));
        if (i == SIZE_MAX) continue; /* of an earlier catalog */
        points[i] = (struct items_point){sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
                                         sqlite3_column_int64(st, 3), sqlite3_column_int64(st, 4)};
    }
}

enum verdict items_verdict(const struct items_point *p, int64_t at)
{
    if (!p->in_force) return VERDICT_NO_EVIDENCE;
    if (p->overdue) return VERDICT_VIOLATED;
    return p->due && p->due - WARNING_WINDOW <= at ? VERDICT_AT_RISK : VERDICT_MET;
}
