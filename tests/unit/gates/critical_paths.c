/* Which names are one, where links lead, what a pattern stands below. */
#include "gates/critical_int.h"

#include "unit.h"

static void test_gates_critical_paths__links(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    static const struct {
        const char *path, *target, *to; /* NULL: out of the repository */
    } cases[] = {
        {"link", "src/auth", "src/auth"},
        {"a/b/link", "../c", "a/c"},
        {"a/b/link", ".././/c/", "a/c"},
        {"a/link", "../../etc/passwd", NULL},
        {"a/link", "/etc/passwd", NULL},
        {"a/link", "..", ""},
        {"link", ".", ""},
        {"a/link", "b/../../src/./auth", "src/auth"},
        {"link", "", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str to = path_of_link(&a, str_from(cases[i].path), str_from(cases[i].target));
        if (!to.p != !cases[i].to || (to.p && !str_eq(to, str_from(cases[i].to))))
            fail_msg("%s -> %s gave %.*s", cases[i].path, cases[i].target, (int)to.n, to.p ? to.p : "");
    }
    arena_release(&a);
}

static void test_gates_critical_paths__roots_of_patterns(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"/src/auth/", "src/auth"},
                                           {"src/auth/*.c", "src/auth"},
                                           {"/a", "a"},
                                           {"a", ""},
                                           {"*.c", ""},
                                           {"**/auth/**", ""},
                                           {"a/b*/c", "a"},
                                           {"/*", ""},
                                           {"auth/", ""},
                                           {"a/b", "a/b"},
                                           {"/", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str root = pattern_root(str_from(cases[i][0]));
        if (!str_eq(root, str_from(cases[i][1]))) fail_msg("%s gave %.*s", cases[i][0], (int)root.n, root.p);
    }
}

static void test_gates_critical_paths__twins(void **state)
{
    (void)state;
    struct ctx cx;
    struct str a, b;
    ctx_init(&cx);
    static const char *const same[][2] = {{"SRC/Auth/Login.c", "src/auth/login.c"},
                                          {"p\u00e4ssi/x.c", "pa\u0308ssi/X.C"}, /* composed or not */
                                          {"stra\u00dfe.c", "STRASSE.c"},        /* full folding */
                                          {"\u212aey.c", "key.c"},               /* the sign for kelvin */
                                          {"\u0130x", "i\u0307x"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_int_equal(path_folded(&cx, str_from(same[i][0]), &a), OK);
        assert_int_equal(path_folded(&cx, str_from(same[i][1]), &b), OK);
        if (!str_eq(a, b)) fail_msg("%s and %s are not taken for one", same[i][0], same[i][1]);
    }
    assert_int_equal(path_folded(&cx, STR("a\xff/B"), &a), OK); /* no UTF-8: as it is */
    assert_true(str_eq(a, STR("a\xff/B")));
    assert_int_equal(path_folded(&cx, STR("a_b"), &a), OK);
    assert_true(str_eq(a, STR("a_b")));
    ctx_release(&cx);
}

static void test_gates_critical_paths__places_of_codeowners(void **state)
{
    (void)state;
    assert_true(owners_file_is_place(STR("CODEOWNERS")));
    assert_true(owners_file_is_place(STR(".GitHub/codeowners")));
    assert_true(owners_file_is_place(STR("docs/CODEOWNERS")));
    assert_false(owners_file_is_place(STR("src/CODEOWNERS")));
    assert_false(owners_file_is_place(STR("CODEOWNERS.md")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gates_critical_paths__links),
        cmocka_unit_test(test_gates_critical_paths__roots_of_patterns),
        cmocka_unit_test(test_gates_critical_paths__twins),
        cmocka_unit_test(test_gates_critical_paths__places_of_codeowners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
