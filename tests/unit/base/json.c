/* base/json: what is written, and that nothing in a string can leave it. */
#include "base/json.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>

#include "unit.h"

static void written(struct str s, const char *expected)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_str(&j, s);
    assert_true(str_eq(buf_view(&b), str_from(expected)));
}

static void test_base_json__strings(void **state)
{
    (void)state;
    written(STR(""), "\"\"");
    written(STR("a\"b\\c/\n\r\t"), "\"a\\\"b\\\\c/\\n\\r\\t\"");
    written(STR("\x1b[31m\x7f"), "\"\\u001b[31m\\u007f\"");
    written(STR("\0"), "\"\\u0000\"");
    written(STR("ä\xe2\x82\xac"), "\"ä\xe2\x82\xac\"");
    written(STR("a\xe2\x80\xae"
                "b"),
            "\"a\\u202eb\"");                                   /* turns what follows around */
    written(STR("\xc2\x9b"), "\"\\u009b\"");                    /* one byte that starts a terminal's command */
    written(STR("\xf3\xa0\x81\x81"), "\"\\udb40\\udc41\"");     /* a tag character, beyond the first plane */
    written(STR("\xff\xc3("), "\"\xef\xbf\xbd\xef\xbf\xbd(\""); /* no UTF-8 */
    written(STR("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""); /* half of a pair */
}

static void test_base_json__values_are_read_back(void **state)
{
    (void)state;
    for (int pretty = 0; pretty < 2; pretty++) {
        scoped_buf b;
        struct json j;
        buf_init(&b, 0);
        json_init(&j, &b, pretty);
        json_begin(&j, '{');
        json_put_int(&j, "least", INT64_MIN);
        json_put_bool(&j, "yes", true);
        json_put_cstr(&j, "none", NULL);
        json_key(&j, "list");
        json_begin(&j, '[');
        json_begin(&j, '[');
        json_end(&j, ']');
        json_int(&j, 1);
        json_end(&j, ']');
        json_end(&j, '}');
        json_t *top = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(top);
        assert_int_equal(json_integer_value(json_object_get(top, "least")), INT64_MIN);
        assert_true(json_is_true(json_object_get(top, "yes")));
        assert_true(json_is_null(json_object_get(top, "none")));
        assert_int_equal(json_array_size(json_object_get(top, "list")), 2);
        json_decref(top);
    }
}

static void test_base_json__layout(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "{\"a\":[],\"b\":{},\"c\":[1,[false,null],{\"d\":\"x\"}],\"e\":-5}",
        "{\n \"a\": [],\n \"b\": {},\n \"c\": [\n  1,\n  [\n   false,\n   null\n  ],\n"
        "  {\n   \"d\": \"x\"\n  }\n ],\n \"e\": -5\n}\n"};
    for (int pretty = 0; pretty < 2; pretty++) {
        scoped_buf b;
        struct json j;
        buf_init(&b, 0);
        json_init(&j, &b, pretty);
        json_begin(&j, '{');
        json_key(&j, "a");
        json_begin(&j, '[');
        json_end(&j, ']');
        json_key(&j, "b");
        json_begin(&j, '{');
        json_end(&j, '}');
        json_key(&j, "c");
        json_begin(&j, '[');
        json_int(&j, 1);
        json_begin(&j, '[');
        json_bool(&j, false);
        json_nil(&j);
        json_end(&j, ']');
        json_begin(&j, '{');
        json_put_str(&j, "d", STR("x"));
        json_end(&j, '}');
        json_end(&j, ']');
        json_put_int(&j, "e", -5);
        json_end(&j, '}');
        assert_string_equal(b.p, expected[pretty]);
    }
}

/* Any bytes: the reader gives back what was written, with U+FFFD for bytes that are no UTF-8. */
static void test_base_json__any_bytes_are_read_back(void **state)
{
    (void)state;
    uint32_t random = 4711;
    for (int round = 0; round < 2000; round++) {
        char in[20];
        scoped_buf b, want;
        struct json j;
        for (size_t i = 0; i < sizeof in; i++) {
            random = random * 1664525 + 1013904223;
            in[i] = (char)(random >> 24);
        }
        struct str s = {in, sizeof in};
        buf_init(&b, 0);
        buf_init(&want, 0);
        for (size_t i = 0; i < s.n;) {
            uint32_t cp;
            size_t n = str_char(s, i, &cp);
            if (n)
                buf_add(&want, s.p + i, n);
            else
                buf_cstr(&want, "\xef\xbf\xbd");
            i += n ? n : 1;
        }
        json_init(&j, &b, false);
        json_begin(&j, '[');
        json_str(&j, s);
        json_end(&j, ']');
        json_t *top = json_loadb(b.p, b.n, JSON_ALLOW_NUL, NULL);
        assert_non_null(top);
        json_t *v = json_array_get(top, 0);
        assert_true(str_eq((struct str){json_string_value(v), json_string_length(v)}, buf_view(&want)));
        json_decref(top);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_json__strings), cmocka_unit_test(test_base_json__values_are_read_back),
        cmocka_unit_test(test_base_json__layout), cmocka_unit_test(test_base_json__any_bytes_are_read_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
