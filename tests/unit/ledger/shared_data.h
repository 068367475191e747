/* Two data folders on one PostgreSQL: server 0 with its synchronous standby, server 1. */
#ifndef SINETTI_TESTS_UNIT_LEDGER_SHARED_DATA_H
#define SINETTI_TESTS_UNIT_LEDGER_SHARED_DATA_H

#include "log_data.h"
#include "servers.h"

#include <poll.h>

#include "base/digest.h"
#include "ledger/shared.h"
#include "store/config.h"
#include "store/store.h"

#define ORIGIN "sinetti.example/acme"

static char folders[2][256];

static inline int64_t real_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline void use(int i)
{
    memcpy(folder, folders[i], sizeof folder);
}

static inline void folder_shared(int i, const char *url, bool single_node)
{
    struct config c = {.format = CONFIG_FORMAT, .log = str_from(url), .single_node = single_node};
    const struct shared_place place = {.url = c.log, .single_node = single_node};
    bool joined;
    use(i);
    if (shared_create(&cx, &place, STR(ORIGIN), &joined) != OK || config_write(&cx, folder, &c) != OK ||
        log_create(&cx, folder, STR(ORIGIN)) != OK)
        failed("%s", cx.message);
    assert_int_equal(joined, i > 0);
}

static inline int shared_group_setup(void **state)
{
    (void)state;
    return !servers_begin("synchronous_standby_names = '*'") || !server_follow(1, 0);
}

static inline int shared_group_teardown(void **state)
{
    (void)state;
    servers_end();
    return 0;
}

/* An empty ledger that both folders are on. */
static inline int shared_setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    atomic_store(&test_time, 1767225600000000);
    if (pg_sql(0, "DROP SCHEMA IF EXISTS sinetti CASCADE")) return 1;
    for (int i = 0; i < 2; i++) {
        if (!folder_make(folders[i])) return 1;
        folder_shared(i, servers_url(3), false);
    }
    use(0);
    return 0;
}

static inline int shared_teardown(void **state)
{
    (void)state;
    for (int i = 0; i < MOST_SERVERS; i++) server_signal(i, SIGCONT); /* a test that failed may have left it stopped */
    for (int i = 0; i < 2; i++) folder_remove(folders[i]);
    ctx_release(&cx);
    return 0;
}

/* Takes over what is missing. */
static inline enum rc nothing(struct ctx *own, struct log_tx *tx, void *arg)
{
    (void)own, (void)tx, (void)arg;
    return OK;
}

static inline void catch_up(int i)
{
    use(i);
    struct log *l = open_log();
    if (log_submit(&cx, l, nothing, NULL) != OK) failed("%s", cx.message);
    log_close(l);
}

/* A digest of all rows of the tables that every server must have alike. */
static inline const char *rows_digest(void)
{
    static const char *const queries[] = {"SELECT n, leaf FROM entries ORDER BY n",
                                          "SELECT n, hex(salt), body FROM bodies ORDER BY n",
                                          "SELECT id, hex(hash) FROM nodes ORDER BY id",
                                          "SELECT hex(id), n, facts FROM requests ORDER BY n",
                                          "SELECT size, at, hex(frontier) FROM head",
                                          "SELECT size, origin FROM origins ORDER BY size",
                                          "SELECT size, handover, note FROM checkpoints ORDER BY size, handover"};
    sqlite3 *db;
    struct digest d;
    uint8_t sum[32];
    char *out = arena_alloc(&cx.arena, 65);
    digest_init(&d);
    if (store_open_file(&cx, arena_printf(&cx.arena, "%s/ledger.db", folder).p, STORE_READ, &db) != OK)
        failed("%s", cx.message);
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
        sqlite3_stmt *st = NULL;
        bool row;
        if (store_prepare(&cx, db, str_from(queries[q]), &st) != OK) failed("%s", cx.message);
        while (store_step(&cx, st, &row) == OK && row)
            for (int i = 0; i < sqlite3_column_count(st); i++) digest_field(&d, store_column_str(st, i));
        store_finalize(&st);
    }
    store_close(db);
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, out);
    return out;
}

/* Both folders are sound, and have the same rows; returns the log's size. What a killed writer had sent to PostgreSQL
 * may still be committed there after the first has caught up: then both catch up again. */
