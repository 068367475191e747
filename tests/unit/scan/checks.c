#include "unit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "markers.h"

static void test_scan_checks__luhn(void **state)
{
    (void)state;
    assert_true(luhn_is_valid("4111111111111111", 16));
    assert_false(luhn_is_valid("4111111111111112", 16));
    assert_false(card_is_plausible("4111111111111111", 16)); /* published */
    assert_false(card_is_plausible("4242424242424242", 16));
    assert_false(card_is_plausible("9111111111111111", 16));
}

static void test_scan_checks__iban(void **state)
{
    (void)state;
    assert_false(iban_is_valid("FI2112345600000785", 18)); /* valid, published */
    assert_false(iban_is_valid("FI2112345600000786", 18));
    assert_false(iban_is_valid("FI211234560000078", 17));
    assert_false(iban_is_valid("XX2112345600000785", 18));
    struct buf b;
    buf_init(&b, 0);
    marker_iban(&b, "FI", false);
    assert_true(iban_is_valid(b.p, b.n));
    b.p[7] = b.p[7] == '1' ? '2' : '1';
    assert_false(iban_is_valid(b.p, b.n));
    buf_release(&b);
}

/* The published example of each country has its own check digits right; with its last digit changed it has not. */
static void test_scan_checks__account_numbers(void **state)
{
    (void)state;
    static const char *const examples[] = {"FI12345600000785",   "NO86011117947",          "BE539007547034",
                                           "EE2200221020145685", "ES21000418450200051332", "PT000201231234567890154",
                                           "SI263300012039086"};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char v[40];
        size_t n = strlen(examples[i]);
        memcpy(v, examples[i], n);
        assert_true(account_number_is_valid(v, v + 2, n - 2));
        v[n - 1] = v[n - 1] == '9' ? '0' : (char)(v[n - 1] + 1);
        assert_false(account_number_is_valid(v, v + 2, n - 2));
        assert_false(account_number_is_valid(v, v + 2, n - 3));
        v[n - 1] = 'A';
        assert_false(account_number_is_valid(v, v + 2, n - 2));
    }
    assert_true(account_number_is_valid("DE", "370400440532013000", 18)); /* differs from bank to bank */
}

static void test_scan_checks__hetu_signs(void **state)
{
    (void)state;
    bool artificial;
    assert_true(hetu_is_valid("131052-308T", &artificial));
    assert_false(artificial);
    assert_false(hetu_is_valid("131052-308U", &artificial));
    assert_false(hetu_is_valid("311152-308T", &artificial));
    assert_false(hetu_is_valid("131052G308T", &artificial));
    for (const char *p = "+-YXWVU"; *p; p++) { /* the sign is no part of the sum */
        char v[12] = "131052-308T";
        v[6] = *p;
        assert_true(hetu_is_valid(v, &artificial));
    }
    assert_false(hetu_is_valid("131052A308T", &artificial)); /* 2052 is to come */
    for (const char *p = "ABCDEF"; *p; p++) {
        struct buf b;
        buf_init(&b, 0);
        marker_hetu(&b, (char[]){*p, ' ', '0', '1', 0}, true, false);
        assert_true(hetu_is_valid(b.p, &artificial));
        assert_true(artificial);
        buf_release(&b);
    }
}

static void test_scan_checks__token_checksum(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct buf b;
        buf_init(&b, 0);
        marker_checked_token(&b, "ghp_");
        assert_int_equal(b.n, 40);
        assert_true(token_checksum_is_valid((struct str){b.p + 4, 30}, (struct str){b.p + 34, 6}));
        b.p[10] = b.p[10] == 'a' ? 'b' : 'a';
        assert_false(token_checksum_is_valid((struct str){b.p + 4, 30}, (struct str){b.p + 34, 6}));
        buf_release(&b);
    }
    assert_int_equal(crc32_of(STR("123456789")), 0xcbf43926U);
}

