/* A day's metrics as a fact. */
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"
#include "metrics/metrics_int.h"

/* Facts, items and derived.db on one connection of our own: once a day is seldom. */
enum rc metrics_open(struct ctx *cx, const char *file, const char *dir, const struct catalog *c, sqlite3 **out)
{
    TRY(store_open_file(cx, file, STORE_READ, out));
    enum rc rc = store_attach_derived(cx, *out, arena_printf(&cx->arena, "%s/derived.db", dir).p);
    if (rc == OK) rc = metrics_prepare(cx, *out, c);
    if (rc == OK) return OK;
    store_close(*out);
    *out = NULL;
    return rc;
}

static enum rc is_recorded(struct ctx *cx, sqlite3 *db, int64_t now, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("SELECT 1 FROM fact_measure WHERE subject = 'org' AND via = 'probe' AND at >= ?1"
                          " AND at < ?1 + 86400"),
                      &st));
    store_bind_int(st, 1, now - now % DAY_SECONDS);
    return store_step(cx, st, out);
}

static void put_value(struct json *j, const struct catalog_metric *m, const struct metrics_value *v)
{
    char rule[65];
    metrics_rule(m, rule);
    json_begin(j, '{');
    json_put_str(j, "metric", m->key);
    json_put_cstr(j, "rule", rule);
    if (v->measured) {
        json_put_int(j, "value", v->value);
        json_put_int(j, "numerator", v->numerator);
        json_put_int(j, "denominator", v->denominator);
    }
    json_end(j, '}');
}

/* One that is wrong, or takes too long, is missing on that day; the others are not. */
static enum rc put_measures(struct ctx *cx, sqlite3 *db, const struct catalog *c, int64_t now, struct json *j,
                            size_t *failed)
{
    const struct metrics_moment when = {.at = now, .standing = STR("now")};
    *failed = 0;
    json_key(j, "measures");
    json_begin(j, '[');
    for (size_t i = 0; i < c->n_metrics; i++) {
        struct metrics_value v;
        enum rc rc = metrics_measure(cx, db, &c->metrics[i], &when, &v);
        if (rc == OK)
            put_value(j, &c->metrics[i], &v);
        else if (rc == E_INVALID || rc == E_LIMIT)
            ++*failed;
        else
            return rc;
    }
    json_end(j, ']');
    return OK;
}

static enum rc append(struct ctx *cx, struct facts *facts, int64_t now, struct str payload, bool *recorded)
{
    char date[32];
    struct facts_answer answer;
    const struct body body = {.actor = STR("system"),
                              .credential = STR(""),
                              .via = STR("probe"),
                              .kind = STR("measure"),
                              .subject = STR("org"),
                              .payload = payload};
    const struct facts_request request = {
        .facts = &body, .n = 1, .key = arena_printf(&cx->arena, "measures of %s", time_format_date(now, date))};
    enum rc rc = facts_append(cx, facts, &request, &answer);
    *recorded = rc == OK && !answer.repeated;
    return rc == E_CONFLICT ? OK : rc; /* another server was faster, and saw something else */
}

enum rc metrics_record_day(struct ctx *cx, const char *dir, const struct catalog *c, struct facts *facts, int64_t now,
                           bool *recorded, size_t *failed)
{
    sqlite3 *db;
    bool there;
    scoped_buf b;
    struct json j;
    *recorded = false;
    *failed = 0;
    if (!c->n_metrics) return OK;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    TRY(metrics_open(cx, arena_printf(&cx->arena, "%s/ledger.db", dir).p, dir, c, &db));
    enum rc rc = is_recorded(cx, db, now, &there);
    if (rc == OK && !there) {
        json_begin(&j, '{');
        json_put_cstr(&j, "catalog", c->digest);
        json_put_cstr(&j, "program", SINETTI_VERSION);
        rc = put_measures(cx, db, c, now, &j, failed);
        json_end(&j, '}');
    }
    store_close(db);
    if (rc != OK || there) return rc;
    if (buf_ok(&b) != OK) return fail(cx, E_LIMIT, "the day's metrics are larger than a fact may be");
    return append(cx, facts, now, buf_view(&b), recorded);
}
