/* Numbers for a monitoring system, as OpenMetrics text: requests, what waits, jobs, the log. No names, no paths of
 * people's requests. Counting is free of locks. */
#ifndef SINETTI_SERVE_METRICS_H
#define SINETTI_SERVE_METRICS_H

#include "http/http.h"

#include <stdatomic.h>

#define METRICS_BUCKETS 8

struct metrics {
    atomic_uint_fast64_t answers[6]; /* by class of their status; 0: the client was gone before */
    atomic_uint_fast64_t bytes;
    atomic_uint_fast64_t microseconds, buckets[METRICS_BUCKETS + 1];
    int64_t began; /* Unix seconds */
};

/* What is told besides, at this moment. */
struct metrics_now {
    size_t in_hand, forwarded;
    bool worker;
};

void metrics_count(struct metrics *m, const struct http_done *d);
/* Reads log and jobs from the data folder. */
enum rc metrics_put(struct ctx *cx, struct metrics *m, const char *dir, const struct metrics_now *now,
                    struct buf *out) MUST_CHECK;

#endif
