/* rules/query: a rule under watch; rules/rows: its rows as somebody reads them. */
#include "rules/query.h" /* before cmocka, whose fail is a macro */
#include "base/limits.h"
#include "rules/rules.h"

#include "unit.h"

extern const char observe_schema_sql[];

#define NUMBERS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "

static struct ctx cx;
static sqlite3 *db;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return store_open_memory(&cx, observe_schema_sql, &db) != OK || rules_ask_all(&cx, db) != OK;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ctx_release(&cx);
    return 0;
}

/* Afterwards the database is as before: trusted, without a watch, with its old limit of lengths. */
static void assert_put_back(void)
{
    assert_int_equal(store_exec(&cx, db, "CREATE TEMP TABLE mine(x); DROP TABLE mine"), OK);
    int64_t n;
    assert_int_equal(store_get_int(&cx, db, "SELECT length(zeroblob(3000000))", &n), OK);
    assert_int_equal(n, 3000000);
}

static void test_rules_query__parameters(void **state)
{
    (void)state;
    struct query q;
    bool row;
    assert_int_equal(query_open(&cx, db, STR("SELECT :now AS now, :since, subject FROM asked"), 11, 7, &q), OK);
    assert_int_equal(query_next(&cx, &q, &row), OK);
    assert_true(row);
    assert_int_equal(sqlite3_column_int64(q.st, 0), 11);
    assert_int_equal(sqlite3_column_int64(q.st, 1), 7);
    assert_true(str_eq(store_column_str(q.st, 2), STR("repo:self")));
    assert_int_equal(query_column(&q, "now"), 0);
    assert_int_equal(query_column(&q, "subject"), 2);
    assert_int_equal(query_column(&q, "Now"), -1);
    assert_int_equal(query_next(&cx, &q, &row), OK);
    assert_false(row);
    query_close(&q);
    assert_int_equal(query_open(&cx, db, STR("SELECT 1"), 11, 7, &q), OK); /* without them */
    query_close(&q);
    assert_put_back();
}

static void test_rules_query__only_reads(void **state)
{
    (void)state;
    static const char *const texts[] = {"DELETE FROM d_file", "SELECT random()", "SELECT 1; SELECT 2", "SELEC",
                                        "PRAGMA user_version"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct query q;
        assert_int_equal(query_open(&cx, db, str_from(texts[i]), 0, 0, &q), E_INVALID);
        query_close(&q);
    }
    assert_put_back();
}

static enum rc run_out(struct query *q)
{
    enum rc rc = OK;
    for (bool row = true; rc == OK && row;) rc = query_next(&cx, q, &row);
    return rc;
}

static void test_rules_query__limits(void **state)
{
    (void)state;
    static const char endless[] = NUMBERS "SELECT max(i) FROM n",
                      gathering[] = NUMBERS "SELECT i, zeroblob(100000) FROM n ORDER BY -i",
                      long_value[] = "SELECT zeroblob(1048577)", longest[] = "SELECT zeroblob(1048576 - 100)";
    struct query q;
    /* steps: few enough to wait for */
    assert_int_equal(query_open(&cx, db, str_from(endless), 0, 0, &q), OK);
    assert_int_equal(q.most_steps, LIMIT_RULE_STEPS / 20000);
    q.most_steps = 50;
    assert_int_equal(run_out(&q), E_LIMIT);
    assert_true(q.stopped);
    assert_int_equal(q.steps, 51);
    query_close(&q);
    /* time */
    assert_int_equal(query_open(&cx, db, str_from(endless), 0, 0, &q), OK);
    q.deadline = 0;
    assert_int_equal(run_out(&q), E_LIMIT);
    assert_true(q.stopped && q.steps <= 16);
    query_close(&q);
    /* memory */
    assert_int_equal(query_open(&cx, db, str_from(gathering), 0, 0, &q), OK);
    assert_int_equal(q.most_memory, LIMIT_RULE_MEMORY);
    q.most_memory = 4 << 20;
    assert_int_equal(run_out(&q), E_LIMIT);
    assert_true(q.stopped && q.steps < 1000);
    query_close(&q);
    /* one value */
    assert_int_equal(query_open(&cx, db, str_from(long_value), 0, 0, &q), OK);
    assert_int_equal(run_out(&q), E_LIMIT);
    assert_true(q.stopped);
    query_close(&q);
    assert_int_equal(query_open(&cx, db, str_from(longest), 0, 0, &q), OK);
    assert_int_equal(run_out(&q), OK);
    assert_false(q.stopped);
    query_close(&q);
    assert_put_back();
}

