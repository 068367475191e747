/* store: settings, statements one at a time, and what SQL from elsewhere may do. */
#include "store/store.h" /* before cmocka, whose fail is a macro */

#include <stdlib.h>

#include "unit.h"

static struct ctx cx;
static sqlite3 *db;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return store_open_memory(&cx,
                             "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT) STRICT;"
                             "INSERT INTO t VALUES (1, 'one'), (2, NULL);"
                             "CREATE INDEX by_b ON t(b);"
                             "CREATE VIEW v AS SELECT a, b FROM t WHERE b IS NOT NULL;",
                             &db) != OK;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ctx_release(&cx);
    return 0;
}

static enum rc runs(struct str sql)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(&cx, db, sql, &st));
    for (bool row = true; row;) TRY(store_step(&cx, st, &row));
    return OK;
}

/* It says so in words that tell what to do. */
static void test_store_store__full(void **state)
{
    (void)state;
    assert_int_equal(runs(STR("PRAGMA max_page_count = 1")), OK);
    enum rc rc = OK;
    for (int i = 0; rc == OK && i < 1000; i++) rc = runs(STR("INSERT INTO t(b) VALUES (hex(zeroblob(4000)))"));
    assert_int_equal(rc, E_IO);
    assert_non_null(strstr(cx.message, "the disk is full: make room"));
    assert_int_equal(runs(STR("PRAGMA max_page_count = 1073741823")), OK);
    assert_int_equal(runs(STR("DELETE FROM t WHERE a > 2")), OK);
}

static void test_store_store__identifier(void **state)
{
    (void)state;
    struct str out;
    char longest[130];
    assert_int_equal(store_identifier(&cx, STR("p_note_2"), &out), OK);
    assert_true(str_eq(out, STR("\"p_note_2\"")));
    static const char *const bad[] = {"", "a b", "a\"b", "a;b", "A", "\xc3\xa4", "a.b", "a-b", "a\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(store_identifier(&cx, str_from(bad[i]), &out), E_INVALID);
    assert_int_equal(store_identifier(&cx, STR_NONE, &out), E_INVALID);
    memset(longest, 'a', sizeof longest);
    assert_int_equal(store_identifier(&cx, (struct str){longest, 128}, &out), OK);
    assert_int_equal(store_identifier(&cx, (struct str){longest, 129}, &out), E_INVALID);
}

static void test_store_store__open(void **state)
{
    (void)state;
    sqlite3 *other = db;
    assert_int_equal(store_open_memory(&cx, "CREATE TABLE broken(", &other), E_INVALID);
    assert_null(other);
    assert_int_equal(store_open_memory(&cx, NULL, &other), OK);
    int64_t n = -1;
    assert_int_equal(store_get_int(&cx, other, "SELECT count(*) FROM sqlite_master", &n), OK);
    assert_int_equal(n, 0);
    assert_int_equal(store_get_int(&cx, other, "SELECT 1 WHERE 0", &n), E_CORRUPT);
    store_close(other);
    store_close(NULL);
}

/* Each setting by what it changes. */
static void test_store_store__settings(void **state)
{
    (void)state;
    int64_t n;
    assert_int_equal(runs(STR("SELECT \"no such column, so a text\" FROM t")), E_INVALID);
    assert_int_equal(runs(STR("CREATE INDEX i ON t(\"nothing\")")), E_INVALID);
    assert_int_equal(store_get_int(&cx, db, "SELECT 'A' LIKE 'a'", &n), OK);
    assert_int_equal(n, 0);
    assert_int_equal(store_get_int(&cx, db, "PRAGMA trusted_schema", &n), OK);
    assert_int_equal(n, 0);
    assert_int_equal(store_get_int(&cx, db, "PRAGMA temp_store", &n), OK);
    assert_int_equal(n, 2);
    assert_int_not_equal(runs(STR("ATTACH ':memory:' AS other")), OK);
    assert_int_not_equal(runs(STR("SELECT load_extension('x')")), OK);
    assert_int_equal(store_exec(&cx, db, "PRAGMA writable_schema=1"), OK); /* says nothing and does nothing */
    assert_int_not_equal(runs(STR("DELETE FROM sqlite_master")), OK);
    assert_int_equal(
        store_exec(&cx, db,
                   "CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM t; END; INSERT INTO t VALUES (9, 'x')"),
        OK);
    assert_int_equal(store_get_int(&cx, db, "SELECT count(*) FROM t", &n), OK);
    assert_int_equal(n, 3); /* triggers are off */
}

static void test_store_store__prepare_takes_one_statement(void **state)
{
    (void)state;
    static const char *const fine[] = {"SELECT 1", "SELECT 1;", "SELECT 1; \n\t", "  SELECT 1", "-- why\nSELECT 1"};
    static const char *const bad[] = {"",
                                      "   ",
                                      "-- nothing but a comment",
                                      "SELECT 1; SELECT 2",
                                      "SELECT 1;;",
                                      "SELECT 1; -- and then",
                                      "SELECT",
                                      "SELECT 1 FROM nowhere"};
    sqlite3_stmt *st;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        if (store_prepare(&cx, db, str_from(fine[i]), &st) != OK) fail_msg("\"%s\": %s", fine[i], cx.message);
        store_finalize(&st);
        assert_null(st);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (store_prepare(&cx, db, str_from(bad[i]), &st) != E_INVALID) fail_msg("\"%s\" is taken", bad[i]);
        assert_null(st);
    }
    assert_non_null(strstr(cx.message, "nowhere"));
    assert_int_equal(store_prepare(&cx, db, STR("SELECT 1\0; DELETE FROM t"), &st), E_INVALID);
    assert_int_equal(store_prepare(&cx, db, str_slice(STR("SELECT 1 FROM t"), 0, 8), &st), OK); /* not read further */
    store_finalize(&st);
    size_t much = 1000001;
    char *blanks = malloc(much);
    assert_non_null(blanks);
    memset(blanks, ' ', much);
    memcpy(blanks, "SELECT 1", 8);
    assert_int_equal(store_prepare(&cx, db, (struct str){blanks, much}, &st), E_LIMIT);
    assert_int_equal(store_prepare(&cx, db, (struct str){blanks, much - 1}, &st), OK);
    store_finalize(&st);
    free(blanks);
}

