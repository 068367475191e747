/* Past days computed again for somebody who looks at pages: asked for, done by a job, kept with what differs until
 * others are asked for. They stand in state.db. Threads: as the handle. */
#ifndef SINETTI_METRICS_RECOUNT_H
#define SINETTI_METRICS_RECOUNT_H

#include "metrics/metrics.h"
#include "store/state.h"

#define RECOUNT_JOB "recount"
#define RECOUNT_SUBJECT "recount:"

extern const struct state_room metrics_state;

struct recount {
    struct str id, person;
    int64_t since, until; /* any moments in the first and the last day */
    struct str report;    /* JSON (below); empty: not yet */
    int64_t at;
};
/* {"days", "gaps": days without a record, "figures": compared, "differ",
 *  "rows": [{"day", "metric", "failed", "same_rule", "recorded": FIGURE, "again": FIGURE}]}: the first
 * LIMIT_RECOUNT_ROWS that differ, by day. FIGURE is {"value", "numerator", "denominator"}, or null: nothing to measure.
 */

/* Takes the place of the one before; id is set. */
enum rc recounts_put(struct ctx *cx, sqlite3 *state, struct recount *r) MUST_CHECK;
/* E_NOTFOUND. */
enum rc recounts_get(struct ctx *cx, sqlite3 *state, struct recount *out) MUST_CHECK;

/* The job: subject is recount:ID. What was computed already stays. */
enum rc recounts_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject) MUST_CHECK;

#endif
