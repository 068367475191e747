#include "serve/metrics.h"

#include "jobs/jobs.h"

static const int64_t bounds[METRICS_BUCKETS] = {500, 1000, 2500, 5000, 10000, 50000, 250000, 1000000};
static const char *const bound_names[METRICS_BUCKETS + 1] = {"0.0005", "0.001", "0.0025", "0.005", "0.01",
                                                             "0.05",   "0.25",  "1.0",    "+Inf"};

void metrics_count(struct metrics *m, const struct http_done *d)
{
    size_t class = d->status >= 100 && d->status < 600 ? (size_t)d->status / 100 : 0, i = 0;
    while (i < METRICS_BUCKETS && d->microseconds > bounds[i]) i++;
    atomic_fetch_add(&m->answers[class], 1);
    atomic_fetch_add(&m->bytes, d->bytes);
    atomic_fetch_add(&m->microseconds, (uint_fast64_t)(d->microseconds > 0 ? d->microseconds : 0));
    atomic_fetch_add(&m->buckets[i], 1);
}

static void put_requests(struct metrics *m, struct buf *out)
{
    static const char *const classes[] = {"gone", "1xx", "2xx", "3xx", "4xx", "5xx"};
    uint64_t sum = 0;
    buf_cstr(out, "# TYPE sinetti_http_requests counter\n# HELP sinetti_http_requests Requests that have ended.\n");
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        buf_printf(out, "sinetti_http_requests_total{status=\"%s\"} %llu\n", classes[i],
                   (unsigned long long)atomic_load(&m->answers[i]));
    buf_printf(out, "# TYPE sinetti_http_answer_bytes counter\nsinetti_http_answer_bytes_total %llu\n",
               (unsigned long long)atomic_load(&m->bytes));
    buf_cstr(out, "# TYPE sinetti_http_request_seconds histogram\n# UNIT sinetti_http_request_seconds seconds\n"
                  "# HELP sinetti_http_request_seconds From the first line of a request to its end.\n");
    for (size_t i = 0; i <= METRICS_BUCKETS; i++) {
        sum += atomic_load(&m->buckets[i]);
        buf_printf(out, "sinetti_http_request_seconds_bucket{le=\"%s\"} %llu\n", bound_names[i],
                   (unsigned long long)sum);
    }
    uint64_t us = atomic_load(&m->microseconds);
    buf_printf(out, "sinetti_http_request_seconds_count %llu\nsinetti_http_request_seconds_sum %llu.%06llu\n",
               (unsigned long long)sum, (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000));
}

static enum rc put_jobs(struct ctx *cx, sqlite3 *state, struct buf *out)
{
    buf_cstr(out, "# TYPE sinetti_jobs gauge\n# HELP sinetti_jobs Jobs that are kept, by their state.\n");
    for (int i = 0; i < JOB_STATES; i++) {
        int64_t n;
        const char *name = job_state_name((enum job_state)i);
        TRY(store_get_int(cx, state, arena_printf(&cx->arena, "SELECT count(*) FROM job WHERE state = '%s'", name).p,
                          &n));
        buf_printf(out, "sinetti_jobs{state=\"%s\"} %lld\n", name, (long long)n);
    }
    return OK;
}

static enum rc put_log(struct ctx *cx, sqlite3 *ledger, struct buf *out)
{
    int64_t n;
    TRY(store_get_int(cx, ledger, "SELECT coalesce(max(n) + 1, 0) FROM facts", &n));
    buf_printf(
        out, "# TYPE sinetti_facts counter\n# HELP sinetti_facts Events in the audit log.\nsinetti_facts_total %lld\n",
        (long long)n);
    return OK;
}

enum rc metrics_put(struct ctx *cx, struct metrics *m, const char *dir, const struct metrics_now *now, struct buf *out)
{
    sqlite3 *state = NULL, *ledger = NULL;
    put_requests(m, out);
    buf_printf(out,
               "# TYPE sinetti_http_in_hand gauge\nsinetti_http_in_hand %zu\n"
               "# TYPE sinetti_forwarded gauge\n# HELP sinetti_forwarded Requests that wait for worker.\n"
               "sinetti_forwarded %zu\n# TYPE sinetti_worker_up gauge\nsinetti_worker_up %d\n"
               "# TYPE sinetti_start_time_seconds gauge\n# UNIT sinetti_start_time_seconds seconds\n"
               "sinetti_start_time_seconds %lld\n# TYPE sinetti_build info\nsinetti_build_info{version=\"%s\"} 1\n",
               now->in_hand, now->forwarded, now->worker, (long long)m->began, SINETTI_VERSION);
    enum rc rc = state_open(cx, dir, STORE_READ, &state);
    if (rc == OK) rc = put_jobs(cx, state, out);
    if (rc == OK) rc = store_open_file(cx, arena_printf(&cx->arena, "%s/ledger.db", dir).p, STORE_READ, &ledger);
    if (rc == OK) rc = put_log(cx, ledger, out);
    store_close(ledger);
    store_close(state);
    buf_cstr(out, "# EOF\n");
    return rc == OK ? buf_ok(out) : rc;
}
