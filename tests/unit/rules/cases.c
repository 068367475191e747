/* rules/cases: the rules' own tests can fail, and say how. */
#include "rules/cases.h" /* before cmocka, whose fail is a macro */
#include "base/file.h"

#include "store/folder.h"
#include "unit.h"

#define RULE "SELECT subject, lines > 10 AS ok, NULL AS at, NULL AS due, path, lines FROM files"
#define CASE(files, rows)                                                                                              \
    "{\"now\": \"2026-06-01T00:00:00Z\", \"since\": \"2025-06-01\", \"tables\": {\"file\": [" files                    \
    "]}, \"rows\": [" rows "]}"
#define FILE_A(lines) "{\"path\": \"a.c\", \"class\": \"code\", \"lines\": " lines "}"
#define FILE_B(lines) "{\"path\": \"b.c\", \"class\": \"code\", \"lines\": " lines "}"
#define ROW_A(ok) "{\"subject\": \"file:self/a.c\", \"ok\": " ok "}"
#define ROW_B(ok) "{\"subject\": \"file:self/b.c\", \"ok\": " ok "}"

static struct ctx cx;
static char folder[256];
static struct buf said;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    buf_init(&said, 0);
    return folder_make(folder) == NULL;
}

static int teardown(void **state)
{
    (void)state;
    buf_release(&said);
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static void put(const char *path, const char *text)
{
    struct str full = arena_printf(&cx.arena, "%s/%s", folder, path);
    for (size_t i = strlen(folder) + 1; i < full.n; i++)
        if (full.p[i] == '/') (void)mkdir(arena_cstr(&cx.arena, str_slice(full, 0, i)), 0700);
    if (file_replace(&cx, full.p, str_from(text)) != OK) fail_msg("%s", cx.message);
}

static void say(void *arg, const char *text)
{
    assert_null(arg);
    buf_cstr(&said, text);
    buf_char(&said, '\n');
}

static struct cases_tally run_only(const char *task, const char *obligation)
{
    struct cases_options o = {.task = str_from(task), .obligation = str_from(obligation), .line = say};
    struct cases_tally t;
    buf_clear(&said);
    if (cases_run(&cx, folder, &o, &t) != OK) fail_msg("%s", cx.message);
    return t;
}

static void put_three(void)
{
    put("tasks/t/rule.sql", RULE);
    put("tasks/t/cases/rule--good.json", CASE(FILE_A("11"), ROW_A("1")));
    put("tasks/t/cases/rule--bad.json", CASE(FILE_A("10"), ROW_A("0")));
    put("tasks/t/cases/rule--open.json", CASE(FILE_A("null"), ROW_A("null")));
}

static void test_rules_cases__pass(void **state)
{
    (void)state;
    put_three();
    struct cases_tally t = run_only(NULL, NULL);
    assert_int_equal(t.rules, 1);
    assert_int_equal(t.cases, 3);
    assert_int_equal(t.failed, 0);
    assert_int_equal(t.thin, 0);
    assert_int_equal(said.n, 0);
}

/* Case by case: does it pass, and what does it say. */
static void test_rules_cases__outcomes(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says; /* NULL: it passes */
    } cases[] = {
        {CASE(FILE_A("11") "," FILE_B("3"), ROW_B("0") "," ROW_A("1")), NULL}, /* rows in any order */
        {CASE("", ""), NULL},
        {CASE(FILE_A("11"), "{\"lines\": 11}"), NULL}, /* only the columns it mentions */
        {CASE(FILE_A("11"), "{}"), NULL},
        {CASE(FILE_A("11"), "{\"ok\": true}"), NULL},
        /* a vague row must not take the one that only a stricter row can have */
        {CASE(FILE_A("11") "," FILE_B("12"), "{\"ok\": 1}," ROW_A("1")), NULL},
        {CASE(FILE_A("11") "," FILE_B("12"), ROW_A("1") ",{\"ok\": 1}"), NULL},
        {CASE(FILE_A("11"), ROW_A("0")), "ok: expected 0, is 1"},
        {CASE(FILE_A("11"), ROW_A("null")), "ok: expected null, is 1"},
        {CASE(FILE_A("11"), ROW_A("false")), "ok: expected false, is 1"},
        {CASE(FILE_A("11"), ROW_A("\"1\"")), "ok: expected \"1\", is 1"},
        {CASE(FILE_A("11"), ROW_A("1.0")), "ok: expected 1.0, is 1"},
        {CASE(FILE_A("null"), ROW_A("0")), "ok: expected 0, is null"},
        {CASE(FILE_A("11"), "{\"subject\": \"file:self/a.c\", \"nothing\": null}"),
         "nothing: expected null, is absent"},
        {CASE(FILE_A("11"), ROW_B("1")), "missing: {\"subject\":\"file:self/b.c\",\"ok\":1}"},
        {CASE(FILE_A("11"), ""), "returned, not expected: {\"subject\":\"file:self/a.c\""},
        {CASE("", ROW_A("1")), "missing:"},
        {CASE(FILE_A("11"), ROW_A("1") "," ROW_A("1")), "missing:"}, /* each row once */
        {CASE(FILE_A("11") "," FILE_A("11"), ROW_A("1")), "tables: file row 2"},
        {CASE("{\"path\": \"a.c\", \"colour\": 1}", ""), "file has no column \"colour\""},
        {CASE("{\"path\": \"a.c\", \"\\u001b[2J\": 1}", ""), "file has no column \"\\x1b[2J\""},
        {CASE("{\"path\": \"a.c\", \"lines\": \"many\"}", ""), "tables: file row 1"},
        {"{\"now\": \"2026-06-01\", \"since\": \"2025-06-01\", \"tables\": {\"nothing\": []}, \"rows\": []}",
         "there is no table d_nothing"},
        {"{\"now\": \"2026-06-01\", \"since\": \"2025-06-01\", \"tables\": {\"file(path) SELECT 1; --\": []}, "
         "\"rows\": []}",
         "a table has a name like commit"},
        {"{\"now\": \"2026-06-01\", \"since\": \"2025-06-01\", \"tables\": {\"file\": 1}, \"rows\": []}",
         "no list of at most"},
        {"{\"now\": \"2026-06-01\", \"since\": \"2025-06-01\", \"tables\": [], \"rows\": []}",
         "\"tables\" is no object"},
        {"{\"now\": \"2026-06-01\", \"since\": \"2025-06-01\", \"tables\": {}}", "\"rows\" is no list"},
        {"{\"now\": \"today\", \"since\": \"2025-06-01\", \"tables\": {}, \"rows\": []}", "\"now\" is no time"},
        {"{\"now\": \"2026-06-01\", \"tables\": {}, \"rows\": []}", "\"since\" is no time"},
        {"{\n\n\"now\": }", "line 3:"},
        {"[]", "not an object"},
        {"{\"rows\": [], \"rows\": []}", "duplicate"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("tasks/t/rule.sql", RULE);
        put("tasks/t/cases/rule--it.json", cases[i].json);
        struct cases_tally t = run_only(NULL, NULL);
        assert_int_equal(t.cases, 1);
        buf_char(&said, '\0');
        if (t.failed != (cases[i].says != NULL)) fail_msg("%s\n%s", cases[i].json, said.p);
        if (!cases[i].says) continue;
        if (!strstr(said.p, "FAIL t/cases/rule--it.json") || !strstr(said.p, cases[i].says))
            fail_msg("%s says\n%s", cases[i].json, said.p);
    }
}

/* Clocks and neutral values of what a case leaves out. */
static void test_rules_cases__times_and_neutral_values(void **state)
{
    (void)state;
    put("tasks/t/rule.sql", "SELECT oid AS subject, at >= :since AS ok, at, :now AS due, author, landed_by, parents,"
                            " (SELECT commits FROM repository) AS n FROM commits");
    put("tasks/t/cases/rule--it.json",
        "{\"now\": \"2026-06-01T00:00:00Z\", \"since\": \"2025-06-01\", \"tables\": {\"commit\": ["
        "{\"oid\": \"a\", \"at\": \"2025-05-31T23:59:59Z\"}, {\"oid\": \"b\", \"author\": \"ann\"}]}, \"rows\": ["
        "{\"subject\": \"a\", \"ok\": false, \"at\": \"2025-05-31T23:59:59Z\", \"due\": \"2026-06-01\", \"author\": "
        "\"\","
        " \"landed_by\": null, \"parents\": 0, \"n\": 2},"
        "{\"subject\": \"b\", \"ok\": true, \"at\": \"2026-06-01\", \"author\": \"ann\"}]}");
    struct cases_tally t = run_only(NULL, NULL);
    buf_char(&said, '\0');
    if (t.failed) fail_msg("%s", said.p);
}

static void test_rules_cases__bad_rules(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *says;
    } rules[] = {
        {"SELECT subject, 1 AS ok, NULL AS at FROM files", "no column due"},
        {"SELECT subject, 1 AS ok, NULL AS at, NULL AS due FROM nowhere", "no such table: nowhere"},
        {"DELETE FROM d_file", "not authorized"},
        {"SELECT subject, 1 AS ok, NULL AS at, zeroblob(2000000) AS due FROM files", "stopped"},
        {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 's' AS subject, 1 AS ok, NULL AS at,"
         " NULL AS due FROM n",
         "too many rows"},
        {"SELECT subject, 1.0 AS ok, NULL AS at, NULL AS due FROM files", "is 1.0"},
        {"SELECT subject, x'31' AS ok, NULL AS at, NULL AS due FROM files", "(a blob)"},
    };
    put("tasks/t/cases/rule--it.json", CASE(FILE_A("11"), ROW_A("1")));
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        put("tasks/t/rule.sql", rules[i].sql);
        struct cases_tally t = run_only(NULL, NULL);
        buf_char(&said, '\0');
        if (t.failed != 1 || !strstr(said.p, rules[i].says)) fail_msg("%s says\n%s", rules[i].sql, said.p);
    }
}

