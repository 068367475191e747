/* rules/evaluate: a whole small catalog over what was asked: which tasks and points, the summary, the grid, progress.
 */
#include "rules/rules.h" /* before cmocka, whose fail is a macro */

#include "unit.h"

extern const char observe_schema_sql[];

#define RULE(ok) STR("SELECT subject, " ok " AS ok, NULL AS at, NULL AS due FROM asked WHERE type = 'repo'")

static struct ctx cx;
static sqlite3 *db;
static struct catalog_control controls[] = {{.id = STR("A.1")}};
static struct catalog_framework framework = {.key = STR("one"), .controls = controls, .n_controls = 1};
static const struct catalog_mapping mapping[] = {{&framework, &controls[0], STR("page")}};
static struct catalog_obligation points[] = {
    {.task = STR("first"), .key = STR("good"), .enabled = true, .check = true, .sql = RULE("1")},
    {.task = STR("first"), .key = STR("bad"), .enabled = true, .sql = RULE("0")},
    {.task = STR("second"),
     .key = STR("unknown"),
     .enabled = true,
     .sql = RULE("NULL"),
     .settles = {STR("a way"), STR("keino")}},
    {.task = STR("third"), .key = STR("late"), .enabled = true, .check = true, .sql = RULE("0")}};
static const struct catalog_task tasks[] = {
    {.key = STR("first"), .order = 1, .obligations = points, .n_obligations = 2, .controls = mapping, .n_controls = 1},
    {.key = STR("second"), .order = 2, .obligations = &points[2], .n_obligations = 1},
    {.key = STR("third"), .order = 3, .obligations = &points[3], .n_obligations = 1}};
static const struct catalog catalog = {.frameworks = &framework, .n_frameworks = 1, .tasks = tasks, .n_tasks = 3};

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

static struct assessment evaluate(struct rules_options o)
{
    struct assessment a = {0};
    if (rules_evaluate(&cx, db, &catalog, &o, NULL, &a) != OK) fail_msg("%s", cx.message);
    return a;
}

static void test_rules_evaluate__all(void **state)
{
    (void)state;
    struct assessment a = evaluate((struct rules_options){0});
    assert_int_equal(a.n_tasks, 3);
    assert_ptr_equal(a.tasks[0].def, &tasks[0]);
    assert_int_equal(a.tasks[0].n_obligations, 2);
    assert_int_equal(a.tasks[0].obligations[0].verdict, VERDICT_MET);
    assert_int_equal(a.tasks[0].obligations[1].verdict, VERDICT_VIOLATED);
    assert_int_equal(a.tasks[0].status, STATUS_PARTLY_DONE);
    assert_int_equal(a.tasks[1].status, STATUS_NOT_DONE);
    assert_int_equal(a.summary[STATUS_PARTLY_DONE], 1);
    assert_int_equal(a.summary[STATUS_NOT_DONE], 2);
    assert_int_equal(a.n_frameworks, 1);
    assert_int_equal(a.frameworks[0].controls[0].coverage, COVERAGE_ACTIVE);
    assert_int_equal(a.n_first, 3);
    assert_ptr_equal(a.first_of[0]->def, &points[1]);
    assert_ptr_equal(a.first_of[2]->def, &points[2]); /* what lacks evidence last */
    /* again into the same one */
    struct rules_options o = {.lang = LANG_FI};
    assert_int_equal(rules_evaluate(&cx, db, &catalog, &o, NULL, &a), OK);
    assert_int_equal(a.summary[STATUS_NOT_DONE], 2);
    assert_true(str_eq(a.first[2]->message, STR("keino")));
}