static inline uint64_t same_logs(void)
{
    const char *digests[2] = {"", ""};
    uint64_t sizes[2] = {0, 1};
    for (int again = 0; again < 50 && sizes[0] != sizes[1]; again++)
        for (int i = 0; i < 2; i++) {
            catch_up(i);
            sizes[i] = sound_log();
            digests[i] = rows_digest();
        }
    assert_int_equal(sizes[0], sizes[1]);
    assert_string_equal(digests[0], digests[1]);
    return sizes[0];
}

/* --- writers in processes of their own; what they say once log_put() said OK */

struct ack {
    uint64_t n;
    uint8_t digest[32];
};

struct writer {
    struct log *log;
    int to, most;
    bool persists; /* an error is no reason to stop */
    enum rc rc;
};

static inline void *write_facts(void *arg)
{
    struct writer *w = arg;
    for (int put = 0; put < w->most && w->rc == OK;) {
        struct ctx own;
        ctx_init(&own);
        struct log_fact f = make_fact(&own, "note", "{\"text\":\"under load\"}");
        struct leaf leaf;
        enum rc rc = log_put(&own, w->log, &f, &leaf);
        if (rc == OK) {
            struct ack a = {.n = leaf.n};
            memcpy(a.digest, f.digest, sizeof a.digest);
            if (write(w->to, &a, sizeof a) != sizeof a) w->rc = E_IO;
            put++;
        } else if (!w->persists) {
            dprintf(2, "%s\n", own.message);
            w->rc = rc;
        }
        ctx_release(&own);
    }
    return NULL;
}

#define THREADS 8

/* Writes to folder i; exit code 0 when all were acknowledged. */
static inline pid_t start_writers(int i, int to, int most, bool persists)
{
    pid_t pid = fork();
    if (pid) return pid;
    struct writer w[THREADS];
    pthread_t t[THREADS];
    struct log *l = NULL;
    enum rc rc = OK;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    ctx_init(&cx);
    use(i);
    if (log_open(&cx, folder, real_clock, &l) != OK) {
        dprintf(2, "%s\n", cx.message);
        _exit(8);
    }
    for (int k = 0; k < THREADS; k++) {
        w[k] = (struct writer){.log = l, .to = to, .most = most, .persists = persists};
        if (pthread_create(&t[k], NULL, write_facts, &w[k]) != 0) _exit(9);
    }
    for (int k = 0; k < THREADS; k++) {
        pthread_join(t[k], NULL);
        if (w[k].rc != OK) rc = w[k].rc;
    }
    log_close(l);
    _exit(rc == OK ? 0 : 7);
}

static struct ack *acks;
static size_t n_acks, cap_acks;

#define ACK_SECONDS 120 /* longer than a commit waits for its standby */

/* False at the end of what is written, and when nothing comes. */
static inline bool read_ack(int from)
{
    struct ack a;
    struct pollfd ready = {.fd = from, .events = POLLIN};
    if (poll(&ready, 1, ACK_SECONDS * 1000) <= 0) {
        print_error("nothing was acknowledged for %d seconds\n", ACK_SECONDS);
        return false;
    }
    if (read(from, &a, sizeof a) != sizeof a) return false;
    if (n_acks == cap_acks) {
        cap_acks = cap_acks ? 2 * cap_acks : 1024;
        acks = realloc(acks, cap_acks * sizeof *acks);
        assert_non_null(acks);
    }
    acks[n_acks++] = a;
    return true;
}

static inline int by_number(const void *a, const void *b)
{
    const struct ack *x = a, *y = b;
    return x->n < y->n ? -1 : x->n > y->n;
}

/* Each acknowledged fact is there once, under its number. */
static inline void check_acks(void)
{
    struct log_reader *r = open_reader();
    qsort(acks, n_acks, sizeof *acks, by_number);
    for (size_t i = 0; i < n_acks; i++) {
        struct str bytes;
        struct leaf leaf;
        if (log_reader_entry(&cx, r, acks[i].n, &bytes) != OK) failed("acknowledged, and lost: %s", cx.message);
        assert_int_equal(leaf_read(&cx, bytes, &leaf), OK);
        assert_memory_equal(leaf.digest, acks[i].digest, 32);
        if (i) assert_true(acks[i].n > acks[i - 1].n);
    }
    log_reader_close(r);
}

/* How often a round of the long tests is repeated: a tenth of the kills that are asked for (`make soak`), since each
 * takes seconds. */
static inline int rounds(int few)
{
    const char *text = getenv("SINETTI_KILLS");
    int many = text ? atoi(text) / 10 : 0;
    return many > few ? many : few;
}

#endif
