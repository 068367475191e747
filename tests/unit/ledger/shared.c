/* The log on PostgreSQL, with two servers on it that write at the same time. */
#include "shared_data.h"

static void test_ledger_shared__two_servers(void **state)
{
    (void)state;
    struct log *a = open_log();
    assert_int_equal(put(a, "note", "{\"text\":\"a\"}").n, 0);
    use(1);
    struct log *b = open_log();
    assert_int_equal(put(b, "note", "{\"text\":\"b\"}").n, 1);
    assert_int_equal(put(a, "note", "{\"text\":\"c\"}").n, 2);
    put_many(a, 0, 300);
    put_many(b, 300, 600);
    log_close(a);
    log_close(b);
    assert_int_equal(same_logs(), 603);
}

static void test_ledger_shared__at_once(void **state)
{
    (void)state;
    int ends[2], status;
    pid_t children[4];
    n_acks = 0;
    assert_int_equal(pipe(ends), 0);
    for (int p = 0; p < 4; p++) children[p] = start_writers(p % 2, ends[1], 40, false);
    close(ends[1]);
    while (read_ack(ends[0])) continue;
    close(ends[0]);
    for (int p = 0; p < 4; p++) {
        assert_int_equal(waitpid(children[p], &status, 0), children[p]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(n_acks, 4 * THREADS * 40);
    assert_int_equal(same_logs(), n_acks);
    check_acks();
}

/* --- decisions */

#define SEATS 60

/* Takes a seat that nobody has, by the tables as they are. */
static enum rc take_seat(struct ctx *own, struct log_tx *tx, void *arg)
{
    int64_t taken;
    struct leaf leaf;
    struct str text = arena_printf(&own->arena, "{\"text\":\"seat %d\"}", *(int *)arg);
    struct log_fact f = make_fact(own, "note", text.p);
    TRY(store_get_int(
        own, log_db(tx),
        arena_printf(&own->arena, "SELECT count(*) FROM bodies WHERE instr(body, 'seat %d\"')", *(int *)arg).p,
        &taken));
    if (taken) return fail(own, E_CONFLICT, "taken");
    return log_append(own, tx, &f, &leaf);
}

static void test_ledger_shared__decisions_at_once(void **state)
{
    (void)state;
    int ends[2];
    pid_t children[2];
    assert_int_equal(pipe(ends), 0);
    for (int p = 0; p < 2; p++) {
        children[p] = fork();
        if (children[p]) continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        use(p);
        struct log *l = open_log();
        for (int i = 0; i < SEATS; i++) {
            enum rc rc = log_submit(&cx, l, take_seat, &i);
            if (rc != OK && rc != E_CONFLICT) _exit(1);
            if (write(ends[1], rc == OK ? "+" : "-", 1) != 1) _exit(2);
        }
        log_close(l);
        _exit(0);
    }
    close(ends[1]);
    char answer;
    int taken = 0, refused = 0, status;
    while (read(ends[0], &answer, 1) == 1) answer == '+' ? taken++ : refused++;
    close(ends[0]);
    for (int p = 0; p < 2; p++) {
        waitpid(children[p], &status, 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(taken, SEATS);
    assert_int_equal(refused, SEATS);
    assert_int_equal(same_logs(), SEATS);
}

int main(void)
{
    if (!servers_can_run()) return 77;
#define CASE(name) cmocka_unit_test_setup_teardown(test_ledger_shared__##name, shared_setup, shared_teardown)
    const struct CMUnitTest tests[] = {
        CASE(two_servers),
        CASE(at_once),
        CASE(decisions_at_once),
    };
    int failures = cmocka_run_group_tests(tests, shared_group_setup, shared_group_teardown);
    free(acks);
    return failures;
}
