/* Broken glass holds for its refs, its person and its time, to the second. */
#include "gates/override.h"

#include "catalog/views.h"
#include "store/store.h"
#include "unit.h"

#define REPO "repo:aaaaaaaaaaaaaaaaaaaa"
#define ELLA "person:eeeeeeeeeeeeeeeeeeee"
#define MIKKO "person:mmmmmmmmmmmmmmmmmmmm"

static void test_gates_override__holds_for_what_it_says(void **state)
{
    (void)state;
    struct ctx cx;
    struct catalog *c;
    sqlite3 *db;
    ctx_init(&cx);
    assert_int_equal(catalog_builtin(&cx, &c), OK);
    assert_int_equal(store_open_memory(&cx, "", &db), OK);
    assert_int_equal(views_make_facts(&cx, db, c->kinds, c->n_kinds), OK);
    assert_int_equal(
        store_exec(&cx, db,
                   "INSERT INTO p_override (n, at, subject, actor, via, refs, until, reason, person, found) VALUES "
                   "(5, 1000, '" REPO "', '" MIKKO "', 'person', 'refs/heads/main', 2000, 'x', '" ELLA "', 0),"
                   "(6, 1000, '" REPO "', '" MIKKO "', 'person', 'refs/heads/release/*', 3000, 'x', NULL, 0),"
                   "(7, 1000, 'repo:bbbbbbbbbbbbbbbbbbbb', '" MIKKO "', 'person', 'refs/heads/*', 9000, 'x', NULL, 0),"
                   "(8, 1000, '" REPO "', 'system', 'gate', 'refs/heads/*', 9000, 'found', NULL, 2)"),
        OK);
    static const struct {
        int64_t now;
        const char *ref, *person;
        int64_t n;
    } cases[] = {
        {1500, "refs/heads/main", ELLA, 5},        {1999, "refs/heads/main", ELLA, 5},
        {2000, "refs/heads/main", ELLA, 0},        {1500, "refs/heads/main", MIKKO, 0},
        {1500, "refs/heads/release/1", MIKKO, 6},  {3000, "refs/heads/release/1", MIKKO, 0},
        {1500, "refs/heads/release/1/2", ELLA, 0}, {1500, "refs/heads/other", ELLA, 0},
        {1500, "refs/heads/mainline", ELLA, 0},
    };
    const struct gate_place place = {.subject = STR(REPO)};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t n = -1;
        assert_int_equal(
            override_find(&cx, db, cases[i].now, &place, str_from(cases[i].ref), str_from(cases[i].person), &n), OK);
        if (n != cases[i].n) fail_msg("%s at %lld: %lld", cases[i].ref, (long long)cases[i].now, (long long)n);
    }
    store_close(db);
    catalog_free(c);
    ctx_release(&cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gates_override__holds_for_what_it_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
