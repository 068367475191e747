/* The log on PostgreSQL when something dies: writers, PostgreSQL, the answer to a commit, the primary for good. What
 * was acknowledged is there once, on all servers. */
#include "shared_data.h"

#include <pthread.h>

static void end(pid_t *children, int n)
{
    for (int p = 0; p < n; p++) kill(children[p], SIGKILL);
    for (int p = 0; p < n; p++) waitpid(children[p], NULL, 0);
}

/* Both folders have all that was acknowledged. */
static void check_both(void)
{
    assert_true(same_logs() >= n_acks);
    for (int i = 0; i < 2; i++) {
        use(i);
        check_acks();
    }
}

static void test_ledger_shared_crash__writers_killed(void **state)
{
    (void)state;
    unsigned seed = 1;
    n_acks = 0;
    for (int round = 0; round < rounds(15); round++) {
        int ends[2];
        pid_t children[4];
        assert_int_equal(pipe(ends), 0);
        for (int p = 0; p < 4; p++) children[p] = start_writers(p % 2, ends[1], 1000000, false);
        close(ends[1]);
        assert_true(read_ack(ends[0])); /* they are at it */
        pause_ms((int)(rand_r(&seed) % 60));
        end(children, 4);
        while (read_ack(ends[0])) continue;
        close(ends[0]);
        check_both();
    }
}

/* --- between the two commits */

static int die(void *arg)
{
    (void)arg;
    raise(SIGKILL);
    return 1;
}

static enum rc put_then_die(struct ctx *own, struct log_tx *tx, void *arg)
{
    struct many m = {0, 3};
    uint8_t id[32] = {1};
    (void)arg;
    sqlite3_commit_hook(log_db(tx), die, NULL);
    TRY(put_them(own, tx, &m));
    return log_put_request(own, tx, id, log_size(tx) - 3, 3);
}

static enum rc find_request(struct ctx *own, struct log_tx *tx, void *arg)
{
    uint8_t id[32] = {1};
    uint64_t n, facts;
    return log_find_request(own, tx, id, arg, &n, &facts);
}

static void test_ledger_shared_crash__between_the_commits(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    if (!child) {
        struct log *l = open_log();
        _exit(log_submit(&cx, l, put_then_die, NULL) == OK ? 1 : 2);
    }
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(sound_log(), 0); /* here it is not */
    bool found = false;
    struct log *l = open_log();
    assert_int_equal(log_submit(&cx, l, find_request, &found), OK);
    assert_true(found); /* so whoever asks again is answered, and adds nothing */
    log_close(l);
    assert_int_equal(same_logs(), 3);
}

/* The copy here cannot be written: what PostgreSQL has acknowledged is acknowledged. */
static int refuse(void *arg)
{
    (void)arg;
    return 1;
}

static enum rc put_and_refuse(struct ctx *own, struct log_tx *tx, void *arg)
{
    struct many m = {0, 3};
    sqlite3_commit_hook(log_db(tx), arg ? refuse : NULL, NULL);
    return put_them(own, tx, &m);
}

static void test_ledger_shared_crash__copy_cannot_be_written(void **state)
{
    (void)state;
    int one = 1;
    struct log *l = open_log();
    assert_int_equal(log_submit(&cx, l, put_and_refuse, &one), OK);
    assert_int_equal(sound_log(), 0);
    assert_int_equal(log_submit(&cx, l, put_and_refuse, NULL), OK);
    log_close(l);
    assert_int_equal(sound_log(), 6);
    assert_int_equal(same_logs(), 6);
}

/* --- an answer that is lost: the connection is ended while the commit waits for the standby */

struct late {
    struct log *log;
    enum rc rc;
    atomic_bool done;
};

static void *put_one(void *arg)
{
    struct late *late = arg;
    struct ctx own;
    struct leaf leaf;
    ctx_init(&own);
    struct log_fact f = make_fact(&own, "note", "{\"text\":\"answered late\"}");
    late->rc = log_put(&own, late->log, &f, &leaf);
    if (late->rc != OK) print_error("%s\n", own.message);
    atomic_store(&late->done, true);
    ctx_release(&own);
    return NULL;
}