static void test_scan_checks__randomness(void **state)
{
    (void)state;
    assert_false(text_is_random(STR("authentication_token_provider_2")));
    assert_false(text_is_random(STR("0123456789abcdef0123456789abcdef")));
    assert_false(text_is_random(STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1")));
    assert_false(text_is_random(STR("com.shop.orders.OrderController2")));
    assert_false(text_is_random(STR("short1")));
    int random = 0;
    for (int i = 0; i < 200; i++) {
        char text[33];
        for (int k = 0; k < 32; k++) text[k] = base62[marker_random(62)];
        random += text_is_random((struct str){text, 32});
    }
    assert_true(random > 185);
}

static void test_scan_checks__passwords(void **state)
{
    (void)state;
    const char *const guessable[] = {"admin",    "changeme", "ChangeMe123!", "password1",
                                     "P@ssw0rd", "12345678", "toor",         "Welcome1"};
    for (size_t i = 0; i < sizeof guessable / sizeof *guessable; i++)
        assert_true(text_is_guessable_password(str_from(guessable[i])));
    const char *const other[] = {"administration", "no", "x7Gq9z", "correct horse battery"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_false(text_is_guessable_password(str_from(other[i])));
}

static void test_scan_checks__base64(void **state)
{
    (void)state;
    uint8_t out[8];
    assert_int_equal(base64_decode(STR("aGV0dQ=="), out, sizeof out), 4);
    assert_memory_equal(out, "hetu", 4);
    assert_int_equal(base64_decode(STR("aGV0 dQ\n"), out, sizeof out), 4);
    assert_int_equal(base64_decode(STR("aGV0*"), out, sizeof out), -1);
    assert_int_equal(base64_decode(STR("aGV0dWhldHVoZXR1"), out, 5), 5);
}

static void test_scan_checks__hosts(void **state)
{
    (void)state;
    const char *const public[] = {"api.shop.fi", "8.8.8.8", "a.b.co.uk"};
    for (size_t i = 0; i < sizeof public / sizeof *public; i++) assert_true(host_is_public(str_from(public[i])));
    const char *const not [] = {"localhost",       "10.0.0.1", "192.168.1.1", "172.16.0.9", "db", "x.local",
                                "api.example.com", "a.test",   "1.2.3",       "a..",        ""};
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++) assert_false(host_is_public(str_from(not [i])));
    assert_true(str_eq(url_host(STR("https://u:p@api.shop.fi:8443/x?y")), STR("api.shop.fi")));
    assert_int_equal(url_host(STR("no address")).n, 0);
}

static bool commented(enum syntax syntax, const char *text, const char *at)
{
    struct lexer lx = {0};
    return lexer_in_comment(&lx, syntax, str_from(text), (size_t)(strstr(text, at) - text));
}

static void test_scan_checks__comments(void **state)
{
    (void)state;
    assert_true(commented(SYNTAX_C, "int a; // HERE", "HERE"));
    assert_true(commented(SYNTAX_C, "/* a\n HERE */ b", "HERE"));
    assert_false(commented(SYNTAX_C, "/* a */ HERE", "HERE"));
    assert_false(commented(SYNTAX_C, "x = \"// \" HERE", "HERE"));
    assert_false(commented(SYNTAX_JS, "const u = 'http://' + HERE", "HERE"));
    assert_true(commented(SYNTAX_PYTHON, "def f():\n    \"\"\"doc HERE\n    \"\"\"", "HERE"));
    assert_false(commented(SYNTAX_PYTHON, "x = \"\"\"doc HERE\n    \"\"\"", "HERE"));
    assert_true(commented(SYNTAX_PYTHON, "EXAMPLES = r'''\n HERE '''", "HERE"));
    assert_true(commented(SYNTAX_HASH, "a: b # HERE", "HERE"));
    assert_false(commented(SYNTAX_HASH, "a: b#HERE", "HERE"));
    assert_false(commented(SYNTAX_HASH, "a: it's # no\nHERE", "HERE"));
    assert_true(commented(SYNTAX_XML, "<a><!-- HERE --></a>", "HERE"));
    assert_true(commented(SYNTAX_SQL, "SELECT 1; -- HERE", "HERE"));
    assert_false(commented(SYNTAX_NONE, "# HERE", "HERE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scan_checks__luhn),
                                       cmocka_unit_test(test_scan_checks__iban),
                                       cmocka_unit_test(test_scan_checks__account_numbers),
                                       cmocka_unit_test(test_scan_checks__hetu_signs),
                                       cmocka_unit_test(test_scan_checks__token_checksum),
                                       cmocka_unit_test(test_scan_checks__randomness),
                                       cmocka_unit_test(test_scan_checks__passwords),
                                       cmocka_unit_test(test_scan_checks__base64),
                                       cmocka_unit_test(test_scan_checks__hosts),
                                       cmocka_unit_test(test_scan_checks__comments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