static void test_rules_cases__thin(void **state)
{
    (void)state;
    static const struct {
        const char *left_out, *says;
    } cases[] = {{"rule--good.json", "LACKS t/rule: a case with ok 1\n"},
                 {"rule--bad.json", "LACKS t/rule: a case with ok 0\n"},
                 {"rule--open.json", "LACKS t/rule: a case with ok null or no row\n"}};
    for (size_t i = 0; i < 3; i++) {
        put_three();
        assert_int_equal(unlink(arena_printf(&cx.arena, "%s/tasks/t/cases/%s", folder, cases[i].left_out).p), 0);
        struct cases_tally t = run_only(NULL, NULL);
        buf_char(&said, '\0');
        assert_int_equal(t.thin, 1);
        assert_int_equal(t.failed, 0);
        assert_string_equal(said.p, cases[i].says);
    }
    put_three();
    assert_int_equal(unlink(arena_printf(&cx.arena, "%s/tasks/t/cases/rule--open.json", folder).p), 0);
    put("tasks/t/cases/rule--empty.json", CASE("", "")); /* no row does too */
    assert_int_equal(run_only(NULL, NULL).thin, 0);
    put("tasks/t/other.sql", RULE);
    struct cases_tally t = run_only(NULL, NULL);
    buf_char(&said, '\0');
    assert_int_equal(t.rules, 2);
    assert_string_equal(said.p, "LACKS t/other: any case\n");
}

