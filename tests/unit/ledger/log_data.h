/* A ledger in a folder of the test's own. */
#ifndef SINETTI_TESTS_UNIT_LEDGER_LOG_DATA_H
#define SINETTI_TESTS_UNIT_LEDGER_LOG_DATA_H

#include "../store/folder.h"
#include "files.h"

#include <pthread.h>
#include <stdatomic.h>

#include "ledger/log.h"
#include "ledger/log_check.h"
#include "ledger/log_reader.h"

static struct ctx cx;
static char folder[256];
static _Atomic int64_t test_time;

static int64_t test_clock(void)
{
    return atomic_fetch_add(&test_time, 10);
}

static inline int log_setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    atomic_store(&test_time, 1767225600000000);
    return !folder_make(folder) || log_create(&cx, folder, STR("sinetti.example/acme")) != OK;
}

static inline int log_teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static inline struct log *open_log(void)
{
    struct log *l = NULL;
    if (log_open(&cx, folder, test_clock, &l) != OK) failed("%s", cx.message);
    return l;
}

static inline struct log_reader *open_reader(void)
{
    struct log_reader *r = NULL;
    if (log_reader_open(&cx, folder, &r) != OK) failed("%s", cx.message);
    return r;
}

static inline struct log_fact make_fact_of(struct ctx *own, const char *kind, const char *subject, const char *payload)
{
    struct body b = {.actor = STR("system"),
                     .credential = STR(""),
                     .kind = str_from(kind),
                     .subject = str_from(subject),
                     .via = STR("import"),
                     .payload = str_from(payload)};
    struct log_fact f;
    if (log_fact_make(own, &b, &f) != OK) failed("%s", own->message);
    return f;
}

static inline struct log_fact make_fact(struct ctx *own, const char *kind, const char *payload)
{
    return make_fact_of(own, kind, "org", payload);
}

static inline struct leaf put(struct log *l, const char *kind, const char *payload)
{
    struct log_fact f = make_fact(&cx, kind, payload);
    struct leaf leaf;
    if (log_put(&cx, l, &f, &leaf) != OK) failed("%s", cx.message);
    return leaf;
}

struct many {
    int from, to;
};

static inline enum rc put_them(struct ctx *own, struct log_tx *tx, void *arg)
{
    const struct many *m = arg;
    for (int i = m->from; i < m->to; i++) {
        struct log_fact f = make_fact(own, "note", arena_printf(&own->arena, "{\"text\":\"%d\"}", i).p);
        TRY(log_append(own, tx, &f, NULL));
    }
    return OK;
}

/* Facts whose text is their number, up to 50 in one transaction. */
static inline void put_many(struct log *l, int from, int to)
{
    for (struct many m = {from, from}; m.to < to; m.from = m.to) {
        m.to = m.from + 50 < to ? m.from + 50 : to;
        if (log_submit(&cx, l, put_them, &m) != OK) failed("%s", cx.message);
    }
}

static inline void print_problem(void *arg, const char *what)
{
    (void)arg;
    print_error("fsck: %s\n", what);
}

/* The whole log is checked; returns its size. */
static inline uint64_t sound_log(void)
{
    struct log_reader *r = open_reader();
    struct log_check c = {.found = print_problem};
    if (log_check(&cx, r, &c) != OK) failed("%s", cx.message);
    assert_int_equal(c.problems, 0);
    assert_int_equal(c.entries, log_reader_size(r));
    log_reader_close(r);
    return c.entries;
}

#endif
