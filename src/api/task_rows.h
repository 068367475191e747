/* Tasks as lists and boards show them: where each stands (derived.db) and who looks after it (facts). */
#ifndef SINETTI_API_TASK_ROWS_H
#define SINETTI_API_TASK_ROWS_H

#include "api/api.h"
#include "rules/rules.h"

struct task_row {
    const struct catalog_task *def;
    enum priority priority; /* the organization's own, else the catalog's */
    enum status status;
    enum assurance assurance;
    bool exceptions;
    struct str designed, operating; /* verdicts */
    int64_t points, met, violated, no_evidence, failing;
    bool has_fact;
    uint64_t fact; /* of who looks after it; when has_fact */
    int64_t changed_at;
    struct str owner, owner_name; /* STR_NONE nobody */
    int64_t due, review_days, reviewed_at, review_due;
    bool overdue; /* due date or review has passed */
    struct str process;
};

/* All of the catalog's, in its order. E_BUSY while the standing was never computed. */
enum rc task_rows_read(struct ctx *cx, struct api_call *call, struct task_row **out, size_t *n) MUST_CHECK;
const struct task_row *task_rows_find(const struct task_row *rows, size_t n, struct str key); /* or NULL */
void task_row_put(struct api_call *call, const struct task_row *r);                           /* a TaskRow */

/* Counts by status, as Counts. */
void task_rows_put_counts(struct api_call *call, const char *key, const int64_t by_status[STATUS_COUNT]);

#endif
