/* Databases for calls: kept from one to the next, and derived.db as it is now: absent, there, made anew. */
#include "unit.h"
#undef fail

#include "api_data.h"

static struct pool *pool;

static int pool_setup(void **state)
{
    if (identity_setup(state)) return -1;
    const struct pool_options o = {folder, false, NULL, test_now};
    WELL(pool_open(&cx, &o, &pool));
    return 0;
}

static int pool_teardown(void **state)
{
    pool_close(pool);
    return identity_teardown(state);
}

static void make_derived(int x)
{
    sqlite3 *db;
    WELL(store_open_file(&cx, path_of("derived.db"), STORE_CREATE, &db));
    WELL(store_exec(&cx, db,
                    arena_printf(&cx.arena, "CREATE TABLE t(x INTEGER) STRICT; INSERT INTO t VALUES (%d)", x).p));
    store_close(db);
}

/* What a call sees of it; -1 when there is none. */
static int64_t seen(void)
{
    struct databases *d;
    int64_t x = -1;
    WELL(pool_take(&cx, pool, &d));
    if (d->derived) WELL(store_get_int(&cx, d->ledger, "SELECT x FROM derived.t", &x));
    pool_give(pool, d);
    return x;
}

static void test_api_pool__derived_as_it_is_now(void **state)
{
    (void)state;
    assert_int_equal(seen(), -1);
    make_derived(1);
    assert_int_equal(seen(), 1);
    assert_int_equal(seen(), 1);
    assert_int_equal(unlink(path_of("derived.db")), 0);
    assert_int_equal(seen(), -1);
    make_derived(2);
    assert_int_equal(seen(), 2);
}

static void test_api_pool__only_reads(void **state)
{
    (void)state;
    struct databases *d;
    make_derived(1);
    WELL(pool_take(&cx, pool, &d));
    assert_int_not_equal(store_exec(&cx, d->ledger, "DELETE FROM derived.t"), OK);
    assert_int_not_equal(store_exec(&cx, d->ledger, "DELETE FROM p_facts"), OK);
    assert_int_not_equal(store_exec(&cx, d->state, "DELETE FROM session"), OK);
    assert_int_not_equal(store_exec(&cx, d->ledger, "ATTACH 'other.db' AS other"), OK);
    pool_give(pool, d);
    assert_int_equal(seen(), 1);
}

/* A set each while they last, and the same ones again afterwards, with their statements. */
static void test_api_pool__sets(void **state)
{
    (void)state;
    static const char sql[] = "SELECT 1";
    struct databases *a, *b, *c;
    sqlite3_stmt *one, *other, *again;
    WELL(pool_take(&cx, pool, &a));
    WELL(pool_take(&cx, pool, &b));
    assert_ptr_not_equal(a, b);
    WELL(pool_statement(&cx, a, a->ledger, sql, &one));
    WELL(pool_statement(&cx, b, b->ledger, sql, &other));
    assert_ptr_not_equal(one, other);
    pool_give(pool, b);
    pool_give(pool, a);
    WELL(pool_take(&cx, pool, &c));
    assert_ptr_equal(a, c);
    WELL(pool_statement(&cx, c, c->ledger, sql, &again));
    assert_ptr_equal(one, again);
    pool_give(pool, c);
}

#define CASE(name) cmocka_unit_test_setup_teardown(test_api_pool__##name, pool_setup, pool_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(derived_as_it_is_now), CASE(only_reads), CASE(sets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
