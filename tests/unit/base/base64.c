/* base/base64: RFC 4648's own examples, one spelling for each value, everything else refused. */
#include "base/base64.h"

#include "unit.h"

static const struct {
    const char *bytes, *text;
} examples[] = {{"", ""},
                {"f", "Zg=="},
                {"fo", "Zm8="},
                {"foo", "Zm9v"},
                {"foob", "Zm9vYg=="},
                {"fooba", "Zm9vYmE="},
                {"foobar", "Zm9vYmFy"},
                {"\xfb\xff\xbe", "+/++"}};

static void test_base_base64__examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        scoped_buf text, bytes;
        char exact[8];
        size_t n = strlen(examples[i].bytes);
        buf_init(&text, 0);
        buf_init(&bytes, 0);
        base64_put(&text, examples[i].bytes, n);
        assert_true(str_eq(buf_view(&text), str_from(examples[i].text)));
        assert_true(base64_read(&bytes, buf_view(&text)));
        assert_true(str_eq(buf_view(&bytes), str_from(examples[i].bytes)));
        assert_true(base64_read_exact(exact, n, buf_view(&text)));
        assert_memory_equal(exact, examples[i].bytes, n);
        if (n) assert_false(base64_read_exact(exact, n - 1, buf_view(&text)));
        assert_false(base64_read_exact(exact, n + 1, buf_view(&text)));
    }
}

static void test_base_base64__refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Zg",   "Zg=",  "Zg===",    "Z===",     "====", "=",    "Zm8",  "Zm9v\n",   " Zm9v",   "Zm9v Zm9v",
        "Zm-v", "Zm_v", "Zg==Zm9v", "Zm8=Zm8=", "Zh==", "Zm9=", "Z=9v", "Zm9v====", "Zm9\xff", "Zg=A"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        scoped_buf bytes;
        buf_init(&bytes, 0);
        if (base64_read(&bytes, str_from(texts[i]))) fail_msg("\"%s\" is taken", texts[i]);
        char exact[8];
        for (size_t n = 0; n < sizeof exact; n++)
            if (base64_read_exact(exact, n, str_from(texts[i]))) fail_msg("\"%s\" is taken for %zu bytes", texts[i], n);
    }
    scoped_buf small;
    buf_init(&small, 2);
    assert_false(base64_read(&small, STR("Zm9v")));
}

static void test_base_base64__url(void **state)
{
    (void)state;
    static const char *const bad[] = {"Zg==", "Z", "Zh", "Zm9", "Zm9v\n", "Zm 9v", "+/++", "Zm9v="};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        scoped_buf bytes;
        buf_init(&bytes, 0);
        if (base64url_read(&bytes, str_from(bad[i]))) fail_msg("\"%s\" is taken", bad[i]);
    }
    uint8_t bytes[300];
    for (size_t n = 0; n < sizeof bytes; n++) {
        bytes[n] = (uint8_t)(n * 13 + 250);
        scoped_buf text, back;
        buf_init(&text, 0);
        buf_init(&back, 0);
        base64url_put(&text, bytes, n);
        assert_int_equal(text.n, (n * 4 + 2) / 3);
        assert_true(base64url_read(&back, buf_view(&text)));
        assert_int_equal(back.n, n);
        if (n) assert_memory_equal(back.p, bytes, n);
    }
    scoped_buf text;
    buf_init(&text, 0);
    base64url_put(&text, "\xfb\xff\xbe", 3);
    assert_true(str_eq(buf_view(&text), STR("-_--")));
}

static void test_base_base64__all_bytes_there_and_back(void **state)
{
    (void)state;
    uint8_t bytes[256], back[256];
    for (int i = 0; i < 256; i++) bytes[i] = (uint8_t)(i * 7 + 3);
    for (size_t n = 0; n <= 256; n++) {
        scoped_buf text;
        buf_init(&text, 0);
        base64_put(&text, bytes, n);
        assert_int_equal(text.n, (n + 2) / 3 * 4);
        assert_true(base64_read_exact(back, n, buf_view(&text)));
        assert_memory_equal(back, bytes, n);
    }
}

static void test_base_base64__hex(void **state)
{
    (void)state;
    uint8_t out[4];
    assert_true(hex_read_exact(out, 4, STR("00a9ff10")));
    assert_memory_equal(out, "\x00\xa9\xff\x10", 4);
    assert_true(hex_read_exact(out, 0, STR("")));
    static const char *const bad[] = {"", "00a9ff1", "00a9ff100", "00a9ff1g", "00A9ff10", "00a9ff1 ", "0x00a9ff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (hex_read_exact(out, 4, str_from(bad[i]))) fail_msg("\"%s\" is taken", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_base64__examples), cmocka_unit_test(test_base_base64__refuses),
        cmocka_unit_test(test_base_base64__url), cmocka_unit_test(test_base_base64__all_bytes_there_and_back),
        cmocka_unit_test(test_base_base64__hex)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
