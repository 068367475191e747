#include "base/digest.h"
#include "base/limits.h"
#include "catalog/views.h"
#include "metrics/metrics.h"
#include "rules/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOST_PART 1000000000000000 /* of one row: with all rows and thousandths it stays within 128 bits */
#define DAY 86400

extern const char metrics_env_sql[];

enum rc metrics_prepare(struct ctx *cx, sqlite3 *db, const struct catalog *c)
{
    return views_of_items(cx, db, c->records, c->n_records);
}

void metrics_rule(const struct catalog_metric *m, char out[65])
{
    struct digest d;
    uint8_t hash[32];
    digest_init(&d);
    digest_field(&d, str_from(metrics_env_sql));
    digest_field(&d, str_from(metric_type_name(m->type)));
    digest_field(&d, m->sql);
    char window[16];
    (void)snprintf(window, sizeof window, "%d", m->window);
    digest_field(&d, str_from(window));
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, out);
}

/* --- one query */

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum rc open_query(struct ctx *cx, sqlite3 *db, const struct catalog_metric *m,
                          const struct metrics_moment *when, const char *select, const char *after, struct query *q)
{
    struct str sql =
        arena_printf(&cx->arena, "%s%s FROM (\n" STR_FMT "\n)%s", metrics_env_sql, select, STR_ARG(m->sql), after);
    TRY(query_open(cx, db, sql, 0, when->at - (int64_t)m->window * DAY, q));
    int i = sqlite3_bind_parameter_index(q->st, ":day");
    if (i) store_bind_int(q->st, i, when->at);
    i = sqlite3_bind_parameter_index(q->st, ":standing");
    if (i) store_bind_str(q->st, i, when->standing);
    if (when->milliseconds) q->deadline = milliseconds() + when->milliseconds;
    return OK;
}

static enum rc name_fault(struct ctx *cx, const struct catalog_metric *m, enum rc rc)
{
    if (rc != E_INVALID && rc != E_LIMIT) return rc;
    const char *why = arena_cstr(&cx->arena, str_from(cx->message));
    return fail(cx, rc, "metric " STR_FMT ": %s", STR_ARG(m->key), why);
}

static bool is_person(struct str s)
{
    return str_starts(s, STR("person:")) || str_starts(s, STR("group:")) || str_starts(s, STR("key:"));
}

/* Columns subject, name, part, whole. */
static enum rc check_row(struct ctx *cx, sqlite3_stmt *st)
{
    struct str subject = store_column_str(st, 0), name = store_column_str(st, 1);
    int64_t part = sqlite3_column_int64(st, 2), whole = sqlite3_column_int64(st, 3);
    if (!subject.n) return fail(cx, E_INVALID, "a row without subject");
    if (is_person(subject) || (name.n && str_find(name, STR("person:"))))
        return fail(cx, E_INVALID, "its rows are people; count what they do together, never each of them");
    for (int i = 2; i < 4; i++)
        if (sqlite3_column_type(st, i) != SQLITE_INTEGER)
            return fail(cx, E_INVALID, "%s is not a whole number for %s", i == 2 ? "part" : "whole",
                        str_visible(cx, subject));
    if (part < 0 || whole < 0 || part > MOST_PART || whole > MOST_PART)
        return fail(cx, E_INVALID, "part or whole of %s is below 0 or too large", str_visible(cx, subject));
    return OK;
}

/* --- the figure */

struct sum {
    const struct catalog_metric *m;
    __int128 part, whole;
    int64_t *parts; /* of a median */
    size_t n, cap;
};

