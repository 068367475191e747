/* base/str: comparing, cutting, numbers, UTF-8, buffers with a ceiling, and text from outside made visible. */
#include "base/str.h"
#include "base/limits.h"

#include "unit.h"

static void assert_str(struct str s, const char *expected)
{
    if (!str_eq(s, str_from(expected))) fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(s), expected);
}

static void test_base_str__compare(void **state)
{
    (void)state;
    assert_null(str_from(NULL).p);
    assert_true(str_eq(STR_NONE, STR("")));
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_eq(STR("a"), STR("ab")));
    assert_true(str_eq_nocase(STR("aZ"), STR("Az")));
    assert_false(str_eq_nocase(STR("@["), STR("`{"))); /* 32 apart, and no letters */
    assert_false(str_eq_nocase(STR("ä"), STR("Ä")));   /* ASCII alone */
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("b"), STR("ab")) > 0);
    assert_true(str_cmp(STR("\x7f"), STR("\x80")) < 0); /* bytes have no sign */
    assert_int_equal(str_cmp(STR("a"), STR("a")), 0);
    assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
    assert_true(str_cmp(STR_NONE, STR("a")) < 0);
}

static void test_base_str__sorted(void **state)
{
    struct str list[] = {STR("b"), STR("ab"), STR(""), STR("a")};
    (void)state;
    str_sort(NULL, 0);
    assert_false(str_among(NULL, 0, STR("a")));
    str_sort(list, 4);
    assert_true(str_eq(list[0], STR("")) && str_eq(list[1], STR("a")) && str_eq(list[3], STR("b")));
    assert_true(str_among(list, 4, STR("ab")));
    assert_true(str_among(list, 4, STR("")));
    assert_false(str_among(list, 4, STR("aba")));
}

static void test_base_str__starts_ends_has(void **state)
{
    (void)state;
    assert_true(str_starts(STR("main.c"), STR("main")));
    assert_true(str_starts(STR("main"), STR("main")));
    assert_false(str_starts(STR("mai"), STR("main")));
    assert_false(str_starts(STR("Main"), STR("main")));
    assert_true(str_starts(STR_NONE, STR_NONE));
    assert_true(str_starts_nocase(STR("MAIN.c"), STR("main")));
    assert_false(str_starts_nocase(STR("mai"), STR("main")));
    assert_true(str_ends(STR("main.c"), STR(".c")));
    assert_false(str_ends(STR("c"), STR(".c")));
    assert_false(str_ends(STR("main.C"), STR(".c")));
    assert_true(str_ends_nocase(STR("main.C"), STR(".c")));
    assert_true(str_ends(STR("x"), STR_NONE));
    assert_true(str_has(STR("a needle here"), STR("needle")));
    assert_false(str_has(STR("a needl"), STR("needle")));
    assert_true(str_has(STR_NONE, STR("")));
    assert_false(str_has(STR_NONE, STR("x")));
    assert_true(str_has_nocase(STR("aaAb"), STR("AAB")));
    assert_true(str_has_nocase(STR("xAB"), STR("ab"))); /* at the very end */
    assert_false(str_has_nocase(STR("xa"), STR("ab")));
    struct str s = STR("abcabc");
    assert_ptr_equal(str_find(s, STR("bc")), s.p + 1);
    assert_null(str_find(s, STR("cb")));
    assert_ptr_equal(str_find(s, STR("")), s.p);
}

static void test_base_str__trim_slice_cut(void **state)
{
    (void)state;
    assert_str(str_trim(STR(" \t\r\n\v\fa b ")), "a b");
    assert_str(str_trim(STR(" \n ")), "");
    assert_str(str_trim(STR("\xc2\xa0x")), "\xc2\xa0x"); /* ASCII alone */
    assert_str(str_slice(STR("abc"), 1, 2), "b");
    assert_str(str_slice(STR("abc"), 1, 99), "bc");
    assert_str(str_slice(STR("abc"), 7, 9), "");
    assert_str(str_slice(STR("abc"), 2, 1), "");
    assert_null(str_slice(STR_NONE, 0, 3).p);

    struct str rest = STR("a,,b,"), part;
    static const char *const parts[] = {"a", "", "b", ""};
    for (int i = 0; i < 4; i++) {
        assert_true(str_cut(&rest, ',', &part));
        assert_non_null(part.p);
        assert_str(part, parts[i]);
    }
    assert_false(str_cut(&rest, ',', &part));
    assert_null(part.p);
    rest = STR("");
    assert_true(str_cut(&rest, ',', &part)); /* one part, which is empty */
    assert_false(str_cut(&rest, ',', &part));
}

