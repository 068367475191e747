/* rules/coverage: the colours of a control by the tasks mapped to it, and the grids of a small catalog. */
#include "rules/coverage.h" /* before cmocka, whose fail is a macro */

#include "unit.h"

static struct ctx cx;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ctx_release(&cx);
    return 0;
}

/* "fully not/low partly fully!": statuses by their first word; "!" with exceptions, "/low" of low priority. */
static size_t make_tasks(const char *words, struct task_result *tasks, struct catalog_task *defs,
                         const struct task_result **out)
{
    static const char *const first[STATUS_COUNT] = {"fully", "mostly", "partly", "not", "irrelevant"};
    struct str rest = str_from(words), word;
    size_t n = 0;
    while (str_cut(&rest, ' ', &word)) {
        if (!word.n) continue;
        defs[n] = (struct catalog_task){.priority = str_has(word, STR("/low")) ? PRIORITY_LOW : PRIORITY_NORMAL};
        tasks[n] = (struct task_result){.def = &defs[n], .exceptions = str_has(word, STR("!")), .status = STATUS_COUNT};
        for (int s = 0; s < STATUS_COUNT; s++)
            if (str_starts(word, str_from(first[s]))) tasks[n].status = s;
        assert_true(tasks[n].status < STATUS_COUNT);
        out[n] = &tasks[n];
        n++;
    }
    return n;
}

static void test_rules_coverage__colours(void **state)
{
    (void)state;
    static const struct {
        const char *tasks;
        enum coverage expected;
    } cases[] = {
        {"", COVERAGE_INACTIVE},
        {"irrelevant", COVERAGE_NOT_APPLICABLE},
        {"irrelevant irrelevant/low", COVERAGE_NOT_APPLICABLE},
        /* every task fully done */
        {"fully", COVERAGE_ALL_DONE},
        {"fully fully/low", COVERAGE_ALL_DONE},
        {"fully irrelevant", COVERAGE_ALL_DONE},
        {"fully/low", COVERAGE_ALL_DONE},
        /* with exceptions never dark green */
        {"fully!", COVERAGE_DONE_BUT_LOW},
        {"fully fully!", COVERAGE_DONE_BUT_LOW},
        {"fully!/low", COVERAGE_DONE_BUT_LOW},
        /* so when low priority is ignored */
        {"fully not/low", COVERAGE_DONE_BUT_LOW},
        {"fully fully partly/low", COVERAGE_DONE_BUT_LOW},
        {"fully! not/low", COVERAGE_DONE_BUT_LOW},
        /* at least one done */
        {"fully not", COVERAGE_SOME_DONE},
        {"fully mostly", COVERAGE_SOME_DONE},
        {"fully/low not", COVERAGE_SOME_DONE},
        {"fully/low not/low", COVERAGE_SOME_DONE}, /* nothing is left when low priority is ignored */
        {"fully! not", COVERAGE_SOME_DONE},
        /* none done, some active */
        {"mostly", COVERAGE_ACTIVE},
        {"partly not", COVERAGE_ACTIVE},
        {"partly/low not", COVERAGE_ACTIVE},
        {"partly irrelevant", COVERAGE_ACTIVE},
        /* none active */
        {"not", COVERAGE_INACTIVE},
        {"not not/low", COVERAGE_INACTIVE},
        {"not irrelevant", COVERAGE_INACTIVE},
    };
    struct task_result tasks[4];
    struct catalog_task defs[4];
    const struct task_result *of[4];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct catalog_control plain = {0}, heading = {.heading = true}, outside = {.outside = true};
        size_t n = make_tasks(cases[i].tasks, tasks, defs, of);
        enum coverage c = coverage_of(&plain, of, n);
        if (c != cases[i].expected) fail_msg("\"%s\" is %s", cases[i].tasks, coverage_name(c));
        assert_int_equal(coverage_of(&heading, of, n), COVERAGE_OUTSIDE);
        assert_int_equal(coverage_of(&outside, of, n), n ? cases[i].expected : COVERAGE_OUTSIDE);
    }
}

static void test_rules_coverage__names(void **state)
{
    (void)state;
    for (int a = 0; a < COVERAGE_COUNT; a++)
        for (int b = 0; b < a; b++) assert_string_not_equal(coverage_name(a), coverage_name(b));
    assert_string_equal(coverage_name(COVERAGE_ALL_DONE), "all_done");
    assert_string_equal(coverage_name(COVERAGE_OUTSIDE), "outside");
}

/* Two frameworks; one task is mapped to a control twice, from two sources, and counts there once. */
static void test_rules_coverage__grids(void **state)
{
    (void)state;
    static const struct catalog_control first[] = {{.id = STR("A"), .heading = true},
                                                   {.id = STR("A.1")},
                                                   {.id = STR("A.2")},
                                                   {.id = STR("A.3"), .outside = true}},
                                        second[] = {{.id = STR("X")}};
    struct catalog_framework frameworks[] = {{.key = STR("one"), .controls = first, .n_controls = 4},
                                             {.key = STR("two"), .controls = second, .n_controls = 1},
                                             {.key = STR("empty")}};
    struct catalog_mapping of_a[] = {{&frameworks[0], &first[1], STR("page")},
                                     {&frameworks[1], &second[0], STR("page")},
                                     {&frameworks[0], &first[1], STR("annex_b")},
                                     {&frameworks[0], &first[2], STR("page")}},
                           of_b[] = {{&frameworks[0], &first[1], STR("page")}};
    struct catalog_task tasks[] = {{.key = STR("a"), .controls = of_a, .n_controls = 4, .priority = PRIORITY_HIGH},
                                   {.key = STR("b"), .controls = of_b, .n_controls = 1, .priority = PRIORITY_HIGH},
                                   {.key = STR("unmapped")}};
    struct catalog c = {.frameworks = frameworks, .n_frameworks = 3, .tasks = tasks, .n_tasks = 3};
    struct task_result results[] = {{.def = &tasks[0], .status = STATUS_FULLY_DONE},
                                    {.def = &tasks[1], .status = STATUS_NOT_DONE},
                                    {.def = &tasks[2], .status = STATUS_FULLY_DONE}};
    const struct framework_result *f;
    size_t n_frameworks;
    rules_coverage(&cx, &c, results, 3, &f, &n_frameworks);
    assert_int_equal(n_frameworks, 3);
    assert_ptr_equal(f[0].def, &frameworks[0]);
    assert_int_equal(f[0].n_controls, 4);
    static const size_t mapped[] = {0, 2, 1, 0};
    static const enum coverage colours[] = {COVERAGE_OUTSIDE, COVERAGE_SOME_DONE, COVERAGE_ALL_DONE, COVERAGE_OUTSIDE};
    for (size_t i = 0; i < 4; i++) {
        assert_ptr_equal(f[0].controls[i].def, &first[i]);
        assert_int_equal(f[0].controls[i].n_tasks, mapped[i]);
        assert_int_equal(f[0].controls[i].coverage, colours[i]);
    }
    assert_ptr_equal(f[0].controls[1].tasks[0], &results[0]);
    assert_ptr_equal(f[0].controls[1].tasks[1], &results[1]);
    assert_ptr_equal(f[0].controls[2].tasks[0], &results[0]);
    assert_int_equal(f[1].controls[0].coverage, COVERAGE_ALL_DONE);
    assert_int_equal(f[2].n_controls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rules_coverage__colours, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rules_coverage__names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rules_coverage__grids, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
