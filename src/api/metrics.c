/* Metrics: all of them with their days, one of them, and the rows behind a figure. The days are lists/metric_days.sql.
 * What pages see is what was measured last (derived.db's `measured`); only rows are counted while somebody waits. */
#include "metrics/metrics.h"

#include "api/metric.h"
#include "api/page.h"
#include "api/show.h"
#include "base/time.h"
#include "catalog/views.h"
#include "store/store.h"

#define ROWS_MILLISECONDS 3000 /* that somebody waits for what is behind a figure */

/* --- what is said of a metric everywhere */

static void put_now(struct json *j, const struct metric_now *n)
{
    json_key(j, "now");
    if (!n->measured) {
        json_nil(j);
        return;
    }
    json_begin(j, '{');
    json_put_int(j, "value", n->value);
    json_put_int(j, "numerator", n->numerator);
    json_put_int(j, "denominator", n->denominator);
    api_put_time(j, "at", n->at);
    json_end(j, '}');
}

static void put_head(struct api_call *call, const struct catalog_metric *m)
{
    struct json *j = &call->out;
    json_put_str(j, "metric", m->key);
    json_put_str(j, "title", m->title[call->lang]);
    json_put_str(j, "summary", m->summary[call->lang]);
    json_put_cstr(j, "value", metric_type_name(m->type));
    json_put_str(j, "unit", metric_unit(m, call->lang));
    json_put_bool(j, "higher", m->higher);
}

/* --- days */

struct days {
    int64_t first; /* midnight of the first day */
    size_t n;
    bool *recorded;
    int64_t *values; /* of each metric, one day after the other */
    bool *has;
};

#define FIRST "SELECT min(at) FROM fact_measure WHERE subject = 'org' AND via = 'probe' AND at >= ?1"
#define DAYS                                                                                                           \
    "SELECT m.at, v.metric, v.value FROM fact_measure m LEFT JOIN fact_measure_measures v ON v.n = m.n "               \
    "WHERE m.subject = 'org' AND m.via = 'probe' AND m.at >= ?1 ORDER BY m.n"

static enum rc read_first(struct ctx *cx, struct api_call *call, int64_t since, struct days *d)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR(FIRST), &st));
    store_bind_int(st, 1, since);
    TRY(store_step(cx, st, &row));
    if (!row || sqlite3_column_type(st, 0) == SQLITE_NULL) return OK;
    d->first = sqlite3_column_int64(st, 0);
    d->first -= d->first % DAY_SECONDS;
    if (call->now >= d->first) d->n = (size_t)((call->now - d->first) / DAY_SECONDS) + 1;
    return OK;
}

static enum rc read_days(struct ctx *cx, struct api_call *call, struct days *d)
{
    const struct catalog *c = call->catalog;
    scoped_stmt *st = NULL;
    int64_t back = api_value_int(call, "days", 90) - 1, today = call->now - call->now % DAY_SECONDS;
    size_t last = 0; /* metrics come in the catalog's order nearly always */
    *d = (struct days){0};
    TRY(read_first(cx, call, today - back * DAY_SECONDS, d));
    d->recorded = arena_array(&cx->arena, bool, d->n + 1);
    d->values = arena_array(&cx->arena, int64_t, d->n * c->n_metrics + 1);
    d->has = arena_array(&cx->arena, bool, d->n * c->n_metrics + 1);
    if (!d->n) return OK;
    TRY(store_prepare(cx, call->ledger, STR(DAYS), &st));
    store_bind_int(st, 1, d->first);
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        size_t day = (size_t)((sqlite3_column_int64(st, 0) - d->first) / DAY_SECONDS), i = 0;
        struct str key = store_column_str(st, 1);
        if (day >= d->n) continue;
        d->recorded[day] = true;
        while (i < c->n_metrics && !str_eq(c->metrics[(last + i) % c->n_metrics].key, key)) i++;
        if (i == c->n_metrics) continue; /* the catalog has it no more */
        size_t at = ((last + i) % c->n_metrics) * d->n + day;
        last = (last + i + 1) % c->n_metrics;
        d->has[at] = sqlite3_column_type(st, 2) != SQLITE_NULL;
        d->values[at] = sqlite3_column_int64(st, 2);
    }
}

