/* The log on PostgreSQL, with two servers on it that write at the same time. */
#include "shared_data.h"

#include "ledger/shared_check.h"

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

/* --- losing: another server adds a fact while a unit runs */

struct loser {
    struct log *other;
    int runs;
    bool held; /* the last run had the log to itself */
};

static enum rc lose_thrice(struct ctx *own, struct log_tx *tx, void *arg)
{
    struct loser *x = arg;
    struct ctx theirs;
    struct log_fact f = make_fact(own, "note", "{\"text\":\"at last\"}");
    if (x->runs++ < 3) {
        ctx_init(&theirs);
        struct log_fact g = make_fact(&theirs, "note", "{\"text\":\"faster\"}");
        if (log_put(&theirs, x->other, &g, NULL) != OK) failed("%s", theirs.message);
        ctx_release(&theirs);
    } else {
        x->held = pg_sql(0, "SELECT FROM sinetti.head FOR UPDATE NOWAIT") != 0;
    }
    return log_append(own, tx, &f, NULL);
}

static void test_ledger_shared__who_loses_gets_its_turn(void **state)
{
    (void)state;
    struct log *a = open_log();
    use(1);
    struct loser x = {.other = open_log()};
    if (log_submit(&cx, a, lose_thrice, &x) != OK) failed("%s", cx.message);
    assert_int_equal(x.runs, 4);
    assert_true(x.held);
    assert_int_equal(pg_sql(0, "SELECT FROM sinetti.head FOR UPDATE NOWAIT"), 0); /* and lets go */
    log_close(a);
    log_close(x.other);
    assert_int_equal(same_logs(), 4);
}

/* --- much */

static void *put_large(void *arg)
{
    struct ctx own;
    char *text = malloc(900001), *payload = NULL;
    ctx_init(&own);
    memset(text, 'x', 900000);
    text[900000] = 0;
    if (asprintf(&payload, "{\"text\":\"%s\"}", text) < 0) failed("memory");
    struct log_fact f = make_fact(&own, "note", payload);
    for (int i = 0; i < 2; i++)
        if (log_put(&own, arg, &f, NULL) != OK) failed("%s", own.message);
    free(payload);
    free(text);
    ctx_release(&own);
    return NULL;
}

/* More than goes into one transaction: some wait for the next. */
static void test_ledger_shared__large_bodies(void **state)
{
    (void)state;
    struct log *l = open_log();
    pthread_t t[24];
    for (int i = 0; i < 24; i++) assert_int_equal(pthread_create(&t[i], NULL, put_large, l), 0);
    for (int i = 0; i < 24; i++) pthread_join(t[i], NULL);
    log_close(l);
    assert_int_equal(same_logs(), 48);
}

/* A new server has much to take over, in several transactions. */
static void test_ledger_shared__far_behind(void **state)
{
    (void)state;
    struct log *l = open_log();
    for (int i = 0; i < 22; i++) {
        struct many m = {1000 * i, 1000 * i + 1000};
        if (log_submit(&cx, l, put_them, &m) != OK) failed("%s", cx.message);
    }
    log_close(l);
    assert_int_equal(same_logs(), 22000);
}

/* --- signed heads, requests, names: what travels beside */

static enum rc put_beside(struct ctx *own, struct log_tx *tx, void *arg)
{
    uint8_t id[32] = {7};
    struct leaf leaf;
    struct log_fact f = make_fact(own, "note", "{\"text\":\"asked with a key\"}");
    (void)arg;
    TRY(log_append(own, tx, &f, &leaf));
    TRY(log_put_request(own, tx, id, leaf.n, 1));
    return log_put_note(own, tx, 1, true, STR("a handover"));
}

static enum rc find_beside(struct ctx *own, struct log_tx *tx, void *arg)
{
    uint8_t id[32] = {7};
    uint64_t n, facts;
    TRY(log_find_request(own, tx, id, arg, &n, &facts));
    return n == 0 && facts == 1 ? OK : fail(own, E_INTERNAL, "n %d, facts %d", (int)n, (int)facts);
}