static void test_store_store__values_come_back(void **state)
{
    (void)state;
    scoped_stmt *st = NULL;
    bool row;
    assert_int_equal(store_prepare(&cx, db, STR("SELECT ?1, ?2, ?3, ?4, ?5, ?6, typeof(?4), typeof(?5)"), &st), OK);
    store_bind_str(st, 1, STR("a\0b"));
    store_bind_str(st, 2, STR_NONE);
    store_bind_str(st, 3, STR(""));
    store_bind_int(st, 4, INT64_MIN);
    store_bind_blob(st, 5, "\0\xff", 2);
    store_bind_blob(st, 6, NULL, 0);
    assert_int_equal(store_step(&cx, st, &row), OK);
    assert_true(row);
    assert_true(str_eq(store_column_str(st, 0), STR("a\0b")));
    assert_null(store_column_str(st, 1).p);
    assert_non_null(store_column_str(st, 2).p);
    assert_int_equal(store_column_str(st, 2).n, 0);
    assert_int_equal(sqlite3_column_int64(st, 3), INT64_MIN);
    assert_true(str_eq(store_column_blob(st, 4), STR("\0\xff")));
    assert_non_null(store_column_blob(st, 5).p);
    assert_int_equal(store_column_blob(st, 5).n, 0);
    assert_null(store_column_blob(st, 1).p);
    assert_true(str_eq(store_column_str(st, 6), STR("integer")));
    assert_true(str_eq(store_column_str(st, 7), STR("blob")));
    assert_int_equal(store_step(&cx, st, &row), OK);
    assert_false(row);
    /* run forgets what was bound */
    assert_int_equal(store_run(&cx, st), OK);
    assert_int_equal(store_step(&cx, st, &row), OK);
    assert_null(store_column_str(st, 0).p);
    sqlite3_reset(st);
    store_bind_int(st, 4, 5);
    store_bind_null(st, 4);
    assert_int_equal(store_step(&cx, st, &row), OK);
    assert_int_equal(sqlite3_column_type(st, 3), SQLITE_NULL);
}

