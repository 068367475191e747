/* Requests as they stand in answers. */
#ifndef SINETTI_API_APPROVAL_H
#define SINETTI_API_APPROVAL_H

#include "api/api.h"

/* What is selected, and from where: r the request, d its decision. */
#define APPROVAL_COLUMNS                                                                                               \
    "r.n, r.kind, r.subject, r.payload, r.reason, r.actor, p.name, r.until, d.decision, d.at, d.actor, q.name,"        \
    " nullif(d.reason, ''), d.act, r.at, d.solo, coalesce(s.name, g.name, (SELECT name FROM fact_repository WHERE "    \
    "subject = r.subject)) FROM fact_request r LEFT JOIN fact_approval d ON d.request = "                              \
    "r.n"                                                                                                              \
    " LEFT JOIN fact_person p ON p.subject = r.actor LEFT JOIN fact_person q ON q.subject = d.actor"                   \
    " LEFT JOIN fact_person s ON s.subject = r.subject LEFT JOIN fact_group g ON g.subject = r.subject"

/* Numbers of requests that wait, or were done alone and wait for a review. `now`: the parameter that holds the time. An
 * index tells the ones that have not expired, of which most were decided long before. */
#define APPROVALS_OPEN(now)                                                                                            \
    "SELECT w.n FROM fact_request w WHERE w.until > " now                                                              \
    " AND NOT EXISTS (SELECT 1 FROM fact_approval WHERE request = w.n)"                                                \
    " UNION ALL SELECT request FROM fact_approval WHERE decision = 'solo'"

/* The row as an Approval. may_decide: others' requests. */
enum rc approval_put(struct ctx *cx, struct api_call *call, sqlite3_stmt *st, bool may_decide);

#endif