static void test_ledger_shared__travels_beside(void **state)
{
    (void)state;
    bool found = false;
    struct log *a = open_log();
    assert_int_equal(log_submit(&cx, a, put_beside, NULL), OK);
    use(1);
    struct log *b = open_log();
    assert_int_equal(log_submit(&cx, b, find_beside, &found), OK);
    assert_true(found);
    log_close(a);
    log_close(b);
    catch_up(0);
    const char *first = rows_digest();
    catch_up(1);
    assert_string_equal(first, rows_digest());
}

static enum rc put_and_fail(struct ctx *own, struct log_tx *tx, void *arg)
{
    struct many m = {0, 5};
    uint8_t id[32] = {9};
    (void)arg;
    TRY(put_them(own, tx, &m));
    TRY(log_mark(own, tx));
    TRY(put_them(own, tx, &m));
    TRY(log_put_request(own, tx, id, 3, 1));
    TRY(log_back(own, tx));
    return fail(own, E_DENIED, "no");
}

static enum rc put_half(struct ctx *own, struct log_tx *tx, void *arg)
{
    struct many m = {0, 5};
    uint8_t id[32] = {9};
    (void)arg;
    TRY(log_mark(own, tx));
    TRY(put_them(own, tx, &m));
    TRY(log_put_request(own, tx, id, 3, 1));
    TRY(log_back(own, tx));
    return put_them(own, tx, &m);
}

/* What a unit took back is not there on the other server either. */
static void test_ledger_shared__goes_back(void **state)
{
    (void)state;
    struct log *a = open_log();
    assert_int_equal(log_submit(&cx, a, put_and_fail, NULL), E_DENIED);
    assert_int_equal(log_submit(&cx, a, put_half, NULL), OK);
    assert_int_equal(log_submit(&cx, a, put_and_fail, NULL), E_DENIED);
    put_many(a, 5, 7);
    log_close(a);
    assert_int_equal(same_logs(), 7);
}

/* --- refusals */

static void refuses(const char *url, bool single_node, enum rc rc, const char *text)
{
    struct shared *s = NULL;
    const struct shared_place place = {.url = str_from(url), .single_node = single_node};
    enum rc got = shared_open(&cx, &place, STR(ORIGIN), &s);
    if (got != rc || !strstr(cx.message, text)) failed("%s: %d %s", url, got, cx.message);
    if (strstr(cx.message, "hunter2")) failed("the password is in: %s", cx.message);
    shared_close(s);
}

static void test_ledger_shared__refuses(void **state)
{
    (void)state;
    const char *url = arena_cstr(&cx.arena, str_from(servers_url(1)));
    const char *nowhere = arena_printf(&cx.arena, "postgresql://sinetti@/nowhere?host=%s&port=5400", pg_folder).p;
    const char *nobody = arena_printf(&cx.arena, "postgresql://nobody@/postgres?host=%s&port=5400", pg_folder).p;
    refuses("postgresql://sinetti:hunter2@localhost/postgres", true, E_INVALID, ".pgpass");
    refuses("postgresql://localhost/postgres?password=hunter2", true, E_INVALID, ".pgpass");
    refuses("postgresql://sinetti:hunter2@[::1/postgres", true, E_INVALID, "cannot be read");
    refuses("mysql://localhost", true, E_INVALID, "postgresql://");
    refuses(nobody, true, E_IO, "nobody");
    refuses(nowhere, true, E_IO, "nowhere");
    assert_int_equal(pg_sql(0, "UPDATE sinetti.head SET origin = 'sinetti.example/other'"), 0);
    refuses(url, false, E_CONFLICT, "another");
    assert_int_equal(pg_sql(0, "UPDATE sinetti.head SET origin = 'sinetti.example/acme', format = 2"), 0);
    refuses(url, false, E_DENIED, "newer");
    assert_int_equal(pg_sql(0, "DELETE FROM sinetti.head"), 0);
    refuses(url, false, E_NOTFOUND, "no ledger");
    assert_int_equal(pg_sql(0, "DROP SCHEMA sinetti CASCADE"), 0);
    refuses(url, false, E_NOTFOUND, "no ledger");
    assert_int_equal(pg_sql(0, "CREATE ROLE plain LOGIN"), 0);
    const char *plain = arena_printf(&cx.arena, "postgresql://plain@/postgres?host=%s&port=5400", pg_folder).p;
    refuses(plain, false, E_DENIED, "pg_monitor");
    assert_int_equal(pg_sql(0, "DROP ROLE plain"), 0);
}