static void test_store_store__errors_have_their_kind(void **state)
{
    (void)state;
    assert_int_equal(runs(STR("INSERT INTO t VALUES (1, 'again')")), E_CONFLICT);
    assert_non_null(strstr(cx.message, "UNIQUE"));
    assert_int_equal(runs(STR("INSERT INTO t VALUES (3, 'three')")), OK); /* the statement before is no hindrance */
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1000);
    assert_int_equal(runs(STR("SELECT zeroblob(2000)")), E_LIMIT);
    assert_int_equal(store_exec(&cx, db, "DROP TABLE nowhere"), E_INVALID);
    assert_int_equal(store_exec(&cx, db, "CREATE TABLE t(a)"), E_INVALID);
    assert_true(store_exec(&cx, db, "SELECT '\x1b[2J' FROM \"\x1b[2J\"") == E_INVALID);
    assert_null(strchr(cx.message, '\x1b')); /* what SQLite repeats can be shown */
}

static const char *const reading[] = {
    "SELECT a, b FROM t",
    "SELECT a FROM v",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT max(i) FROM n",
    "SELECT upper(b), length(b), a + 1, CASE WHEN a THEN 1 END FROM t GROUP BY b HAVING count(*) > 0 ORDER BY 1 LIMIT "
    "3",
    "SELECT row_number() OVER (ORDER BY a) FROM t",
    "SELECT json_extract('{\"a\": 1}', '$.a'), strftime('%Y', 0, 'unixepoch'), instr('ab', 'b')",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM t) UNION SELECT 2 EXCEPT SELECT 3",
    "SELECT b LIKE 'o%', b GLOB 'o*' FROM t",
    "EXPLAIN QUERY PLAN SELECT a FROM t",
};

static const char *const forbidden[] = {
    "INSERT INTO t VALUES (3, 'x')",
    "REPLACE INTO t VALUES (1, 'x')",
    "UPDATE t SET b = 'x'",
    "DELETE FROM t",
    "WITH x AS (SELECT 1) DELETE FROM t",
    "INSERT INTO t VALUES (3, 'x') RETURNING a",
    "CREATE TABLE other(a)",
    "CREATE TEMP TABLE other(a)",
    "CREATE TABLE other AS SELECT * FROM t",
    "CREATE INDEX i ON t(b)",
    "CREATE TEMP VIEW w AS SELECT 1",
    "CREATE VIEW w AS SELECT 1",
    "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE f USING fts5(x)",
    "CREATE VIRTUAL TABLE f USING rtree(a, b, c)",
    "DROP TABLE t",
    "DROP VIEW v",
    "ALTER TABLE t RENAME TO u",
    "ALTER TABLE t ADD COLUMN c TEXT",
    "ATTACH ':memory:' AS other",
    "ATTACH '/tmp/sinetti-not-made' AS other",
    "DETACH temp",
    "PRAGMA user_version",
    "PRAGMA user_version = 3",
    "PRAGMA temp_store_directory = '/tmp'",
    "PRAGMA writable_schema = 1",
    "SELECT * FROM pragma_table_info('t')",
    "SELECT * FROM pragma_user_version",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s",
    "RELEASE s",
    "VACUUM",
    "VACUUM INTO '/tmp/sinetti-not-made'",
    "REINDEX t",
    "ANALYZE",
    "SELECT random()",
    "SELECT RANDOM() FROM t",
    "SELECT a FROM t ORDER BY random()",
    "SELECT hex(randomblob(4))",
    "SELECT load_extension('/tmp/x.so')",
    "SELECT sqlite_version()",
    "SELECT sqlite_source_id()",
    "SELECT changes()",
    "SELECT total_changes()",
    "SELECT last_insert_rowid()",
    "SELECT CURRENT_TIMESTAMP",
    "SELECT CURRENT_DATE",
    "SELECT CURRENT_TIME",
    "SELECT sqlite_compileoption_used('THREADSAFE')",
    "SELECT value FROM json_each('[1, 2]')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('/tmp/sinetti-not-made', 'x')",
};