static struct buf seen;

static enum rc see(void *arg, const struct rule_row *r)
{
    assert_null(arg);
    buf_printf(&seen, "%d " STR_FMT ":", r->ok, STR_ARG(r->subject));
    for (size_t i = 0; i < r->n; i++)
        buf_printf(&seen, " " STR_FMT "=" STR_FMT, STR_ARG(r->names[i]), STR_ARG(r->values[i]));
    buf_char(&seen, '\n');
    return OK;
}

static enum rc rows_of(const char *sql)
{
    struct rules_options o = {.now = 1795514400, .since = 0};
    buf_release(&seen);
    buf_init(&seen, 0);
    return rules_rows(&cx, db, str_from(sql), &o, see, NULL);
}

static void test_rules_rows__values(void **state)
{
    (void)state;
    assert_int_equal(
        rows_of("SELECT 's1' AS subject, 1 AS ok, :now AS at, NULL AS due, 'x' || char(27) AS what, 3 AS n,"
                " 0 AS changed_at UNION ALL SELECT 's2', 0, 'text', 5, '', NULL, NULL"
                " UNION ALL SELECT 's3', NULL, NULL, NULL, x'ff', 1.5, NULL"),
        OK);
    assert_string_equal(
        seen.p, "1 s1: subject=s1 ok=1 at=2026-11-24T10:00:00Z due=– what=x\\x1b n=3 changed_at=1970-01-01T00:00:00Z\n"
                "0 s2: subject=s2 ok=0 at=text due=1970-01-01T00:00:05Z what= n=– changed_at=–\n"
                "-1 s3: subject=s3 ok=– at=– due=– what=\\xff n=1.5 changed_at=–\n");
    buf_release(&seen);
    assert_put_back();
}

static enum rc stop(void *arg, const struct rule_row *r)
{
    (void)r;
    return ++*(int *)arg == 2 ? E_BUSY : OK;
}

static void test_rules_rows__refuses(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        enum rc rc;
        const char *says;
    } cases[] = {
        {"SELECT 's' AS subject, 1 AS fine", E_INVALID, "no column subject or ok"},
        {"SELECT 1 AS ok", E_INVALID, "no column subject or ok"},
        {"SELECT 's' AS subject, 2 AS ok", E_INVALID, "ok is not 1, 0 or NULL"},
        {"SELECT 's' AS subject, '1' AS ok", E_INVALID, "ok is not 1, 0 or NULL"},
        {"SELECT 's' AS subject, 1.0 AS ok", E_INVALID, "ok is not 1, 0 or NULL"},
        {"SELECT '' AS subject, 1 AS ok", E_INVALID, "without subject"},
        {"SELECT NULL AS subject, 1 AS ok", E_INVALID, "without subject"},
        {"SELECT subject, 1 AS ok FROM nowhere", E_INVALID, "nowhere"},
        {"SELECT 's' AS subject, zeroblob(2000000) AS ok", E_LIMIT, "stopped"},
        {"DELETE FROM asked", E_INVALID, "not authorized"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (rows_of(cases[i].sql) != cases[i].rc || !strstr(cx.message, cases[i].says))
            fail_msg("%s: %s", cases[i].sql, cx.message);
    buf_release(&seen);
    int calls = 0;
    struct rules_options o = {0};
    assert_int_equal(rules_rows(&cx, db, STR(NUMBERS "SELECT 's' AS subject, 1 AS ok FROM n"), &o, stop, &calls),
                     E_BUSY);
    assert_int_equal(calls, 2);
    assert_put_back();
}

#define QUERY_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUERY_TEST(test_rules_query__parameters), QUERY_TEST(test_rules_query__only_reads),
        QUERY_TEST(test_rules_query__limits),     QUERY_TEST(test_rules_rows__values),
        QUERY_TEST(test_rules_rows__refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
