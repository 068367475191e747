/* Past days computed again: the facts are replayed once, and at each day's moment all metrics are measured. */
#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"
#include "metrics/metrics_int.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct again {
    const char *dir, *file;
    const struct catalog *c;
    sqlite3 *now, *past; /* the ledger as it is; as it was, once there is something */
    int64_t first;       /* midnight of the first day */
    size_t n;
    struct facts_moment *moments;
    int64_t *at, *fact; /* of each day: :day, and the number of its measures (-1: none) */
    enum rc (*each)(void *arg, const struct metrics_again *a);
    void *arg;
};

/* The last one of a day counts, as of verdicts. */
static enum rc find_recorded(struct ctx *cx, struct again *a)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, a->now,
                      STR("SELECT n, at FROM fact_measure WHERE subject = 'org' AND via = 'probe' AND at >= ?1 AND"
                          " at < ?2 ORDER BY n"),
                      &st));
    store_bind_int(st, 1, a->first);
    store_bind_int(st, 2, a->first + (int64_t)a->n * DAY_SECONDS);
    for (size_t i = 0; i < a->n; i++) {
        a->fact[i] = -1;
        a->at[i] = a->first + ((int64_t)i + 1) * DAY_SECONDS - 1;
        a->moments[i] = (struct facts_moment){UINT64_MAX, a->at[i] * 1000000 + 999999};
    }
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        int64_t n = sqlite3_column_int64(st, 0), at = sqlite3_column_int64(st, 1);
        size_t i = (size_t)((at - a->first) / DAY_SECONDS);
        a->fact[i] = n;
        a->at[i] = at;
        a->moments[i] = (struct facts_moment){(uint64_t)n, INT64_MAX};
    }
}

static enum rc read_recorded(struct ctx *cx, struct again *a, size_t day, struct metrics_again *out)
{
    scoped_stmt *st = NULL;
    char rule[65];
    bool row;
    TRY(store_prepare(cx, a->now,
                      STR("SELECT value IS NOT NULL, value, numerator, denominator, rule FROM fact_measure_measures"
                          " WHERE n = ?1 AND metric = ?2"),
                      &st));
    store_bind_int(st, 1, a->fact[day]);
    store_bind_str(st, 2, out->metric->key);
    TRY(store_step(cx, st, &row));
    out->was_recorded = row;
    if (!row) return OK;
    metrics_rule(out->metric, rule);
    out->same_rule = str_eq(store_column_str(st, 4), str_from(rule));
    out->recorded = (struct metrics_value){sqlite3_column_int(st, 0) != 0, sqlite3_column_int64(st, 1),
                                           sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3)};
    return OK;
}

static enum rc measure(struct ctx *cx, struct again *a, size_t day)
{
    char date[32];
    const struct metrics_moment when = {.at = a->at[day], .standing = str_from(time_format_date(a->at[day], date))};
    if (!a->past) TRY(metrics_open(cx, a->file, a->dir, a->c, &a->past));
    for (size_t i = 0; i < a->c->n_metrics; i++) {
        struct metrics_again one = {.day = date, .metric = &a->c->metrics[i], .day_recorded = a->fact[day] >= 0};
        TRY(read_recorded(cx, a, day, &one));
        enum rc rc = metrics_measure(cx, a->past, one.metric, &when, &one.again);
        one.failed = rc != OK;
        if (rc != OK && rc != E_INVALID && rc != E_LIMIT) return rc;
        TRY(a->each(a->arg, &one));
    }
    return OK;
}

/* In an arena of its own: there may be years of days. */
static enum rc reached(struct ctx *cx, void *arg, size_t day)
{
    struct ctx own;
    ctx_init(&own);
    enum rc rc = measure(&own, arg, day);
    if (rc != OK) rc = fail(cx, rc, "%s", own.message);
    ctx_release(&own);
    return rc;
}

static enum rc run(struct ctx *cx, struct again *a)
{
    const struct facts_moments m = {a->moments, a->n, reached, a};
    TRY(find_recorded(cx, a));
    return facts_replay_moments(cx, a->dir, a->c, &m, a->file);
}

static bool same(const struct metrics_value *x, const struct metrics_value *y)
{
    return x->measured == y->measured && x->value == y->value && x->numerator == y->numerator &&
           x->denominator == y->denominator;
}

bool metrics_differs(const struct metrics_again *a)
{
    return a->was_recorded && (a->failed || !same(&a->recorded, &a->again));
}

enum rc metrics_recompute(struct ctx *cx, const char *dir, const struct catalog *c, int64_t from, int64_t to,
                          enum rc (*each)(void *arg, const struct metrics_again *a), void *arg)
{
    struct again a = {.dir = dir, .c = c, .first = from - from % DAY_SECONDS, .each = each, .arg = arg};
    char *folder = file_temporary(cx, "metrics");
    if (from < 0 || to < from || (to - a.first) / DAY_SECONDS >= LIMIT_RECOUNT_DAYS)
        return fail(cx, E_INVALID, "the first day comes after the last, or there are more than %d", LIMIT_RECOUNT_DAYS);
    a.n = (size_t)((to - a.first) / DAY_SECONDS) + 1;
    a.moments = arena_array(&cx->arena, struct facts_moment, a.n);
    a.at = arena_array(&cx->arena, int64_t, a.n);
    a.fact = arena_array(&cx->arena, int64_t, a.n);
    TRY(metrics_open(cx, arena_printf(&cx->arena, "%s/ledger.db", dir).p, dir, c, &a.now));
    if (!mkdtemp(folder)) {
        store_close(a.now);
        return fail(cx, E_IO, "%s: cannot make a folder there: %s", folder, strerror(errno));
    }
    a.file = arena_printf(&cx->arena, "%s/facts.db", folder).p;
    enum rc rc = run(cx, &a);
    store_close(a.past);
    store_close(a.now);
    (void)rmdir(folder);
    return rc;
}