/* What tells the time elsewhere. */
static const char *const clocks[] = {
    "SELECT CURRENT_TIMESTAMP",
    "SELECT CURRENT_DATE",
    "SELECT CURRENT_TIME",
    "SELECT datetime('now')",
    "SELECT date()",
    "SELECT time('now')",
    "SELECT julianday('NOW')",
    "SELECT unixepoch('n' || 'ow')",
    "SELECT strftime('%s', 'now')",
    "SELECT strftime('%s')",
    "SELECT date(b) FROM t WHERE a = 3",
};

static void test_store_store__distrust_lets_read(void **state)
{
    (void)state;
    store_distrust(db);
    for (size_t i = 0; i < sizeof reading / sizeof *reading; i++)
        if (runs(str_from(reading[i])) != OK) fail_msg("%s: %s", reading[i], cx.message);
}

static void test_store_store__distrust_refuses_the_rest(void **state)
{
    (void)state;
    store_distrust(db);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        cx.message[0] = '\0';
        if (runs(str_from(forbidden[i])) == OK) fail_msg("allowed: %s", forbidden[i]);
        /* by the authorizer, not by chance; the command line tool's functions are not there at all */
        if (!strstr(cx.message, "not authorized") && !strstr(cx.message, "authorization denied") &&
            !strstr(cx.message, "vtable constructor failed") && !strstr(cx.message, "no such function"))
            fail_msg("%s: %s", forbidden[i], cx.message);
    }
    store_trust(db);
    int64_t n;
    assert_int_equal(store_get_int(&cx, db, "SELECT count(*) FROM t WHERE a IN (1, 2)", &n), OK);
    assert_int_equal(n, 2);
    assert_int_equal(store_get_int(&cx, db, "SELECT count(*) FROM sqlite_master", &n), OK);
    assert_int_equal(n, 3);
    assert_int_equal(runs(STR("INSERT INTO t VALUES (3, 'x')")), OK); /* trusted again */
}

/* Rules get :now; there is no way to the machine's clock, whoever asks. */
static void test_store_store__has_no_clock(void **state)
{
    (void)state;
    assert_int_equal(store_exec(&cx, db, "INSERT INTO t VALUES (3, 'now')"), OK);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        scoped_stmt *st = NULL;
        bool row;
        assert_int_equal(store_prepare(&cx, db, str_from(clocks[i]), &st), OK);
        assert_int_equal(store_step(&cx, st, &row), OK);
        if (!row || sqlite3_column_type(st, 0) != SQLITE_NULL) fail_msg("tells the time: %s", clocks[i]);
    }
    int64_t n;
    assert_int_equal(store_get_int(&cx, db, "SELECT unixepoch('2026-11-24T10:00:00Z')", &n), OK);
    assert_int_equal(n, 1795514400);
}

/* Prepared before, run under distrust: what it may do was decided when it was prepared. */
static void test_store_store__distrust_is_for_what_is_prepared_after(void **state)
{
    (void)state;
    scoped_stmt *st = NULL;
    assert_int_equal(store_prepare(&cx, db, STR("INSERT INTO t VALUES (4, 'x')"), &st), OK);
    store_distrust(db);
    assert_int_not_equal(runs(STR("INSERT INTO t VALUES (5, 'x')")), OK);
    store_trust(db);
    assert_int_equal(store_run(&cx, st), OK);
}

/* --- statements that are kept */

static sqlite3_stmt *prepared(const char *sql)
{
    sqlite3_stmt *st;
    assert_int_equal(store_prepare(&cx, db, str_from(sql), &st), OK);
    return st;
}

static void test_store_store__keeps_statements(void **state)
{
    (void)state;
    bool row;
    assert_int_equal(store_keep_statements(&cx, db), OK);
    assert_int_equal(store_keep_statements(&cx, db), OK); /* again is nothing */
    sqlite3_stmt *first = prepared("SELECT b FROM t WHERE a = ?1"), *was = first;
    store_bind_int(first, 1, 1);
    assert_int_equal(store_step(&cx, first, &row), OK);
    assert_true(row);
    sqlite3_stmt *second = prepared("SELECT b FROM t WHERE a = ?1"); /* while the first one runs */
    assert_ptr_not_equal(second, first);
    store_finalize(&first);
    assert_null(first);
    first = prepared("SELECT b FROM t WHERE a = ?1");
    assert_ptr_equal(first, was);
    assert_int_equal(store_step(&cx, first, &row), OK);
    assert_false(row); /* nothing is bound any more */
    assert_int_equal(runs(STR("ALTER TABLE t ADD COLUMN c TEXT")), OK);
    sqlite3_reset(first);
    store_bind_int(first, 1, 1);
    assert_int_equal(store_step(&cx, first, &row), OK);
    assert_true(row && str_eq(store_column_str(first, 0), STR("one")));
    store_finalize(&first);
    store_finalize(&second);
    sqlite3_stmt *last = prepared("SELECT 1");
    store_close(db); /* one is out still */
    assert_int_equal(sqlite3_finalize(last), SQLITE_OK);
    db = NULL;
}

