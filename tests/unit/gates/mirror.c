/* When a mirror is pushed: at once when something has moved, later each time when it fails, never twice at a time. */
#include "unit.h"
#undef fail

#include "gates/mirror.h"

#define NOW 1000000

static bool is_due(enum mirror_state state, enum job_state job, int64_t failed, int64_t ago)
{
    const struct mirror m = {
        .state = state, .pushed = true, .failed = failed, .job = {.state = job, .ended = NOW - ago}};
    return mirror_is_due(&m, NOW);
}

static void test_gates_mirror__when(void **state)
{
    (void)state;
    const struct mirror none = {0}, first = {.state = MIRROR_WAITS};
    assert_false(mirror_is_due(&none, NOW));
    assert_true(mirror_is_due(&first, NOW));
    assert_true(is_due(MIRROR_WAITS, JOB_DONE, 0, 0)); /* something has moved since */
    assert_false(is_due(MIRROR_CURRENT, JOB_DONE, 0, 100000));
    assert_false(is_due(MIRROR_WAITS, JOB_QUEUED, 0, 0));
    assert_false(is_due(MIRROR_RUNS, JOB_RUNNING, 0, 0));
    const int64_t waits[] = {60, 60, 120, 240, 480, 960, 1920, 3600, 3600};
    for (int64_t failed = 0; failed < 9; failed++) {
        assert_false(is_due(MIRROR_FAILS, JOB_FAILED, failed, waits[failed] - 1));
        assert_true(is_due(MIRROR_FAILS, JOB_FAILED, failed, waits[failed]));
    }
    assert_true(is_due(MIRROR_FAILS, JOB_FAILED, 1000000, 3600));
    assert_true(is_due(MIRROR_FAILS, JOB_CANCELLED, 0, 60));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gates_mirror__when)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
