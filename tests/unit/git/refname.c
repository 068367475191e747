#include "git/refname.h"

#include "fixture.h"

#define OID "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

static void test_git_refname__names(void **state)
{
    (void)state;
    static const char *const good[] = {"refs/heads/main",     "refs/heads/a/b", "refs/x",        "refs/tags/v1.0",
                                       "refs/heads/\xc3\xa4", "refs/heads/@",   "refs/heads/a@b"};
    static const char *const bad[] = {
        "",          "refs",        "refs/",           "HEAD",     "refs//a",   "refs/heads/", "refs/heads/.a",
        "refs/a..b", "refs/a.lock", "refs/a.lock/b",   "refs/a b", "refs/a~",   "refs/a^",     "refs/a:",
        "refs/a?",   "refs/a*",     "refs/a[",         "refs/a\\", "refs/a@{b", "refs/a.",     "refs/a\x7f",
        "refs/a\nb", "refs/../x",   "/refs/heads/main"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!refname_is_valid(str_from(good[i]))) fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (refname_is_valid(str_from(bad[i]))) fail_msg("taken: %s", bad[i]);
}

static void test_git_refname__packed(void **state)
{
    (void)state;
    struct str rest = STR("# pack-refs with: peeled fully-peeled sorted \n" OID " refs/heads/a\n" OID
                          " refs/tags/t\n^" OID "\nnonsense\n" OID " refs/../out\n" OID
                          "\n0000000000000000000000000000000000000000 refs/zero\n" OID " refs/last");
    struct packed_ref p;
    size_t skipped = 0, n = 0;
    const char *names[] = {"refs/heads/a", "refs/tags/t", "refs/last"};
    while (packed_refs_next(&rest, 40, &p, &skipped)) {
        assert_true(n < 3);
        assert_str(p.name, names[n++]);
        assert_str(p.oid, OID);
    }
    assert_int_equal(n, 3);
    assert_int_equal(skipped, 4);
}

static void test_git_refname__loose(void **state)
{
    (void)state;
    struct str v;
    assert_int_equal(loose_ref_parse(STR(OID "\n"), 40, &v), LOOSE_OID);
    assert_int_equal(loose_ref_parse(STR(OID), 40, &v), LOOSE_OID);
    assert_int_equal(loose_ref_parse(STR(OID " what git once wrote\n"), 40, &v), LOOSE_OID);
    assert_int_equal(loose_ref_parse(STR(OID "0\n"), 40, &v), LOOSE_BAD);
    assert_int_equal(loose_ref_parse(STR(OID "\n"), 64, &v), LOOSE_BAD);
    assert_int_equal(loose_ref_parse(STR(""), 40, &v), LOOSE_BAD);
    assert_int_equal(loose_ref_parse(STR("ref: refs/heads/main\n"), 40, &v), LOOSE_SYMBOLIC);
    assert_str(v, "refs/heads/main");
    assert_int_equal(loose_ref_parse(STR("ref: ../../etc/passwd\n"), 40, &v), LOOSE_BAD);
    assert_int_equal(loose_ref_parse(STR("ref: refs/heads/../../config\n"), 40, &v), LOOSE_BAD);
    assert_int_equal(loose_ref_parse(STR("ref:"), 40, &v), LOOSE_BAD);
}

static void test_git_refname__short_and_full(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    assert_str(refname_full(&a, STR("main")), "refs/heads/main");
    assert_str(refname_full(&a, STR("release/*")), "refs/heads/release/*");
    assert_str(refname_full(&a, STR("refs/tags/v1")), "refs/tags/v1");
    assert_str(refname_short(STR("refs/heads/a/b")), "a/b");
    assert_str(refname_short(STR("refs/tags/v1")), "refs/tags/v1");
    assert_str(refname_short(STR("")), "");
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_git_refname__names),
        cmocka_unit_test(test_git_refname__packed),
        cmocka_unit_test(test_git_refname__loose),
        cmocka_unit_test(test_git_refname__short_and_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