/* What was prepared when all was allowed is not given to who may only read, nor the other way round. */
static void test_store_store__keeps_them_apart_by_guard(void **state)
{
    (void)state;
    assert_int_equal(store_keep_statements(&cx, db), OK);
    sqlite3_stmt *trusted = prepared("DELETE FROM t WHERE a = 9"), *read = prepared("SELECT a FROM t"), *kept = read;
    store_finalize(&trusted);
    store_finalize(&read);
    store_distrust(db);
    assert_int_not_equal(store_prepare(&cx, db, STR("DELETE FROM t WHERE a = 9"), &trusted), OK);
    read = prepared("SELECT a FROM t");
    assert_ptr_not_equal(read, kept);
    store_finalize(&read);
    store_trust(db);
    read = prepared("SELECT a FROM t");
    assert_ptr_equal(read, kept);
    store_finalize(&read);
    assert_int_equal(runs(STR("DELETE FROM t WHERE a = 9")), OK);
}

static int allow(void *arg, int action, const char *a, const char *b, const char *database, const char *inner)
{
    (void)action, (void)a, (void)b, (void)database, (void)inner;
    return *(const bool *)arg ? SQLITE_OK : SQLITE_DENY;
}

/* A guard with a mind of its own is asked each time. */
static void test_store_store__keeps_nothing_of_another_guard(void **state)
{
    (void)state;
    bool may = true;
    sqlite3_stmt *st;
    assert_int_equal(store_keep_statements(&cx, db), OK);
    store_guard(db, allow, &may);
    st = prepared("SELECT a FROM t");
    store_finalize(&st);
    may = false;
    assert_int_not_equal(store_prepare(&cx, db, STR("SELECT a FROM t"), &st), OK);
    store_trust(db);
}

/* The oldest go, however many are asked. */
static void test_store_store__keeps_so_many(void **state)
{
    (void)state;
    assert_int_equal(store_keep_statements(&cx, db), OK);
    sqlite3_stmt *held = prepared("SELECT 'held'");
    for (int i = 0; i < 1000; i++) {
        bool row;
        sqlite3_stmt *st = prepared(arena_printf(&cx.arena, "SELECT %d", i).p);
        assert_int_equal(store_step(&cx, st, &row), OK);
        assert_int_equal(sqlite3_column_int(st, 0), i);
        store_finalize(&st);
    }
    int n = 0;
    for (sqlite3_stmt *st = sqlite3_next_stmt(db, NULL); st; st = sqlite3_next_stmt(db, st)) n++;
    assert_int_equal(n, 400);
    assert_string_equal(sqlite3_sql(held), "SELECT 'held'");
    store_finalize(&held);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_store_store__open),
        STORE_TEST(test_store_store__identifier),
        STORE_TEST(test_store_store__full),
        STORE_TEST(test_store_store__settings),
        STORE_TEST(test_store_store__prepare_takes_one_statement),
        STORE_TEST(test_store_store__values_come_back),
        STORE_TEST(test_store_store__errors_have_their_kind),
        STORE_TEST(test_store_store__distrust_lets_read),
        STORE_TEST(test_store_store__distrust_refuses_the_rest),
        STORE_TEST(test_store_store__has_no_clock),
        STORE_TEST(test_store_store__distrust_is_for_what_is_prepared_after),
        STORE_TEST(test_store_store__keeps_statements),
        STORE_TEST(test_store_store__keeps_them_apart_by_guard),
        STORE_TEST(test_store_store__keeps_nothing_of_another_guard),
        STORE_TEST(test_store_store__keeps_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
