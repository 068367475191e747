/* identity/totp: RFC 6238's own values, one step either way, each step once; the offer as an app reads it. */
#include "identity/totp.h"

#include "unit.h"

static const uint8_t rfc[TOTP_SECRET] = "12345678901234567890";

static void test_identity_totp__values_of_the_rfc(void **state)
{
    (void)state;
    static const struct {
        int64_t now;
        const char *code; /* the last six digits of appendix B's eight */
    } values[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                  {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    struct ctx cx;
    ctx_init(&cx);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        int64_t step = 0;
        assert_int_equal(totp_check(&cx, rfc, str_from(values[i].code), values[i].now, -1, &step), OK);
        assert_int_equal(step, values[i].now / 30);
    }
    ctx_release(&cx);
}

static void test_identity_totp__one_step_either_way(void **state)
{
    (void)state;
    struct ctx cx;
    ctx_init(&cx);
    const int64_t of = 1111111109 / 30; /* the step whose code is 081804 */
    for (int64_t now = (of - 4) * 30; now < (of + 5) * 30; now++) {
        int64_t step = -7;
        enum rc want = now / 30 >= of - 1 && now / 30 <= of + 1 ? OK : E_DENIED;
        assert_int_equal(totp_check(&cx, rfc, STR("081804"), now, 0, &step), want);
        assert_int_equal(step, want == OK ? of : -7);
    }
    ctx_release(&cx);
}

static void test_identity_totp__each_step_once(void **state)
{
    (void)state;
    struct ctx cx;
    ctx_init(&cx);
    int64_t used = 0, step;
    assert_int_equal(totp_check(&cx, rfc, STR("081804"), 1111111109, used, &used), OK);
    for (int64_t now = 1111111070; now < 1111111170; now++)
        assert_int_equal(totp_check(&cx, rfc, STR("081804"), now, used, &step), E_DENIED);
    assert_int_equal(totp_check(&cx, rfc, STR("050471"), 1111111111, used, &step), OK);
    assert_int_equal(step, used + 1);
    /* an earlier step does not come back after a later one was used */
    assert_int_equal(totp_check(&cx, rfc, STR("081804"), 1111111111, step, &used), E_DENIED);
    ctx_release(&cx);
}

static void test_identity_totp__refuses_what_is_no_code(void **state)
{
    (void)state;
    static const char *const codes[] = {"",
                                        "28708",
                                        "2870820",
                                        "94287082",
                                        "28708a",
                                        " 287082",
                                        "287082\n",
                                        "-87082",
                                        "+87082",
                                        "2 7082",
                                        "287083",
                                        "000000",
                                        "\xd9\xa2\xd9\xa8\xd9\xa7"};
    struct ctx cx;
    ctx_init(&cx);
    int64_t step;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (totp_check(&cx, rfc, str_from(codes[i]), 59, -1, &step) != E_DENIED) fail_msg("\"%s\" is taken", codes[i]);
    assert_int_equal(totp_check(&cx, rfc, STR_NONE, 59, -1, &step), E_DENIED);
    ctx_release(&cx);
}

static void test_identity_totp__offer(void **state)
{
    (void)state;
    struct ctx cx;
    struct totp_offer o;
    ctx_init(&cx);
    assert_int_equal(totp_offer(&cx, rfc, STR("Koe & Co: Oy"), STR("\xc3\xa4@b.example"), &o), OK);
    assert_string_equal(o.secret.p, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_string_equal(o.uri.p, "otpauth://totp/Koe%20%26%20Co%20%20Oy:%C3%A4%40b.example"
                                 "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Koe%20%26%20Co%20%20Oy"
                                 "&algorithm=SHA1&digits=6&period=30");
    assert_int_equal(o.modules % 4, 1); /* 17 + 4 × version */
    assert_true(o.modules >= 21 && o.modules <= 177);
    /* the finder pattern: seven dark, then five light between two dark */
    assert_true(str_starts(o.path, STR("M0 0h7v1h-7z")));
    assert_true(str_has(o.path, STR("zM0 1h1v1h-1zM6 1h1v1h-1z")));
    ctx_release(&cx);
}

static void test_identity_totp__offer_has_limits(void **state)
{
    (void)state;
    char longest[201];
    memset(longest, '%', sizeof longest); /* each three bytes of the URI */
    struct ctx cx;
    struct totp_offer o;
    ctx_init(&cx);
    assert_int_equal(totp_offer(&cx, rfc, (struct str){longest, 200}, (struct str){longest, 200}, &o), OK);
    assert_int_equal(totp_offer(&cx, rfc, (struct str){longest, 201}, STR("a"), &o), E_LIMIT);
    assert_int_equal(totp_offer(&cx, rfc, STR("a"), STR_NONE, &o), E_LIMIT);
    ctx_release(&cx);
}

static void test_identity_totp__secrets_differ(void **state)
{
    (void)state;
    uint8_t a[TOTP_SECRET], b[TOTP_SECRET];
    totp_secret(a);
    totp_secret(b);
    assert_memory_not_equal(a, b, TOTP_SECRET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity_totp__values_of_the_rfc),
        cmocka_unit_test(test_identity_totp__one_step_either_way),
        cmocka_unit_test(test_identity_totp__each_step_once),
        cmocka_unit_test(test_identity_totp__refuses_what_is_no_code),
        cmocka_unit_test(test_identity_totp__offer),
        cmocka_unit_test(test_identity_totp__offer_has_limits),
        cmocka_unit_test(test_identity_totp__secrets_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