static void lose_answer(const char *how)
{
    struct late late = {.rc = E_INTERNAL, .log = open_log()};
    pthread_t t;
    uint64_t before = sound_log();
    server_signal(1, SIGSTOP);
    assert_int_equal(pthread_create(&t, NULL, put_one, &late), 0);
    assert_true(pg_wait(0, "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')"));
    assert_int_equal(pg_sql(0, how), 0);
    pause_ms(500);
    assert_false(atomic_load(&late.done)); /* it is committed, and not at the standby */
    server_signal(1, SIGCONT);
    pthread_join(t, NULL);
    assert_int_equal(late.rc, OK);
    log_close(late.log);
    assert_int_equal(same_logs(), before + 1);
}

static void test_ledger_shared_crash__answers_lost(void **state)
{
    (void)state;
    lose_answer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    use(0);
    lose_answer("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
}

/* The standby is away for longer than anybody waits: it is said that it is not known, and it is there once. */
static void test_ledger_shared_crash__standby_stays_away(void **state)
{
    (void)state;
    if (!getenv("SINETTI_KILLS")) skip(); /* it takes a minute */
    struct log *l = open_log();
    struct log_fact f = make_fact(&cx, "note", "{\"text\":\"not known\"}");
    server_signal(1, SIGSTOP);
    int64_t before = real_clock();
    assert_int_equal(log_put(&cx, l, &f, NULL), E_IO);
    assert_true(real_clock() - before < 100 * INT64_C(1000000));
    assert_non_null(strstr(cx.message, "not known"));
    server_signal(1, SIGCONT);
    put(l, "note", "{\"text\":\"goes on\"}");
    log_close(l);
    assert_int_equal(same_logs(), 2);
}

/* --- PostgreSQL */

static void test_ledger_shared_crash__postgresql_killed(void **state)
{
    (void)state;
    int ends[2];
    pid_t children[2];
    n_acks = 0;
    assert_int_equal(pipe(ends), 0);
    for (int p = 0; p < 2; p++) children[p] = start_writers(p, ends[1], 1000000, true);
    close(ends[1]);
    for (int round = 0; round < rounds(2); round++) {
        for (int i = 0; i < 200; i++) assert_true(read_ack(ends[0]));
        server_kill(0);
        assert_true(server_start(0));
    }
    for (int i = 0; i < 200; i++) assert_true(read_ack(ends[0])); /* it went on, without anybody's help */
    end(children, 2);
    while (read_ack(ends[0])) continue;
    close(ends[0]);
    check_both();
}

/* The primary is lost for good; its standby takes its place, and gets a standby of its own. */
static void test_ledger_shared_crash__failover(void **state)
{
    (void)state;
    int ends[2];
    pid_t children[2];
    struct log *l = NULL;
    n_acks = 0;
    assert_int_equal(pipe(ends), 0);
    for (int p = 0; p < 2; p++) children[p] = start_writers(p, ends[1], 1000000, true);
    close(ends[1]);
    for (int i = 0; i < 500; i++) assert_true(read_ack(ends[0]));
    server_kill(0);
    assert_int_equal(pg_sql(1, "SELECT pg_promote()"), 0);
    assert_true(pg_wait(1, "NOT pg_is_in_recovery()"));
    use(0);
    assert_int_equal(log_open(&cx, folder, real_clock, &l), E_DENIED); /* it is alone now */
    assert_non_null(strstr(cx.message, "standby"));
    assert_true(server_follow(2, 1));
    size_t before = n_acks;
    while (n_acks < before + 2000) assert_true(read_ack(ends[0])); /* more than the pipe may still have held */
    end(children, 2);
    while (read_ack(ends[0])) continue;
    close(ends[0]);
    check_both();
}

int main(void)
{
    if (!servers_can_run()) return 77;
#define CASE(name) cmocka_unit_test_setup_teardown(test_ledger_shared_crash__##name, shared_setup, shared_teardown)
    const struct CMUnitTest tests[] = {
        CASE(writers_killed), CASE(between_the_commits), CASE(copy_cannot_be_written),
        CASE(answers_lost),   CASE(standby_stays_away),  CASE(postgresql_killed),
        CASE(failover), /* the last: then server 1 is the primary */
    };
    int failures = cmocka_run_group_tests(tests, shared_group_setup, shared_group_teardown);
    free(acks);
    return failures;
}
