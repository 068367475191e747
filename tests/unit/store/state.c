/* Steps of state.db: each once, in order, and never another than the one that ran. */
#include "unit.h"
#undef fail

#include "folder.h"
#include "store/state.h"

static struct ctx cx;
static char folder[256];

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return folder_make(folder) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static const char *const steps[] = {"CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES (1)",
                                    "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1"};

static sqlite3 *open_as(enum store_mode mode)
{
    sqlite3 *db = NULL;
    enum rc rc = state_open(&cx, folder, mode, &db);
    if (rc != OK) print_error("%s\n", cx.message);
    assert_int_equal(rc, OK);
    return db;
}

static void test_store_state__each_step_once(void **state)
{
    (void)state;
    const struct state_room first = {"room", steps, 1}, both = {"room", steps, 2}, other = {"other", steps, 0};
    int64_t y = 0;
    sqlite3 *db = NULL;
    assert_int_equal(state_open(&cx, folder, STORE_READ, &db), E_NOTFOUND);
    db = open_as(STORE_WRITE);
    assert_int_equal(state_migrate(&cx, db, &first), OK);
    assert_int_equal(state_migrate(&cx, db, &other), OK);
    assert_int_equal(state_check(&cx, db, &both), E_CONFLICT);
    store_close(db);
    db = open_as(STORE_WRITE);
    assert_int_equal(state_migrate(&cx, db, &both), OK);
    assert_int_equal(state_migrate(&cx, db, &both), OK);
    assert_int_equal(store_get_int(&cx, db, "SELECT sum(y) FROM a", &y), OK);
    assert_int_equal(y, 2);
    store_close(db);
    db = open_as(STORE_READ);
    assert_int_equal(state_check(&cx, db, &both), OK);
    assert_int_equal(state_check(&cx, db, &first), E_DENIED);
    store_close(db);
}

static void test_store_state__no_other_step(void **state)
{
    (void)state;
    const char *const changed[] = {"CREATE TABLE a(x INTEGER, z INTEGER) STRICT", steps[1]};
    const struct state_room ours = {"room", steps, 2}, theirs = {"room", changed, 2}, older = {"room", steps, 1};
    sqlite3 *db = open_as(STORE_WRITE);
    assert_int_equal(state_migrate(&cx, db, &ours), OK);
    assert_int_equal(state_migrate(&cx, db, &theirs), E_CORRUPT);
    assert_int_equal(state_migrate(&cx, db, &older), E_DENIED);
    store_close(db);
}

static void test_store_state__a_failed_step_changes_nothing(void **state)
{
    (void)state;
    const char *const bad[] = {steps[0], "INSERT INTO a VALUES (5); SELECT nothing FROM nowhere"};
    const struct state_room room = {"room", bad, 2}, mended = {"room", steps, 2};
    int64_t n = 0;
    sqlite3 *db = open_as(STORE_WRITE);
    assert_int_not_equal(state_migrate(&cx, db, &room), OK);
    assert_true(!store_in_transaction(db));
    assert_int_equal(store_get_int(&cx, db, "SELECT count(*) FROM a", &n), OK);
    assert_int_equal(n, 1);
    assert_int_equal(state_migrate(&cx, db, &mended), OK);
    store_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_store_state__each_step_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_store_state__no_other_step, setup, teardown),
        cmocka_unit_test_setup_teardown(test_store_state__a_failed_step_changes_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
