#include "git/records.h"

#include "fixture.h"

#define OID "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

static void test_git_records__change(void **state)
{
    (void)state;
    struct git_change c;
    assert_true(record_change(STR(":100644 100755 " OID " " OID " M"), 40, &c));
    assert_int_equal(c.old_mode, 0100644);
    assert_int_equal(c.new_mode, 0100755);
    assert_int_equal(c.status, 'M');
    assert_false(record_change(STR(":100644 100755 " OID " " OID " "), 40, &c));
    assert_false(record_change(STR(":100644 100755 " OID " " OID), 40, &c));
    assert_false(record_change(STR(":100644 9 " OID " " OID " M"), 40, &c));
    assert_false(record_change(STR(OID), 40, &c));
    assert_false(record_change(STR(""), 40, &c));
}

static void test_git_records__entry(void **state)
{
    (void)state;
    struct git_entry e;
    assert_true(record_entry(STR("100644 blob " OID "    1234"), 40, &e));
    assert_int_equal(e.size, 1234);
    assert_true(record_entry(STR("160000 commit " OID "       -"), 40, &e));
    assert_int_equal(e.size, -1);
    assert_true(record_entry(STR("100644 blob " OID "     BAD"), 40, &e));
    assert_int_equal(e.size, -1);
    assert_false(record_entry(STR("100644 blob " OID), 40, &e));
    assert_false(record_entry(STR("100644"), 40, &e));
}

static void test_git_records__path(void **state)
{
    (void)state;
    static const char *const usable[] = {"a", "a/b.c", ".gitignore", "..a/...", ".github/.x", " ", "a\nb"};
    static const char *const refused[] = {"",     "/",    "/a",  "a//b",  "a/",          "..",
                                          "../a", "a/..", "./a", "a/./b", ".git/config", "a/.GIT/x"};
    for (size_t i = 0; i < sizeof usable / sizeof *usable; i++)
        if (!record_path_is_usable(str_from(usable[i]))) fail_msg("%s", usable[i]);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (record_path_is_usable(str_from(refused[i]))) fail_msg("%s", refused[i]);
}

static void test_git_records__object(void **state)
{
    (void)state;
    struct str oid;
    int64_t size;
    assert_int_equal(record_object(STR(OID " blob 17"), 40, &oid, &size), OBJECT_BLOB);
    assert_int_equal(size, 17);
    assert_int_equal(record_object(STR(OID " missing"), 40, &oid, &size), OBJECT_MISSING);
    assert_int_equal(record_object(STR(OID " blob -17"), 40, &oid, &size), OBJECT_MISSING);
    assert_int_equal(record_object(STR("main ambiguous"), 40, &oid, &size), OBJECT_MISSING);
    assert_int_equal(record_object(STR(""), 40, &oid, &size), OBJECT_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_git_records__change),
        cmocka_unit_test(test_git_records__entry),
        cmocka_unit_test(test_git_records__path),
        cmocka_unit_test(test_git_records__object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
