/* Metrics: figures over facts (docs/formats/metrics.md). The catalog has the queries; here they are run, recorded once
 * a day as a `measure` fact, and computed again for days that are past.
 *
 * A query gives rows `subject, name, part, whole, at`; the figure is made of these rows and nothing else, so that
 * whoever asks can be shown what is behind it. Rows that are people are refused: no figure here is about one person.
 *
 * Queries are data: they only read, behind an authorizer, and are stopped at the limits of rules. One thread at a time
 * for each database. */
#ifndef SINETTI_METRICS_METRICS_H
#define SINETTI_METRICS_METRICS_H

#include "catalog/metric.h"
#include "facts/facts.h"
#include "store/store.h"

/* When a metric is looked at. `standing` is the day of derived.db's tables: STR("now"), or a date. */
struct metrics_moment {
    int64_t at; /* Unix seconds: :day */
    struct str standing;
    int64_t milliseconds; /* a query may take so long; 0: as long as a rule */
};

struct metrics_value {
    bool measured;                  /* else there was nothing to measure: the rest is 0 */
    int64_t value;                  /* thousandths: of per cent, of things, of days */
    int64_t numerator, denominator; /* sums of part and whole; of a median both are how many rows there were */
};

/* Before the others on a database that has the facts' views, and derived.db's tables as `derived`
 * (store_attach_derived()): makes the views of items. */
enum rc metrics_prepare(struct ctx *cx, sqlite3 *db, const struct catalog *c) MUST_CHECK;
/* E_INVALID: the query gives what it must not; E_LIMIT: it was stopped. Named in the text. */
enum rc metrics_measure(struct ctx *cx, sqlite3 *db, const struct catalog_metric *m, const struct metrics_moment *when,
                        struct metrics_value *out) MUST_CHECK;
/* SHA-256 of the query and of the views it is put behind, in hex: the `rule` of a recorded measure. */
void metrics_rule(const struct catalog_metric *m, char out[65]);

struct metrics_row {
    struct str subject, name; /* name: STR_NONE when the subject says it all */
    int64_t part, whole;
    int64_t at; /* 0: none */
};
/* The rows behind the figure, those that make it worse first; at most `most`, beginning at `skip`. *total: all of them.
 * Borrowed for the call. */
enum rc metrics_rows(struct ctx *cx, sqlite3 *db, const struct catalog_metric *m, const struct metrics_moment *when,
                     int64_t skip, int64_t most, enum rc (*each)(void *arg, const struct metrics_row *row), void *arg,
                     int64_t *total) MUST_CHECK;

/* Records all metrics as of `now`, unless the day of `now` (UTC) has its measures already: then *recorded is false. A
 * metric that cannot be measured is left out of the day, and *failed counts it; cx->message has the last one's fault.
 * Any server may ask at any time. */
enum rc metrics_record_day(struct ctx *cx, const char *dir, const struct catalog *c, struct facts *facts, int64_t now,
                           bool *recorded, size_t *failed) MUST_CHECK;

/* Measures all metrics as of `now` into derived.db's table `measured`, for pages; one that cannot be measured is
 * missing there. */
enum rc metrics_refresh(struct ctx *cx, const char *dir, const struct catalog *c, int64_t now) MUST_CHECK;

/* Each metric on each day from `from` to `to` (Unix seconds of any moment in the first and the last day), computed
 * again from the facts as they were when that day's measures were recorded, or, where nothing was recorded, at its end.
 */
struct metrics_again {
    const char *day; /* 2026-06-30 */
    const struct catalog_metric *metric;
    bool day_recorded;             /* anything was, on that day */
    bool was_recorded;             /* then `recorded` stands in the log */
    bool same_rule;                /* … and was made by the query of this catalog */
    struct metrics_value recorded; /* as recorded */
    bool failed;                   /* it could not be computed again */
    struct metrics_value again;    /* as recomputed */
};
/* What was recorded is not what comes of it now. */
bool metrics_differs(const struct metrics_again *a);
enum rc metrics_recompute(struct ctx *cx, const char *dir, const struct catalog *c, int64_t from, int64_t to,
                          enum rc (*each)(void *arg, const struct metrics_again *a), void *arg) MUST_CHECK;

/* The cases beside the metrics: catalog/metrics/cases/<metric>--<what>.json. `dir` is the folder `c` was loaded from;
 * `only` a metric's key (STR_NONE: of all). */
struct metrics_tally {
    size_t metrics, cases, failed;
    size_t thin; /* metrics without a case that is measured, or without one where there is nothing to measure */
};
enum rc metrics_cases_run(struct ctx *cx, const char *dir, const struct catalog *c, struct str only,
                          void (*line)(void *arg, const char *text), void *arg, struct metrics_tally *t) MUST_CHECK;

#endif