static void test_ledger_shared__refuses_without_standby(void **state)
{
    (void)state;
    const char *url = servers_url(1);
    struct log *l = NULL;
    server_stop(1);
    assert_true(pg_wait(0, "NOT EXISTS (SELECT FROM pg_stat_replication)"));
    refuses(url, false, E_DENIED, "not there");
    assert_int_equal(log_open(&cx, folder, test_clock, &l), E_DENIED);
    assert_int_equal(pg_sql(0, "ALTER SYSTEM SET synchronous_standby_names = ''"), 0);
    assert_int_equal(pg_sql(0, "SELECT pg_reload_conf()"), 0);
    assert_true(pg_wait(0, "current_setting('synchronous_standby_names') = ''"));
    refuses(url, false, E_DENIED, "--single-node");
    struct shared *s = NULL;
    const struct shared_place place = {.url = str_from(url), .single_node = true};
    if (shared_open(&cx, &place, STR(ORIGIN), &s) != OK) failed("%s", cx.message);
    shared_close(s);
    assert_int_equal(pg_sql(0, "ALTER SYSTEM RESET synchronous_standby_names"), 0);
    assert_int_equal(pg_sql(0, "SELECT pg_reload_conf()"), 0);
    assert_true(server_start(1));
    assert_true(pg_wait(0, "EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')"));
    log_close(open_log());
}

/* --- what the owner of the database does by SQL */

static struct buf said;

static void hear(void *arg, const char *what)
{
    (void)arg;
    buf_printf(&said, "%s\n", what);
}

static uint64_t check(void)
{
    struct log_reader *r = open_reader();
    struct log_check c = {.found = hear};
    bool is_shared;
    uint64_t size;
    buf_release(&said);
    buf_init(&said, 0);
    if (shared_check(&cx, folder, r, &c, &is_shared, &size) != OK) failed("%s", cx.message);
    assert_true(is_shared);
    log_reader_close(r);
    buf_char(&said, 0);
    return c.problems;
}

