/* What the benchmarks of the log have in common: facts of two kinds, writers that each wait for their answer, medians.
 */
#ifndef SINETTI_TESTS_BENCH_MEASURE_H
#define SINETTI_TESTS_BENCH_MEASURE_H

#include "../unit/store/folder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "facts/facts.h"

#define MOST_TIMES 4000000
#define SUBJECTS 1000
#define ROUNDS 7
#define MOST_EACH 64

struct kind {
    const char *name;
    bool is_policy; /* a row of its own and two of a list; else one row */
};
static const struct kind kinds[] = {{"note", false}, {"policy", true}};

static inline int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static inline _Noreturn void die(struct ctx *cx)
{
    fprintf(stderr, "bench: %s\n", cx->message);
    exit(4);
}

/* --- what is measured: one fact, durable when the function returns */

struct run {
    const struct kind *kind;
    int each; /* facts that stand or fall together; 0: one */
    void (*put)(struct run *r, struct ctx *cx, unsigned seed);
    void *arg;
    int64_t until;
    atomic_llong count;
    uint32_t *times; /* ns / 100 */
};

static inline void make_body(struct ctx *cx, const struct kind *k, unsigned seed, struct body *out)
{
    char filler[321];
    memset(filler, 'a' + (int)(seed % 26), 320);
    filler[320] = 0;
    *out = (struct body){.actor = STR("person:abcdefghij234567klmn"),
                         .credential = STR(""),
                         .kind = str_from(k->name),
                         .subject = k->is_policy ? arena_printf(&cx->arena, "obligation:task/point-%u", seed % SUBJECTS)
                                                 : STR("org"),
                         .via = STR("gate")};
    out->payload =
        k->is_policy
            ? arena_printf(&cx->arena,
                           "{\"mode\":\"warn\",\"parameters\":[{\"name\":\"a\",\"value\":\"%u\"},{\"name\":\"b\","
                           "\"value\":\"2\"}],\"tolerance\":%u,\"effective_at\":1767225600,\"reason\":\"%s\"}",
                           seed, seed % 1000, filler)
            : arena_printf(&cx->arena, "{\"text\":\"%s %u and some more, so that it is as long as the other kind\"}",
                           filler, seed);
}

static inline void put_fact(struct run *r, struct ctx *cx, unsigned seed)
{
    struct body b[MOST_EACH];
    struct facts_answer a;
    size_t n = r->each ? (size_t)r->each : 1;
    for (size_t i = 0; i < n; i++) make_body(cx, r->kind, seed + (unsigned)i, &b[i]);
    const struct facts_request q = {.facts = b, .n = n};
    if (facts_append(cx, r->arg, &q, &a) != OK) die(cx);
}

/* --- writers */

static inline void *write_on(void *arg)
{
    struct run *r = arg;
    static atomic_uint next;
    unsigned seed = atomic_fetch_add(&next, 1) * 7919;
    for (int64_t before = now_ns(); before < r->until;) {
        struct ctx cx;
        ctx_init(&cx);
        r->put(r, &cx, seed = seed * 1664525 + 1013904223);
        ctx_release(&cx);
        int64_t after = now_ns();
        long long i = atomic_fetch_add(&r->count, 1);
        if (i < MOST_TIMES) r->times[i] = (uint32_t)((after - before) / 100);
        before = after;
    }
    return NULL;
}

static inline int by_time(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

struct result {
    double rate, p50, p99; /* facts a second, milliseconds */
};

static inline struct result measure(struct run *r, int writers, double seconds)
{
    pthread_t threads[64];
    int64_t start = now_ns();
    r->until = start + (int64_t)(seconds * 1e9);
    r->count = 0;
    for (int i = 0; i < writers; i++) pthread_create(&threads[i], NULL, write_on, r);
    for (int i = 0; i < writers; i++) pthread_join(threads[i], NULL);
    double rate = (double)r->count * (r->each ? r->each : 1) / ((double)(now_ns() - start) / 1e9);
    size_t n = r->count < MOST_TIMES ? (size_t)r->count : MOST_TIMES;
    qsort(r->times, n, sizeof *r->times, by_time);
    return (struct result){rate, r->times[n / 2] / 1e4, r->times[n * 99 / 100] / 1e4};
}

static inline int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Of one number of the results. */
static inline double median(const struct result *r, size_t offset)
{
    double v[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) memcpy(&v[i], (const char *)&r[i] + offset, sizeof v[i]);
    qsort(v, ROUNDS, sizeof *v, by_value);
    return v[ROUNDS / 2];
}

static inline void print(const struct result *r)
{
    printf("%9.0f %7.2f %7.2f", median(r, offsetof(struct result, rate)), median(r, offsetof(struct result, p50)),
           median(r, offsetof(struct result, p99)));
}

#endif
