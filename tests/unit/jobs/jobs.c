/* The queue of jobs: order, one about each thing, cancelling, and what a dead worker leaves. */
#include "unit.h"
#undef fail

#include "../store/folder.h"
#include "base/limits.h"
#include "jobs/jobs.h"

static struct ctx cx;
static char folder[256];
static sqlite3 *db;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    if (!folder_make(folder) || state_open(&cx, folder, STORE_WRITE, &db) != OK) return 1;
    return state_migrate(&cx, db, &jobs_state) == OK ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static struct str add(const char *subject)
{
    struct str id;
    enum rc rc = jobs_add(&cx, db, "assess", str_from(subject), STR("system"), 100, &id);
    if (rc != OK) print_error("%s\n", cx.message);
    assert_int_equal(rc, OK);
    return id;
}

static struct job get(struct str id)
{
    struct job j;
    assert_int_equal(jobs_get(&cx, db, id, &j), OK);
    return j;
}

static void test_jobs_jobs__one_after_the_other(void **state)
{
    (void)state;
    struct job j;
    bool found;
    struct str a = add("repo:a"), b = add("repo:b");
    assert_true(str_eq(add("repo:a"), a)); /* it waits already */
    assert_int_equal(jobs_take(&cx, db, 101, &j, &found), OK);
    assert_true(found && str_eq(j.id, a));
    assert_true(str_eq(add("repo:a"), a)); /* it runs already */
    assert_int_equal(jobs_step(&cx, db, a, STR("history"), 3, 10), OK);
    j = get(a);
    assert_int_equal(j.state, JOB_RUNNING);
    assert_true(str_eq(j.step, STR("history")) && j.done == 3 && j.total == 10);
    assert_int_equal(jobs_end(&cx, db, a, JOB_DONE, STR("fine"), 105), OK);
    j = get(a);
    assert_true(j.state == JOB_DONE && j.ended == 105 && j.started == 101 && j.tries == 1);
    assert_false(str_eq(add("repo:a"), a)); /* another one */
    assert_int_equal(jobs_take(&cx, db, 106, &j, &found), OK);
    assert_true(found && str_eq(j.id, b));
}

static void test_jobs_jobs__cancel(void **state)
{
    (void)state;
    struct job j;
    bool found;
    struct str a = add("repo:a"), b = add("repo:b");
    assert_int_equal(jobs_cancel(&cx, db, a, 101), OK);
    assert_int_equal(get(a).state, JOB_CANCELLED);
    assert_int_equal(jobs_cancel(&cx, db, a, 101), E_CONFLICT);
    assert_int_equal(jobs_cancel(&cx, db, STR("nothing"), 101), E_NOTFOUND);
    assert_int_equal(jobs_take(&cx, db, 102, &j, &found), OK);
    assert_true(found && str_eq(j.id, b));
    assert_int_equal(jobs_cancel(&cx, db, b, 103), OK);
    assert_int_equal(get(b).state, JOB_RUNNING);
    assert_true(get(b).cancel);
    assert_false(str_eq(add("repo:b"), b)); /* who asks now does not get the one that is to end */
    assert_int_equal(jobs_recover(&cx, db, 104), OK);
    assert_int_equal(get(b).state, JOB_CANCELLED);
}

static void test_jobs_jobs__a_dead_worker(void **state)
{
    (void)state;
    struct job j;
    bool found;
    struct str a = add("repo:a");
    for (int i = 0; i < LIMIT_JOB_TRIES; i++) {
        assert_int_equal(jobs_take(&cx, db, 101, &j, &found), OK);
        assert_true(found && str_eq(j.id, a) && j.tries == i + 1);
        assert_int_equal(jobs_recover(&cx, db, 102), OK);
    }
    assert_int_equal(get(a).state, JOB_FAILED);
    assert_true(get(a).message.n > 0);
    assert_int_equal(jobs_take(&cx, db, 103, &j, &found), OK);
    assert_false(found);
}

static void test_jobs_jobs__list(void **state)
{
    (void)state;
    struct job j[3];
    size_t n;
    int64_t total, last;
    struct str a = add("repo:a"), b = add("repo:b"), c;
    assert_int_equal(jobs_end(&cx, db, a, JOB_DONE, STR(""), 5), OK);
    c = add("repo:a");
    assert_int_equal(jobs_list(&cx, db, STR_NONE, JOB_STATES, INT64_MAX, 2, j, &n, &total), OK);
    assert_true(n == 2 && total == 3 && str_eq(j[0].id, c) && str_eq(j[1].id, b));
    assert_int_equal(jobs_list(&cx, db, STR_NONE, JOB_STATES, j[1].number, 2, j, &n, &total), OK);
    assert_true(n == 1 && str_eq(j[0].id, a));
    assert_int_equal(jobs_list(&cx, db, STR("repo:a"), JOB_QUEUED, INT64_MAX, 3, j, &n, &total), OK);
    assert_true(n == 1 && total == 1 && str_eq(j[0].id, c));
    assert_int_equal(jobs_last(&cx, db, "assess", STR("repo:a"), &last), OK);
    assert_int_equal(last, 100);
    assert_int_equal(jobs_last(&cx, db, "assess", STR("repo:z"), &last), OK);
    assert_int_equal(last, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_jobs_jobs__one_after_the_other, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jobs_jobs__cancel, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jobs_jobs__a_dead_worker, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jobs_jobs__list, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