static void put_days(struct json *j, const struct days *d)
{
    char date[32];
    json_key(j, "days");
    json_begin(j, '[');
    for (size_t i = 0; i < d->n; i++) json_cstr(j, time_format_date(d->first + (int64_t)i * DAY_SECONDS, date));
    json_end(j, ']');
    json_key(j, "recorded");
    json_begin(j, '[');
    for (size_t i = 0; i < d->n; i++) json_bool(j, d->recorded[i]);
    json_end(j, ']');
}

static void put_values(struct json *j, const struct days *d, size_t metric)
{
    json_key(j, "values");
    json_begin(j, '[');
    for (size_t i = metric * d->n; i < (metric + 1) * d->n; i++)
        if (d->has[i])
            json_int(j, d->values[i]);
        else
            json_nil(j);
    json_end(j, ']');
}

static void put_items(struct api_call *call, const char *key, const struct metric_items *items, struct str measure,
                      bool closed)
{
    json_key(&call->out, key);
    json_begin(&call->out, '[');
    for (size_t i = 0; i < items->n; i++)
        if (str_eq(items->p[i].measure, measure) && (closed || !str_eq(items->p[i].phase, STR("closed"))))
            metric_item_put(call, &items->p[i]);
    json_end(&call->out, ']');
}

API_OPERATION(metrics_list)
{
    struct json *j = &call->out;
    const struct catalog *c = call->catalog;
    struct days days;
    struct metric_now *now;
    struct metric_items items;
    int64_t at;
    TRY(read_days(cx, call, &days));
    TRY(metric_now_read(cx, call, &now, &at));
    TRY(metric_items_read(cx, call, &items));
    json_begin(j, '{');
    api_put_time(j, "at", at);
    put_days(j, &days);
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < c->n_metrics; i++) {
        const struct catalog_metric *m = &c->metrics[i];
        json_begin(j, '{');
        put_head(call, m);
        json_key(j, "shows");
        json_begin(j, '[');
        for (size_t k = 0; k < m->n_shows; k++) json_str(j, m->shows[k]);
        json_end(j, ']');
        put_now(j, &now[i]);
        put_values(j, &days, i);
        put_items(call, "items", &items, m->key, false);
        json_end(j, '}');
    }
    json_end(j, ']');
    put_items(call, "others", &items, STR(""), false);
    json_end(j, '}');
    return OK;
}

/* --- one */

static enum rc find(struct ctx *cx, struct api_call *call, const struct catalog_metric **out)
{
    *out = catalog_find_metric(call->catalog, api_value(call, "metric"));
    return *out ? OK : api_fail(cx, call, E_NOTFOUND, "there is no such metric", "sellaista mittaria ei ole");
}

static void put_points(struct api_call *call, const struct catalog_metric *m)
{
    struct json *j = &call->out;
    json_key(j, "points");
    json_begin(j, '[');
    for (size_t i = 0; i < m->n_shows; i++) {
        scoped_buf subject;
        buf_init(&subject, 0);
        struct str rest = m->shows[i], task;
        (void)str_cut(&rest, '/', &task);
        const struct catalog_task *t = catalog_find_task(call->catalog, task);
        buf_printf(&subject, "obligation:" STR_FMT, STR_ARG(m->shows[i]));
        json_begin(j, '{');
        json_put_str(j, "point", m->shows[i]);
        json_put_str(j, "task", task);
        json_put_str(j, "task_title", t ? t->title[call->lang] : task);
        json_put_str(j, "text", show_subject(call->catalog, call->lang, buf_view(&subject)));
        json_end(j, '}');
    }
    json_end(j, ']');
}

