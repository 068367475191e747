/* base/str: borrowed bytes, buffers with a ceiling, and what is made safe to show. */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>

#include "unit.h"

static void assert_str(struct str s, const char *expected)
{
    if (!str_eq(s, str_from(expected))) fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(s), expected);
}

static void test_base_str__compare(void **state)
{
    (void)state;
    assert_true(str_eq(STR_NONE, STR("")));
    assert_false(str_eq(STR("a"), STR("a\0")));
    assert_true(str_eq_nocase(STR("aZ-"), STR("Az-")));
    assert_false(str_eq_nocase(STR("\xc4"), STR("\xe4"))); /* ASCII only */
    assert_false(str_eq_nocase(STR("@"), STR("`")));       /* a bit apart, and no letters */
    assert_true(str_cmp(STR("a"), STR("b")) < 0 && str_cmp(STR("a"), STR("ab")) < 0 &&
                str_cmp(STR("ab"), STR("ab")) == 0);
    assert_true(str_cmp(STR("\xff"), STR("a")) > 0); /* bytes, not signed characters */
    assert_true(str_starts(STR("abc"), STR("ab")) && str_starts(STR("abc"), STR("")) &&
                !str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
    assert_true(str_starts_nocase(STR("ABc"), STR("ab")) && str_ends_nocase(STR("abC"), STR("Bc")));
}

static void test_base_str__find(void **state)
{
    (void)state;
    struct str s = STR("one two two");
    assert_ptr_equal(str_find(s, STR("two")), s.p + 4);
    assert_null(str_find(s, STR("three")));
    assert_null(str_find(STR("tw"), STR("two")));
    assert_null(str_find(STR_NONE, STR("a")));
    assert_true(str_has_nocase(s, STR("TWO")) && !str_has_nocase(s, STR("TWOX")));
}

static void test_base_str__slice_and_trim(void **state)
{
    (void)state;
    assert_str(str_slice(STR("abcdef"), 2, 4), "cd");
    assert_str(str_slice(STR("abc"), 2, 100), "c");
    assert_str(str_slice(STR("abc"), 5, 2), "");
    assert_str(str_trim(STR(" \t\r\n a b \v\f")), "a b");
    assert_str(str_trim(STR("  ")), "");
    assert_str(str_trim(STR_NONE), "");
}

static void test_base_str__cut(void **state)
{
    (void)state;
    struct str rest = STR("a,,b"), part;
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "a");
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "");
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "b");
    assert_false(str_cut(&rest, ',', &part));
    rest = STR("a,");
    assert_true(str_cut(&rest, ',', &part) && str_cut(&rest, ',', &part)); /* an empty one behind the last */
    assert_int_equal(part.n, 0);
    assert_false(str_cut(&rest, ',', &part));
}

static void test_base_str__numbers(void **state)
{
    (void)state;
    int64_t n;
    assert_true(str_to_i64(STR("0"), 0, 9, &n) && n == 0);
    assert_true(str_to_i64(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &n) && n == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), INT64_MIN, INT64_MAX, &n) && n == INT64_MAX);
    static const char *const bad[] = {
        "", "-", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "-9223372036854775809", "10"};
    for (size_t i = 0; i + 1 < sizeof bad / sizeof *bad; i++)
        if (str_to_i64(str_from(bad[i]), INT64_MIN, INT64_MAX, &n)) fail_msg("\"%s\" is taken", bad[i]);
    assert_false(str_to_i64(STR("10"), 0, 9, &n));
    assert_false(str_to_i64(STR("-1"), 0, 9, &n));
}

static void test_base_str__utf8(void **state)
{
    (void)state;
    static const char *const good[] = {
        "", "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(str_is_utf8(str_from(good[i])));
    static const char *const bad[] = {
        "\x80",     "\xc3",         "\xc0\xaf",         "\xc1\xbf",         "\xe0\x80\xaf",
        "\xe2\x82", "\xed\xa0\x80", "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xff",     "a\xc3(b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (str_is_utf8(str_from(bad[i]))) fail_msg("sequence %zu is taken", i);
    uint32_t c;
    assert_int_equal(str_char(STR("a\xe2\x82\xac"), 1, &c), 3);
    assert_int_equal(c, 0x20ac);
}

static void shown(struct str s, const char *expected)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_visible(&b, s);
    assert_str(buf_view(&b), expected);
}

static void test_base_str__visible(void **state)
{
    (void)state;
    shown(STR("plain ä€"), "plain ä€");
    shown(STR("a\nb\tc\rd"), "a b c d");
    shown(STR("\x1b[31m"), "\\x1b[31m");
    shown(STR("\0"), "\\x00");
    shown(STR("\x7f\xc2\x9b"), "\\x7f\\x9b");
    shown(STR("\xff\xfe"), "\\xff\\xfe");
    shown(STR("\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf\xe2\x80\x8b"), "\\u202e\\u2066\\ufeff\\u200b");
    shown(STR("\xf3\xa0\x81\x81"), "\\ue0041");
}

static void test_base_buf__grows_up_to_its_ceiling(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 10);
    assert_str(buf_view(&b), "");
    buf_cstr(&b, "12345");
    buf_printf(&b, "%d", 67890);
    assert_int_equal(buf_ok(&b), OK);
    buf_char(&b, 'x');
    assert_int_equal(buf_ok(&b), E_LIMIT);
    assert_str(buf_view(&b), "1234567890"); /* what was there stays */
    buf_str(&b, STR("y"));
    assert_str(buf_view(&b), "1234567890");
    buf_clear(&b);
    buf_printf(&b, "%s", "12345678901"); /* one too many */
    assert_int_equal(buf_ok(&b), E_LIMIT);
    assert_int_equal(b.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_str__compare),        cmocka_unit_test(test_base_str__find),
        cmocka_unit_test(test_base_str__slice_and_trim), cmocka_unit_test(test_base_str__cut),
        cmocka_unit_test(test_base_str__numbers),        cmocka_unit_test(test_base_str__utf8),
        cmocka_unit_test(test_base_str__visible),        cmocka_unit_test(test_base_buf__grows_up_to_its_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
