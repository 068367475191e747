/* Origins: what is taken, and how it is spelled. */
#include "unit.h"
#undef fail

#include "base/origin.h"

static void test_base_origin__spelling(void **state)
{
    static const char *const cases[][2] = {
        {"https://sinetti.example.org", "https://sinetti.example.org"},
        {"HTTPS://Sinetti.Example.org/", "https://sinetti.example.org"},
        {"https://sinetti.example.org:443", "https://sinetti.example.org"},
        {"http://sinetti.example.org:443/", "http://sinetti.example.org:443"},
        {"http://[::1]:80", "http://[::1]"},
        {"https://10.0.0.1:8443", "https://10.0.0.1:8443"},
    };
    struct ctx cx;
    struct str out;
    (void)state;
    ctx_init(&cx);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(origin_read(&cx, "x", str_from(cases[i][0]), &out), OK);
        assert_string_equal(out.p, cases[i][1]);
    }
    ctx_release(&cx);
}

static void test_base_origin__refused(void **state)
{
    static const char *const bad[] = {"",
                                      "sinetti.example.org",
                                      "https://",
                                      "https:///",
                                      "ftp://a",
                                      "https://a/b",
                                      "https://a?b",
                                      "https://a#b",
                                      "https://u@a",
                                      "https://a:",
                                      "https://a:0",
                                      "https://a:70000",
                                      "https://a b",
                                      "https://a//",
                                      "https://\xc3\xa4",
                                      "https://a\r\nb"};
    struct ctx cx;
    struct str out;
    (void)state;
    ctx_init(&cx);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(origin_read(&cx, "--public-url", str_from(bad[i]), &out), E_INVALID);
    assert_non_null(strstr(cx.message, "--public-url"));
    ctx_release(&cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_origin__spelling),
        cmocka_unit_test(test_base_origin__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