#define REVIEWS                                                                                                        \
    "SELECT r.subject, r.number, r.title, f.content ->> '$.held', r.phase FROM records r JOIN fact_record f "          \
    "ON f.subject = r.subject WHERE r.kind = 'management_review' AND r.phase <> 'closed' AND EXISTS (SELECT 1 FROM "   \
    "json_each(f.content, '$.metrics') e JOIN fact_record i ON i.subject = e.value WHERE i.kind = 'metric' AND "       \
    "i.content ->> '$.measure' = ?1) ORDER BY 4 DESC, 2 DESC LIMIT 50"

static enum rc put_reviews(struct ctx *cx, struct api_call *call, const struct catalog_metric *m)
{
    struct json *j = &call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, call->ledger, STR(REVIEWS), &st));
    store_bind_str(st, 1, m->key);
    json_key(j, "reviews");
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        show_column_text(j, "subject", st, 0);
        show_column_int(j, "number", st, 1);
        show_column_text(j, "title", st, 2);
        show_column_text(j, "held", st, 3);
        show_column_text(j, "phase", st, 4);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

API_OPERATION(metrics_get)
{
    struct json *j = &call->out;
    const struct catalog_metric *m;
    struct metric_now *now;
    struct metric_items items;
    int64_t at;
    char rule[65];
    TRY(find(cx, call, &m));
    TRY(metric_now_read(cx, call, &now, &at));
    TRY(metric_items_read(cx, call, &items));
    metrics_rule(m, rule);
    json_begin(j, '{');
    put_head(call, m);
    json_put_int(j, "window", m->window);
    put_points(call, m);
    put_now(j, &now[m - call->catalog->metrics]);
    put_items(call, "items", &items, m->key, true);
    TRY(put_reviews(cx, call, m));
    json_put_str(j, "evidence", m->evidence);
    json_put_str(j, "blind_spots", m->blind_spots);
    json_put_str(j, "sql", m->sql);
    json_put_cstr(j, "rule", rule);
    json_end(j, '}');
    return OK;
}

/* --- rows */

struct rows {
    struct ctx *cx;
    struct api_call *call;
    int64_t n;
};

/* What a point or task is called stands in the catalog; the other names come with the rows. */
static struct str name_of(const struct rows *r, const struct metrics_row *row)
{
    if (!row->name.n) return show_subject(r->call->catalog, r->call->lang, row->subject);
    scoped_buf subject;
    buf_init(&subject, 0);
    buf_printf(&subject, "obligation:" STR_FMT, STR_ARG(row->name));
    struct str point = show_subject(r->call->catalog, r->call->lang, buf_view(&subject));
    return point.n ? point : row->name;
}

static enum rc put_row(void *arg, const struct metrics_row *row)
{
    struct rows *r = arg;
    struct json *j = &r->call->out;
    r->n++;
    json_begin(j, '{');
    json_put_str(j, "subject", row->subject);
    show_text(j, "name", name_of(r, row));
    json_put_int(j, "part", row->part);
    json_put_int(j, "whole", row->whole);
    api_put_time(j, "at", row->at);
    json_end(j, '}');
    return OK;
}

API_OPERATION(metric_rows_list)
{
    const struct catalog_metric *m;
    struct rows r = {cx, call, 0};
    int64_t skip, total = 0, limit = page_limit(call);
    const struct metrics_moment when = {.at = call->now, .standing = STR("now"), .milliseconds = ROWS_MILLISECONDS};
    TRY(find(cx, call, &m));
    TRY(page_cursor(cx, call, 0, &skip));
    page_begin(call);
    if (call->derived) {
        TRY(metrics_prepare(cx, call->ledger, call->catalog));
        enum rc rc = metrics_rows(cx, call->ledger, m, &when, skip, limit, put_row, &r, &total);
        if (rc == E_LIMIT)
            return api_fail(cx, call, E_BUSY, "this takes too long to count while you wait",
                            "laskeminen kestäisi liian kauan odottaessa");
        TRY(rc == E_INVALID ? fail(cx, E_INTERNAL, "%s", arena_cstr(&cx->arena, str_from(cx->message))) : rc);
    }
    return page_end(cx, call, skip + r.n < total ? skip + r.n : -1, total);
}