static void test_base_str__numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t min, max;
        bool fine;
        int64_t value;
    } cases[] = {
        {"0", 0, 9, true, 0},
        {"007", 0, 9, true, 7},
        {"-12", -12, 0, true, -12},
        {"-13", -12, 0, false, 0},
        {"10", 0, 9, false, 0},
        {"9223372036854775807", 0, INT64_MAX, true, INT64_MAX},
        {"9223372036854775808", 0, INT64_MAX, false, 0},
        {"-9223372036854775808", INT64_MIN, 0, true, INT64_MIN},
        {"-9223372036854775809", INT64_MIN, 0, false, 0},
        {"99999999999999999999", INT64_MIN, INT64_MAX, false, 0},
        {"", INT64_MIN, INT64_MAX, false, 0},
        {"-", INT64_MIN, INT64_MAX, false, 0},
        {"--1", INT64_MIN, INT64_MAX, false, 0},
        {"+1", INT64_MIN, INT64_MAX, false, 0},
        {" 1", INT64_MIN, INT64_MAX, false, 0},
        {"1 ", INT64_MIN, INT64_MAX, false, 0},
        {"1.0", INT64_MIN, INT64_MAX, false, 0},
        {"0x1", INT64_MIN, INT64_MAX, false, 0},
        {"1:", INT64_MIN, INT64_MAX, false, 0}, /* the sign after '9' */
        {"/1", INT64_MIN, INT64_MAX, false, 0}, /* the one before '0' */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t v = 77;
        bool fine = str_to_i64(str_from(cases[i].text), cases[i].min, cases[i].max, &v);
        if (fine != cases[i].fine || v != (fine ? cases[i].value : 77)) fail_msg("number \"%s\"", cases[i].text);
    }
}

static void test_base_str__utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t cp; /* of the first character; 0: malformed */
    } cases[] = {
        {"A", 'A'},
        {"\x7f", 0x7f},
        {"\x80", 0},
        {"\xc1\xbf", 0}, /* longer than it need be */
        {"\xc2\x80", 0x80},
        {"\xdf\xbf", 0x7ff},
        {"\xc3", 0},
        {"\xc3(", 0},
        {"\xe0\x9f\xbf", 0},
        {"\xe0\xa0\x80", 0x800},
        {"\xed\x9f\xbf", 0xd7ff},
        {"\xed\xa0\x80", 0}, /* half of a surrogate pair */
        {"\xed\xbf\xbf", 0},
        {"\xee\x80\x80", 0xe000},
        {"\xef\xbf\xbf", 0xffff},
        {"\xe2\x82", 0},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xf0\x90\x80\x80", 0x10000},
        {"\xf4\x8f\xbf\xbf", 0x10ffff},
        {"\xf4\x90\x80\x80", 0},
        {"\xf5\x80\x80\x80", 0},
        {"\xff", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str s = str_from(cases[i].text);
        uint32_t cp = 0;
        size_t n = str_char(s, 0, &cp);
        if (cp != cases[i].cp || n != (cp ? s.n : 0) || str_is_utf8(s) != (cp != 0)) fail_msg("UTF-8 case %zu", i);
    }
    assert_true(str_is_utf8(STR("")));
    assert_false(str_is_utf8(STR("ok\xc3")));
}

static void test_base_str__deceptive(void **state)
{
    (void)state;
    static const uint32_t bad[] = {0,      0x1f,   0x7f,   0x80,   0x9f,   0xad,    0x61c,
                                   0x180e, 0x200b, 0x200f, 0x2028, 0x202a, 0x202e,  0x2060,
                                   0x2066, 0x2069, 0x206f, 0xfeff, 0xfff9, 0xe0001, 0xe007f};
    static const uint32_t good[] = {' ',    '~',    0xa0,   0xac,   0xae,   0xe4,   0x2010,
                                    0x2027, 0x202f, 0x205f, 0x2070, 0x20ac, 0xfffd, 0x1f600};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!char_is_deceptive(bad[i])) fail_msg("U+%04X is let through", bad[i]);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (char_is_deceptive(good[i])) fail_msg("U+%04X is refused", good[i]);
}

static void visible(struct str s, const char *expected)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_visible(&b, s);
    assert_str(buf_view(&b), expected);
}