static void test_ledger_shared__finds_what_was_done_by_sql(void **state)
{
    (void)state;
    static const char put_back[] = "TRUNCATE sinetti.head, sinetti.entries, sinetti.bodies, sinetti.requests, "
                                   "sinetti.checkpoints;"
                                   "INSERT INTO sinetti.head TABLE saved.head;"
                                   "INSERT INTO sinetti.entries TABLE saved.entries;"
                                   "INSERT INTO sinetti.bodies TABLE saved.bodies;"
                                   "INSERT INTO sinetti.requests TABLE saved.requests;"
                                   "INSERT INTO sinetti.checkpoints TABLE saved.checkpoints;";
    static const struct {
        const char *sql, *text;
        bool refused; /* also by whoever writes next */
    } done[] = {
        {"UPDATE sinetti.entries SET leaf = replace(convert_from(leaf, 'UTF8'), 'note', 'nota')::bytea WHERE n = 3",
         "entry 3: not what this server has seen", false},
        {"DELETE FROM sinetti.entries WHERE n = 5", "entry 5: missing", false},
        {"DELETE FROM sinetti.entries WHERE n = 19", "entry 19: missing", false},
        {"DELETE FROM sinetti.entries WHERE n = 19; DELETE FROM sinetti.bodies WHERE n = 19", "entry 19: missing",
         false},
        {"INSERT INTO sinetti.entries VALUES (20, '{}')", "entry 20: it is not within the log", false},
        {"INSERT INTO sinetti.entries VALUES (-1, '{}')", "entry -1: it is not within the log", false},
        {"INSERT INTO sinetti.bodies VALUES (900, '', '')", "body 900: there is no such fact", false},
        {"UPDATE sinetti.bodies SET body = replace(convert_from(body, 'UTF8'), '\"7\"', '\"8\"')::bytea WHERE n = 7",
         "fact 7: body: not what was recorded", false},
        {"UPDATE sinetti.bodies SET salt = '\\x00' WHERE n = 7", "body 7: its salt is damaged", false},
        {"UPDATE sinetti.bodies SET salt = set_byte(salt, 3, get_byte(salt, 3) # 1) WHERE n = 8", "fact 8: body",
         false},
        {"DELETE FROM sinetti.bodies WHERE n = 9", "body 9: missing, and no erasure says why", false},
        {"UPDATE sinetti.head SET size = 18", "entry 19: it is not within the log", true},
        {"UPDATE sinetti.head SET size = 24", "entries 20 to 23: missing", true},
        {"UPDATE sinetti.head SET size = 21", "head: its size, time and frontier do not fit", true},
        {"DELETE FROM sinetti.entries WHERE n BETWEEN 4 AND 6", "entries 4 to 6: missing", false},
        {"UPDATE sinetti.head SET at = at + 1", "head: its time is not", true},
        {"UPDATE sinetti.head SET frontier = set_byte(frontier, 0, get_byte(frontier, 0) # 1)", "head: its root", true},
        {"DELETE FROM sinetti.requests", "requests: there are 0", false},
        {"UPDATE sinetti.requests SET n = 2", "request of fact 2: not what", false},
        {"INSERT INTO sinetti.requests VALUES (1, '\\x00', 1)", "request of fact 1: not what", false},
        {"UPDATE sinetti.checkpoints SET note = 'nonsense'", "handover 1: ", false},
    };
    struct log *l = open_log();
    assert_int_equal(log_submit(&cx, l, put_beside, NULL), OK);
    put_many(l, 1, 20);
    log_close(l);
    assert_int_equal(pg_sql(0, "DROP SCHEMA IF EXISTS saved CASCADE; CREATE SCHEMA saved;"
                               "CREATE TABLE saved.head AS TABLE sinetti.head;"
                               "CREATE TABLE saved.entries AS TABLE sinetti.entries;"
                               "CREATE TABLE saved.bodies AS TABLE sinetti.bodies;"
                               "CREATE TABLE saved.requests AS TABLE sinetti.requests;"
                               "CREATE TABLE saved.checkpoints AS TABLE sinetti.checkpoints"),
                     0);
    assert_int_equal(check(), 1); /* the handover is none */
    for (size_t i = 0; i < sizeof done / sizeof *done; i++) {
        if (pg_sql(0, arena_printf(&cx.arena, "%s%s", i ? put_back : "", done[i].sql).p)) failed("%s", done[i].sql);
        bool found = check() > 0 && strstr(said.p, done[i].text);
        if (!found) failed("%s: fsck says:\n%s", done[i].sql, said.p);
        if (done[i].refused) {
            l = open_log();
            assert_int_equal(log_submit(&cx, l, nothing, NULL), E_CORRUPT);
            log_close(l);
        }
    }
    assert_int_equal(pg_sql(0, put_back), 0);
    assert_int_equal(check(), 1);
    buf_release(&said);
}

