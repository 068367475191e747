#include "api/metric.h"

#include "api/show.h"
#include "catalog/record.h"
#include "store/store.h"

#include <inttypes.h>

enum rc metric_now_read(struct ctx *cx, struct api_call *call, struct metric_now **out, int64_t *at)
{
    const struct catalog *c = call->catalog;
    scoped_stmt *st = NULL;
    *out = arena_array(&cx->arena, struct metric_now, c->n_metrics + 1);
    *at = 0;
    if (!call->derived) return OK;
    TRY(store_prepare(cx, call->ledger, STR("SELECT metric, value, numerator, denominator, at FROM derived.measured"),
                      &st));
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        const struct catalog_metric *m = catalog_find_metric(c, store_column_str(st, 0));
        *at = sqlite3_column_int64(st, 4);
        if (m)
            (*out)[m - c->metrics] =
                (struct metric_now){sqlite3_column_type(st, 1) != SQLITE_NULL, sqlite3_column_int64(st, 1),
                                    sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3), *at};
    }
}

/* Presented: in a management review that is approved; the newest counts. */
#define ITEMS                                                                                                          \
    "WITH seen AS (SELECT e.value AS item, max(f.content ->> '$.held') AS held, r.subject AS review FROM records r "   \
    "JOIN fact_record f ON f.subject = r.subject, json_each(f.content, '$.metrics') e "                                \
    "WHERE r.kind = 'management_review' AND r.phase = 'in_force' GROUP BY 1) "                                         \
    "SELECT f.content ->> '$.measure', r.subject, r.number, r.title, r.owner, p.name, r.state, r.phase, "              \
    "f.content ->> '$.objective', f.content ->> '$.requirement', f.content ->> '$.target', f.content ->> '$.alarm', "  \
    "f.content ->> '$.cycle', s.held, s.review, CASE WHEN r.phase = 'in_force' AND f.content ->> '$.cycle' > 0 THEN "  \
    "date(coalesce(s.held, date(r.state_at, 'unixepoch')), '+' || (f.content ->> '$.cycle') || ' days') END "          \
    "FROM records r JOIN fact_record f ON f.subject = r.subject LEFT JOIN seen s ON s.item = r.subject "               \
    "LEFT JOIN fact_person p ON p.subject = r.owner WHERE r.kind = 'metric' ORDER BY r.phase = 'in_force' DESC, "      \
    "r.number"

static struct str column(struct ctx *cx, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.n ? arena_str(&cx->arena, s) : STR_NONE;
}

static void read_item(struct ctx *cx, const struct api_call *call, sqlite3_stmt *st, struct metric_item *i)
{
    *i = (struct metric_item){.measure = column(cx, st, 0),
                              .subject = column(cx, st, 1),
                              .number = sqlite3_column_int64(st, 2),
                              .title = column(cx, st, 3),
                              .owner = column(cx, st, 4),
                              .owner_name = column(cx, st, 5),
                              .state = column(cx, st, 6),
                              .phase = column(cx, st, 7),
                              .objective = column(cx, st, 8),
                              .requirement = column(cx, st, 9),
                              .target = column(cx, st, 10),
                              .alarm = column(cx, st, 11),
                              .cycle = sqlite3_column_int64(st, 12),
                              .presented = column(cx, st, 13),
                              .review = column(cx, st, 14),
                              .due = column(cx, st, 15)};
    if (!i->measure.n || !catalog_find_metric(call->catalog, i->measure)) i->measure = STR("");
}

enum rc metric_items_read(struct ctx *cx, struct api_call *call, struct metric_items *out)
{
    scoped_stmt *st = NULL;
    size_t cap = 0;
    *out = (struct metric_items){0};
    TRY(store_prepare(cx, call->ledger, STR(ITEMS), &st));
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (out->n == cap) {
            struct metric_item *more = arena_array(&cx->arena, struct metric_item, cap = cap ? 2 * cap : 32);
            if (out->n) memcpy(more, out->p, out->n * sizeof *more);
            out->p = more;
        }
        read_item(cx, call, st, &out->p[out->n++]);
    }
}

void metric_item_put(struct api_call *call, const struct metric_item *i)
{
    struct json *j = &call->out;
    const struct record_kind *k = catalog_find_record(call->catalog, STR("metric"));
    int state = k ? record_find_state(k, i->state) : -1;
    json_begin(j, '{');
    json_put_str(j, "subject", i->subject);
    json_put_int(j, "number", i->number);
    json_put_str(j, "title", i->title);
    show_person(j, "owner", i->owner, i->owner_name);
    json_put_str(j, "state", i->state);
    json_put_str(j, "state_title", state >= 0 ? k->states[state].title[call->lang] : i->state);
    json_put_str(j, "phase", i->phase);
    show_text(j, "objective", i->objective);
    show_text(j, "requirement", i->requirement);
    show_text(j, "target", i->target);
    show_text(j, "alarm", i->alarm);
    json_key(j, "cycle");
    if (i->cycle)
        json_int(j, i->cycle);
    else
        json_nil(j);
    show_text(j, "presented", i->presented);
    show_text(j, "review", i->review);
    show_text(j, "due", i->due);
    json_end(j, '}');
}

struct str metric_unit(const struct catalog_metric *m, enum lang lang)
{
    static const char *const units[METRIC_TYPES][LANG_COUNT] = {
        [METRIC_SHARE] = {"%", "%"}, [METRIC_COUNT] = {"", ""}, [METRIC_MEDIAN_DAYS] = {"days", "päivää"}};
    return m->unit[lang].n ? m->unit[lang] : str_from(units[m->type][lang]);
}

const char *metric_figure(struct ctx *cx, const struct catalog_metric *m, int64_t value, enum lang lang)
{
    if (m->type == METRIC_COUNT) return arena_printf(&cx->arena, "%" PRId64, value / 1000).p;
    int64_t tenths = (value + 50) / 100;
    return arena_printf(&cx->arena, "%" PRId64 "%c%" PRId64, tenths / 10, lang == LANG_FI ? ',' : '.', tenths % 10).p;
}