static enum rc add_row(struct ctx *cx, struct sum *s, sqlite3_stmt *st)
{
    int64_t part = sqlite3_column_int64(st, 2), whole = sqlite3_column_int64(st, 3);
    TRY(check_row(cx, st));
    if (s->m->type == METRIC_SHARE && part > whole) /* what does not count at all has a whole of 0 */
        return fail(cx, E_INVALID, "part is more than whole for %s", str_visible(cx, store_column_str(st, 0)));
    s->part += part;
    s->whole += whole;
    if (++s->n > LIMIT_RULE_SUBJECTS) return fail(cx, E_LIMIT, "more than %d rows", LIMIT_RULE_SUBJECTS);
    if (s->m->type != METRIC_MEDIAN_DAYS) return OK;
    if (s->n > s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 256;
        int64_t *more = realloc(s->parts, cap * sizeof *more);
        if (!more) return fail(cx, E_IO, "out of memory");
        s->parts = more;
        s->cap = cap;
    }
    s->parts[s->n - 1] = part;
    return OK;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Thousandths, rounded half up. */
static int64_t ratio(__int128 part, __int128 whole)
{
    return (int64_t)((part * 2 + whole) / (whole * 2));
}

static void conclude(struct sum *s, struct metrics_value *out)
{
    *out = (struct metrics_value){0};
    if (s->m->type == METRIC_MEDIAN_DAYS) {
        if (!s->n) return;
        qsort(s->parts, s->n, sizeof *s->parts, by_size);
        __int128 middle = (__int128)s->parts[(s->n - 1) / 2] + s->parts[s->n / 2];
        *out = (struct metrics_value){true, ratio(middle * 1000, 2 * DAY), (int64_t)s->n, (int64_t)s->n};
        return;
    }
    if (s->whole <= 0) return;
    int64_t value = s->m->type == METRIC_SHARE ? ratio(s->part * 100000, s->whole) : (int64_t)(s->part * 1000);
    *out = (struct metrics_value){true, value, (int64_t)s->part, (int64_t)s->whole};
}

static enum rc run(struct ctx *cx, struct query *q, struct sum *s)
{
    for (bool row;;) {
        TRY(query_next(cx, q, &row));
        if (!row) return OK;
        TRY(add_row(cx, s, q->st));
    }
}

enum rc metrics_measure(struct ctx *cx, sqlite3 *db, const struct catalog_metric *m, const struct metrics_moment *when,
                        struct metrics_value *out)
{
    struct query q = {.db = db};
    struct sum s = {.m = m};
    enum rc rc = open_query(cx, db, m, when, "SELECT subject, name, part, whole", "", &q);
    if (rc == OK) rc = run(cx, &q, &s);
    query_close(&q);
    if (rc == OK) conclude(&s, out);
    free(s.parts);
    return name_fault(cx, m, rc);
}

/* --- the rows */

#define ROWS "SELECT subject, name, part, whole, at, count(*) OVER (), iif(:higher, whole - part, part) AS bad"
#define ORDERED                                                                                                        \
    " WHERE NOT (subject = 'org' AND part = 0 AND name IS NULL) ORDER BY bad DESC, at, subject, name LIMIT :most "     \
    "OFFSET :skip"

static void bind_named(sqlite3_stmt *st, const char *name, int64_t v)
{
    int i = sqlite3_bind_parameter_index(st, name);
    if (i) store_bind_int(st, i, v);
}

enum rc metrics_rows(struct ctx *cx, sqlite3 *db, const struct catalog_metric *m, const struct metrics_moment *when,
                     int64_t skip, int64_t most, enum rc (*each)(void *arg, const struct metrics_row *row), void *arg,
                     int64_t *total)
{
    struct query q = {.db = db};
    *total = 0;
    enum rc rc = open_query(cx, db, m, when, ROWS, ORDERED, &q);
    if (rc == OK) {
        bind_named(q.st, ":higher", m->higher && m->type == METRIC_SHARE);
        bind_named(q.st, ":most", most);
        bind_named(q.st, ":skip", skip);
    }
    for (bool row = true; rc == OK;) {
        rc = query_next(cx, &q, &row);
        if (rc != OK || !row) break;
        rc = check_row(cx, q.st);
        *total = sqlite3_column_int64(q.st, 5);
        if (rc == OK)
            rc = each(arg, &(const struct metrics_row){store_column_str(q.st, 0), store_column_str(q.st, 1),
                                                       sqlite3_column_int64(q.st, 2), sqlite3_column_int64(q.st, 3),
                                                       sqlite3_column_int64(q.st, 4)});
    }
    query_close(&q);
    return name_fault(cx, m, rc);
}