static void test_base_str__visible(void **state)
{
    (void)state;
    visible(STR("plain ä € \xf0\x9f\x98\x80"), "plain ä € \xf0\x9f\x98\x80");
    visible(STR("a\nb\tc\rd"), "a b c d");
    visible(STR("\x1b[31m\a\x7f\0"), "\\x1b[31m\\x07\\x7f\\x00");
    visible(STR("\xc2\x9b"), "\\x9b"); /* starts a terminal's command */
    visible(STR("\xe2\x80\xae"), "\\u202e");
    visible(STR("\xe2\x80\x8b"), "\\u200b");
    visible(STR("\xf3\xa0\x81\x81"), "\\ue0041");
    visible(STR("a\xff\xc3("), "a\\xff\\xc3(");
    visible(STR("\xe2\x80"), "\\xe2\\x80"); /* cut short */
}

static void quoted(struct str s, const char *expected)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_quoted(&b, s);
    assert_str(buf_view(&b), expected);
}

static void test_base_str__quoted_for_a_shell(void **state)
{
    (void)state;
    quoted(STR_NONE, "''");
    quoted(STR("a b$(c)`d`\\\"\n"), "'a b$(c)`d`\\\"\n'");
    quoted(STR("'; rm -r x; '"), "''\\''; rm -r x; '\\'''");
}

/* Whatever bytes come in, what goes out is UTF-8 without anything deceptive, and stays the same when shown again. */
static void test_base_str__visible_is_safe_and_stable(void **state)
{
    (void)state;
    uint32_t random = 12345;
    for (int round = 0; round < 2000; round++) {
        char in[24];
        scoped_buf once, twice;
        for (size_t i = 0; i < sizeof in; i++) {
            random = random * 1664525 + 1013904223;
            uint32_t r = random >> 16;
            in[i] = r % 3 ? (char)(0x80 | (r >> 3)) : (char)(r >> 3);
        }
        buf_init(&once, 0);
        buf_init(&twice, 0);
        buf_visible(&once, (struct str){in, sizeof in});
        for (size_t i = 0; i < once.n;) {
            uint32_t cp = 0;
            size_t n = str_char(buf_view(&once), i, &cp);
            assert_true(n > 0 && !char_is_deceptive(cp));
            i += n;
        }
        buf_visible(&twice, buf_view(&once));
        assert_true(str_eq(buf_view(&once), buf_view(&twice)));
    }
}

static void test_base_str__buffer_grows_to_its_ceiling(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 1000);
    for (int i = 0; i < 100; i++) buf_cstr(&b, "0123456789");
    assert_int_equal(buf_ok(&b), OK);
    assert_int_equal(b.n, 1000);
    assert_int_equal(b.p[1000], 0);
    buf_char(&b, 'x');
    assert_int_equal(buf_ok(&b), E_LIMIT);
    assert_int_equal(b.n, 1000);
    buf_clear(&b);
    assert_int_equal(buf_ok(&b), OK);
    assert_int_equal(b.n, 0);

    buf_cstr(&b, "abc");
    buf_printf(&b, "%0998d", 1); /* one byte too many */
    buf_char(&b, 'd');           /* would fit: but what is incomplete stays so */
    assert_int_equal(buf_ok(&b), E_LIMIT);
    assert_str(buf_view(&b), "abc");
    buf_release(&b);
    assert_int_equal(b.max, 1000);
    assert_str(buf_view(&b), "");
    buf_printf(&b, "%0997d%s", 1, "abc");
    assert_int_equal(buf_ok(&b), OK);
    assert_int_equal(b.n, 1000);
}

static void test_base_str__buffer_takes_what_it_is_given(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    assert_int_equal(b.max, LIMIT_BUF);
    assert_str(buf_view(&b), "");
    buf_str(&b, STR_NONE);
    buf_add(&b, NULL, 0);
    assert_null(b.p);
    buf_str(&b, STR("a\0b"));
    buf_printf(&b, "%s-%d", "x", -5);
    buf_char(&b, '\0');
    assert_true(str_eq(buf_view(&b), STR("a\0bx--5\0")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_str__compare),
        cmocka_unit_test(test_base_str__sorted),
        cmocka_unit_test(test_base_str__starts_ends_has),
        cmocka_unit_test(test_base_str__trim_slice_cut),
        cmocka_unit_test(test_base_str__numbers),
        cmocka_unit_test(test_base_str__utf8),
        cmocka_unit_test(test_base_str__deceptive),
        cmocka_unit_test(test_base_str__visible),
        cmocka_unit_test(test_base_str__visible_is_safe_and_stable),
        cmocka_unit_test(test_base_str__quoted_for_a_shell),
        cmocka_unit_test(test_base_str__buffer_grows_to_its_ceiling),
        cmocka_unit_test(test_base_str__buffer_takes_what_it_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