/* A new server believes nothing of what it finds. */
static void test_ledger_shared__follows_nothing_that_is_wrong(void **state)
{
    (void)state;
    static const char *const done[] = {
        "UPDATE sinetti.entries SET leaf = replace(convert_from(leaf, 'UTF8'), 'note', 'nota')::bytea WHERE n = 3",
        "DELETE FROM sinetti.entries WHERE n = 3",
        "DELETE FROM sinetti.entries WHERE n = 19",
        "UPDATE sinetti.bodies SET body = body || body WHERE n = 3",
        "UPDATE sinetti.bodies SET salt = '' WHERE n = 3",
        "UPDATE sinetti.bodies SET body = repeat('x', 3000000)::bytea WHERE n = 3",
        "UPDATE sinetti.head SET size = 1000000",
        "UPDATE sinetti.head SET size = -1",
        "UPDATE sinetti.head SET frontier = frontier || frontier",
        "UPDATE sinetti.entries SET leaf = '' WHERE n = 0",
    };
    struct log *l = open_log();
    put_many(l, 0, 20);
    log_close(l);
    assert_int_equal(pg_sql(0, "DROP SCHEMA IF EXISTS saved CASCADE; CREATE SCHEMA saved;"
                               "CREATE TABLE saved.head AS TABLE sinetti.head;"
                               "CREATE TABLE saved.entries AS TABLE sinetti.entries;"
                               "CREATE TABLE saved.bodies AS TABLE sinetti.bodies"),
                     0);
    use(1);
    l = open_log();
    for (size_t i = 0; i < sizeof done / sizeof *done; i++) {
        assert_int_equal(pg_sql(0, done[i]), 0);
        if (log_submit(&cx, l, nothing, NULL) != E_CORRUPT) failed("%s: taken over", done[i]);
        assert_int_equal(pg_sql(0, "TRUNCATE sinetti.head, sinetti.entries, sinetti.bodies;"
                                   "INSERT INTO sinetti.head TABLE saved.head;"
                                   "INSERT INTO sinetti.entries TABLE saved.entries;"
                                   "INSERT INTO sinetti.bodies TABLE saved.bodies"),
                         0);
    }
    log_close(l);
    assert_int_equal(same_logs(), 20);
}

/* PostgreSQL was put back to a state before what this server has seen. */
static void test_ledger_shared__goes_on_from_no_older_state(void **state)
{
    (void)state;
    struct log *l = open_log();
    put_many(l, 0, 10);
    assert_int_equal(pg_sql(0, "DROP SCHEMA IF EXISTS saved CASCADE; CREATE SCHEMA saved;"
                               "CREATE TABLE saved.head AS TABLE sinetti.head"),
                     0);
    put_many(l, 10, 20);
    assert_int_equal(pg_sql(0, "TRUNCATE sinetti.head; INSERT INTO sinetti.head TABLE saved.head;"
                               "DELETE FROM sinetti.entries WHERE n >= 10; DELETE FROM sinetti.bodies WHERE n >= 10"),
                     0);
    struct log_fact f = make_fact(&cx, "note", "{}");
    assert_int_equal(log_put(&cx, l, &f, NULL), E_CORRUPT);
    assert_non_null(strstr(cx.message, "older state"));
    log_close(l);
}

int main(void)
{
    if (!servers_can_run()) return 77;
#define CASE(name) cmocka_unit_test_setup_teardown(test_ledger_shared__##name, shared_setup, shared_teardown)
    const struct CMUnitTest tests[] = {
        CASE(two_servers),
        CASE(at_once),
        CASE(decisions_at_once),
        CASE(who_loses_gets_its_turn),
        CASE(large_bodies),
        CASE(far_behind),
        CASE(travels_beside),
        CASE(goes_back),
        CASE(refuses),
        CASE(refuses_without_standby),
        CASE(finds_what_was_done_by_sql),
        CASE(follows_nothing_that_is_wrong),
        CASE(goes_on_from_no_older_state),
    };
    int failures = cmocka_run_group_tests(tests, shared_group_setup, shared_group_teardown);
    free(acks);
    return failures;
}