static void test_rules_cases__names(void **state)
{
    (void)state;
    put_three();
    put("tasks/t/rule-two.sql", RULE); /* its name starts with the other's */
    put("tasks/t/cases/rule-two--good.json", CASE(FILE_A("11"), ROW_A("1")));
    put("tasks/u/third.sql", RULE);
    put("tasks/u/cases/third--bad.json", CASE(FILE_A("11"), ROW_A("0")));
    struct cases_tally t = run_only(NULL, NULL);
    assert_int_equal(t.cases, 5);
    assert_int_equal(t.rules, 3);
    assert_int_equal(t.failed, 1);
    t = run_only("t", NULL);
    assert_int_equal(t.cases, 4);
    assert_int_equal(t.failed, 0);
    t = run_only(NULL, "rule");
    assert_int_equal(t.cases, 3);
    t = run_only("u", "third");
    assert_int_equal(t.failed, 1);

    /* a file that belongs to no rule would never be run */
    put("tasks/t/cases/rule-good.json", CASE(FILE_A("11"), ROW_A("1")));
    put("tasks/t/cases/lost--good.json", CASE(FILE_A("11"), ROW_A("1")));
    put("tasks/t/cases/.hidden", "");
    t = run_only("t", NULL);
    assert_int_equal(t.failed, 2);
    buf_char(&said, '\0');
    assert_non_null(strstr(said.p, "FAIL t/cases/lost--good.json\nbelongs to no rule"));

    struct cases_options o = {.task = STR("nothing"), .line = say};
    assert_int_equal(cases_run(&cx, folder, &o, &t), E_NOTFOUND);
    o = (struct cases_options){.task = STR("u"), .obligation = STR("rule"), .line = say};
    assert_int_equal(cases_run(&cx, folder, &o, &t), E_NOTFOUND);
    o = (struct cases_options){.line = say};
    assert_int_equal(cases_run(&cx, arena_printf(&cx.arena, "%s/tasks", folder).p, &o, &t), E_NOTFOUND);
}

static void test_rules_cases__files_that_are_none(void **state)
{
    (void)state;
    put_three();
    const char *cases = arena_printf(&cx.arena, "%s/tasks/t/cases", folder).p;
    assert_int_equal(symlink("/etc/passwd", arena_printf(&cx.arena, "%s/rule--link.json", cases).p), 0);
    assert_int_equal(mkfifo(arena_printf(&cx.arena, "%s/rule--pipe.json", cases).p, 0600), 0);
    assert_int_equal(mkdir(arena_printf(&cx.arena, "%s/rule--folder.json", cases).p, 0700), 0);
    struct cases_tally t = run_only(NULL, NULL);
    assert_int_equal(t.cases, 6);
    assert_int_equal(t.failed, 3);
}

#define CASES_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASES_TEST(test_rules_cases__pass),
        CASES_TEST(test_rules_cases__outcomes),
        CASES_TEST(test_rules_cases__times_and_neutral_values),
        CASES_TEST(test_rules_cases__bad_rules),
        CASES_TEST(test_rules_cases__thin),
        CASES_TEST(test_rules_cases__names),
        CASES_TEST(test_rules_cases__files_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