/* A grid over a part would say what is not so. */
static void test_rules_evaluate__parts(void **state)
{
    (void)state;
    struct assessment a = evaluate((struct rules_options){.task = STR("second")});
    assert_int_equal(a.n_tasks, 1);
    assert_ptr_equal(a.tasks[0].def, &tasks[1]);
    assert_int_equal(a.n_frameworks, 0);
    a = evaluate((struct rules_options){.only_check = true});
    assert_int_equal(a.n_tasks, 2); /* of the second nothing was asked */
    assert_int_equal(a.tasks[0].n_obligations, 1);
    assert_ptr_equal(a.tasks[1].def, &tasks[2]);
    assert_int_equal(a.n_frameworks, 0);
    assert_int_equal(a.summary[STATUS_FULLY_DONE], 1);
    assert_int_equal(a.summary[STATUS_NOT_DONE], 1);
    struct rules_options o = {.task = STR("none\x1b")};
    assert_int_equal(rules_evaluate(&cx, db, &catalog, &o, NULL, &a), E_NOTFOUND);
    assert_non_null(strstr(cx.message, "none\\x1b"));
    assert_int_equal(a.n_tasks, 0);
}

static void test_rules_evaluate__a_fault_stops(void **state)
{
    (void)state;
    struct assessment a = {0};
    struct rules_options o = {0};
    points[3].sql = STR("SELECT 1");
    enum rc rc = rules_evaluate(&cx, db, &catalog, &o, NULL, &a);
    points[3].sql = RULE("0");
    assert_int_equal(rc, E_INTERNAL);
    assert_non_null(strstr(cx.message, "rule third/late"));
}

static int64_t last_done, last_total, calls;

static void progress(struct ctx *c, const char *what, int64_t done, int64_t total)
{
    (void)c;
    assert_string_equal(what, "rules");
    assert_true(done >= last_done && done <= total);
    last_done = done;
    last_total = total;
    calls++;
}

static void test_rules_evaluate__progress(void **state)
{
    (void)state;
    last_done = calls = 0;
    cx.progress = progress;
    (void)evaluate((struct rules_options){0});
    assert_int_equal(last_done, 4);
    assert_int_equal(last_total, 4);
    assert_int_equal(calls, 4); /* before each task, and at the end */
    last_done = 0;
    (void)evaluate((struct rules_options){.only_check = true, .task = STR("third")});
    assert_int_equal(last_done, 1);
    assert_int_equal(last_total, 1);
}

/* Subjects of all kinds, each once. */
static void test_rules_ask__subjects(void **state)
{
    (void)state;
    assert_int_equal(
        store_exec(&cx, db,
                   "INSERT INTO d_file VALUES ('a/b.c', 'x', 33188, 0, 'code', NULL, NULL, NULL);"
                   "INSERT INTO d_ref VALUES ('refs/heads/main', 'x', 'branch'), ('refs/tags/v1', 'x', 'tag')"),
        OK);
    int64_t n;
    assert_int_equal(rules_ask_all(&cx, db), OK);
    assert_int_equal(rules_ask_all(&cx, db), OK); /* anew, not on top */
    assert_int_equal(store_get_int(&cx, db, "SELECT count(*) FROM asked", &n), OK);
    assert_int_equal(n, 4);
    assert_int_equal(store_get_int(&cx, db,
                                   "SELECT count(*) FROM asked WHERE subject IN ('repo:self', 'file:self/a/b.c',"
                                   " 'ref:self/refs/heads/main', 'ref:self/refs/tags/v1')",
                                   &n),
                     OK);
    assert_int_equal(n, 4);
    assert_int_equal(rules_ask_none(&cx, db), OK);
    assert_int_equal(store_get_int(&cx, db, "SELECT count(*) FROM asked", &n), OK);
    assert_int_equal(n, 0);
}

#define EVALUATE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVALUATE_TEST(test_rules_evaluate__all),           EVALUATE_TEST(test_rules_evaluate__parts),
        EVALUATE_TEST(test_rules_evaluate__a_fault_stops), EVALUATE_TEST(test_rules_evaluate__progress),
        EVALUATE_TEST(test_rules_ask__subjects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
