/* Which refs a pattern of a protection means. */
#include "gates/place.h"

#include "unit.h"

static void test_gates_place__patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *ref;
        bool is;
    } cases[] = {
        {"refs/heads/main", "refs/heads/main", true},
        {"refs/heads/main", "refs/heads/main2", false},
        {"refs/heads/main", "refs/heads/mai", false},
        {"refs/heads/release/*", "refs/heads/release/1.0", true},
        {"refs/heads/release/*", "refs/heads/release/", true},
        {"refs/heads/release/*", "refs/heads/release/1.0/x", false},
        {"refs/heads/*", "refs/heads/a", true},
        {"refs/heads/*", "refs/heads/a/b", false},
        {"refs/heads/*/*", "refs/heads/a/b", true},
        {"refs/heads/v*-stable", "refs/heads/v1-2-stable", true},
        {"refs/heads/v*-stable", "refs/heads/v1-2-stable-x", false},
        {"refs/heads/**", "refs/heads/a", true},
        {"refs/heads/**", "refs/heads/a/b/c", true},
        {"refs/heads/release/**", "refs/heads/release/1/hot/fix", true},
        {"refs/heads/release/**", "refs/heads/released/1", false},
        {"refs/heads/**/x*", "refs/heads/a/xb/c/xd", true},
        {"refs/heads/**/x*", "refs/heads/a/xb/c/d", false},
        {"refs/heads/*/**/z", "refs/heads/a/b/c/z", true},
        {"refs/heads/*a/**b*", "refs/heads/xa/q/b/c", false},
        {"refs/heads/*a/**b*", "refs/heads/xa/q/b/cb", true},
        {"*", "refs/heads/a", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (protection_matches(str_from(cases[i].pattern), str_from(cases[i].ref)) != cases[i].is)
            fail_msg("%s %s", cases[i].pattern, cases[i].ref);
}

static void test_gates_place__a_long_pattern_takes_no_time(void **state)
{
    (void)state;
    char pattern[256], ref[256];
    for (int i = 0; i < 254; i++) pattern[i] = i % 2 ? 'a' : '*', ref[i] = 'a';
    pattern[254] = 'b';
    ref[254] = 'a';
    pattern[255] = ref[255] = '\0';
    assert_false(protection_matches(str_from(pattern), str_from(ref)));
}

static void test_gates_place__the_first_that_matches_holds(void **state)
{
    (void)state;
    const struct protection list[] = {{.pattern = STR("refs/heads/release/*"), .reviewers = 2},
                                      {.pattern = STR("refs/heads/*"), .reviewers = 1}};
    assert_int_equal(protection_of(list, 2, STR("refs/heads/release/1"))->reviewers, 2);
    assert_int_equal(protection_of(list, 2, STR("refs/heads/main"))->reviewers, 1);
    assert_null(protection_of(list, 2, STR("refs/heads/a/b")));
    /* a name is its own, however long a pattern is that means it too */
    const struct protection loose[] = {{.pattern = STR("refs/heads/*m*a*i*n*"), .reviewers = 0},
                                       {.pattern = STR("refs/heads/main"), .reviewers = 2}};
    assert_int_equal(protection_of(loose, 2, STR("refs/heads/main"))->reviewers, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gates_place__patterns),
        cmocka_unit_test(test_gates_place__a_long_pattern_takes_no_time),
        cmocka_unit_test(test_gates_place__the_first_that_matches_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
