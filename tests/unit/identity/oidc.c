/* identity/oidc: what is sent and read of a server, and where nobody is led. */
#include "identity/oidc.h"

#include "unit.h"

static const char good[] =
    "{\"issuer\":\"https://id.example/a\",\"authorization_endpoint\":\"https://id.example/auth?x=1\","
    "\"token_endpoint\":\"https://id.example/token\",\"jwks_uri\":\"https://keys.example/jwks\","
    "\"userinfo_endpoint\":\"https://id.example/me\",\"authorization_response_iss_parameter_supported\":true,"
    "\"response_types_supported\":[\"code\"],\"id_token_signing_alg_values_supported\":[\"HS256\",\"ES256\"],"
    "\"code_challenge_methods_supported\":[\"S256\"]}";

/* The document with one part of it replaced. */
static enum rc read_with(const char *from, const char *to, struct oidc_server *s)
{
    struct ctx cx;
    struct oidc_server ignored;
    ctx_init(&cx);
    const char *at = strstr(good, from);
    assert_non_null(at);
    struct str text = arena_printf(&cx.arena, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    enum rc rc = oidc_server_read(&cx, STR("https://id.example/a"), text, s ? s : &ignored);
    ctx_release(&cx);
    return rc;
}

static void test_identity_oidc__server(void **state)
{
    (void)state;
    struct ctx cx;
    struct oidc_server s;
    ctx_init(&cx);
    assert_int_equal(oidc_server_read(&cx, STR("https://id.example/a"), str_from(good), &s), OK);
    assert_string_equal(s.token.p, "https://id.example/token");
    assert_true(s.names_issuer && !s.secret_in_body);
    assert_int_equal(oidc_server_read(&cx, STR("https://id.example/a/"), str_from(good), &s), E_DENIED);
    assert_int_equal(oidc_server_read(&cx, STR("https://id.example/a"), STR("[]"), &s), E_INVALID);
    assert_int_equal(oidc_server_read(&cx, STR("https://id.example/a"), STR_NONE, &s), E_INVALID);
    ctx_release(&cx);
}

static void test_identity_oidc__server_refused(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum rc rc;
    } changes[] = {
        {"id.example/a\"", "id.example/b\"", E_DENIED},
        {"https://id.example/token", "http://id.example/token", E_INVALID},
        {"https://id.example/token", "file:///etc/passwd", E_INVALID},
        {"https://id.example/token", "https://a@id.example/token", E_INVALID},
        {"https://id.example/token", "https:///token", E_INVALID},
        {"https://id.example/token", "https://id.example/to ken", E_INVALID},
        {"https://id.example/token", "https://id.example/#a", E_INVALID},
        {"\"token_endpoint\"", "\"token_endpoin\"", E_INVALID},
        {"\"jwks_uri\"", "\"issuer\"", E_INVALID}, /* twice */
        {"\"https://keys.example/jwks\"", "7", E_INVALID},
        {"[\"code\"]", "[\"id_token\"]", E_DENIED},
        {"[\"S256\"]", "[\"plain\"]", E_DENIED},
        {"\"ES256\"", "\"none\"", E_DENIED},
        {"https://id.example/me", "http://id.example/me", E_INVALID},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (read_with(changes[i].from, changes[i].to, NULL) != changes[i].rc) fail_msg("%s", changes[i].to);
    struct oidc_server s;
    assert_int_equal(
        read_with("\"response_types_supported\"",
                  "\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"],\"response_types_supported\"",
                  &s),
        OK);
    assert_true(s.secret_in_body);
}

static void test_identity_oidc__addresses(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        bool fine;
    } addresses[] = {
        {"https://id.example", true},
        {"https://id.example:8443/a", true},
        {"http://localhost:4567", true},
        {"http://127.0.0.1:4567/x", true},
        {"http://[::1]:4567", true},
        {"http://id.example", false},
        {"http://localhost.example", false},
        {"http://127.0.0.1.example", false},
        {"http://127.0.0.1@id.example", false},
        {"http://localhost:@id.example", false},
        {"http://localhost:1a", false},
        {"https://id.example?a=b", false},
        {"https://id.example#a", false},
        {"HTTPS://id.example", false},
        {"https://\xc3\xa4.example", false},
        {"https://", false},
        {"", false},
        {"ftp://id.example", false},
        {"https://id.example\\@b", false},
    };
    struct ctx cx;
    ctx_init(&cx);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if ((oidc_address_check(&cx, "issuer", str_from(addresses[i].address), true) == OK) != addresses[i].fine)
            fail_msg("%s", addresses[i].address);
    assert_string_equal(oidc_discovery_address(&cx, STR("https://a/b/")).p,
                        "https://a/b/.well-known/openid-configuration");
    ctx_release(&cx);
}

static void test_identity_oidc__requests(void **state)
{
    (void)state;
    struct ctx cx;
    struct oidc_server s;
    struct str header;
    ctx_init(&cx);
    assert_int_equal(oidc_server_read(&cx, STR("https://id.example/a"), str_from(good), &s), OK);
    /* the verifier and challenge of RFC 7636, appendix B */
    struct oidc_request r = {STR("a b&c"),        STR("https://s.example/cb"),
                             STR("openid email"), STR("st"),
                             STR("no"),           STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")};
    assert_string_equal(
        oidc_authorization_address(&cx, &s, &r).p,
        "https://id.example/auth?x=1&response_type=code&client_id=a%20b%26c&redirect_uri=https%3A%2F%2Fs.example%2Fcb"
        "&scope=openid%20email&state=st&nonce=no&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        "&code_challenge_method=S256");
    assert_string_equal(oidc_token_request(&cx, &s, &r, STR("p:w"), STR("x&y"), &header).p,
                        "grant_type=authorization_code&code=x%26y&redirect_uri=https%3A%2F%2Fs.example%2Fcb"
                        "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_string_equal(header.p, "Basic YSUyMGIlMjZjOnAlM0F3"); /* a%20b%26c:p%3Aw */
    s.secret_in_body = true;
    assert_true(str_ends(oidc_token_request(&cx, &s, &r, STR("p:w"), STR("x"), &header),
                         STR("&client_id=a%20b%26c&client_secret=p%3Aw")));
    assert_null(header.p);
    s.secret_in_body = false;
    assert_true(str_ends(oidc_token_request(&cx, &s, &r, STR_NONE, STR("x"), &header), STR("&client_id=a%20b%26c")));
    assert_null(header.p);
    ctx_release(&cx);
}

static void test_identity_oidc__whose_answer(void **state)
{
    (void)state;
    struct ctx cx;
    struct oidc_server s = {.issuer = STR("https://id.example")};
    ctx_init(&cx);
    assert_int_equal(oidc_return_check(&cx, &s, STR_NONE), OK);
    assert_int_equal(oidc_return_check(&cx, &s, STR("https://id.example")), OK);
    assert_int_equal(oidc_return_check(&cx, &s, STR("https://other.example")), E_DENIED);
    s.names_issuer = true;
    assert_int_equal(oidc_return_check(&cx, &s, STR_NONE), E_DENIED);
    assert_int_equal(oidc_return_check(&cx, &s, STR("")), E_DENIED);
    assert_int_equal(oidc_return_check(&cx, &s, STR("https://id.example")), OK);
    ctx_release(&cx);
}

static void test_identity_oidc__tokens(void **state)
{
    (void)state;
    struct ctx cx;
    struct oidc_tokens t;
    ctx_init(&cx);
    assert_int_equal(
        oidc_tokens_read(&cx, STR("{\"id_token\":\"a.b.c\",\"access_token\":\"x\",\"token_type\":\"bearer\"}"), &t),
        OK);
    assert_string_equal(t.id.p, "a.b.c");
    assert_string_equal(t.access.p, "x");
    assert_int_equal(
        oidc_tokens_read(&cx, STR("{\"id_token\":\"a.b.c\",\"access_token\":\"x\",\"token_type\":\"mac\"}"), &t), OK);
    assert_null(t.access.p);
    assert_int_equal(oidc_tokens_read(&cx, STR("{\"access_token\":\"x\"}"), &t), E_INVALID);
    assert_int_equal(oidc_tokens_read(&cx, STR("<html>"), &t), E_INVALID);
    assert_string_equal(oidc_error_word(STR("{\"error\":\"invalid_grant\",\"error_description\":\"secret\"}")),
                        "invalid_grant");
    assert_string_equal(oidc_error_word(STR("{\"error\":\"secret\"}")), "");
    assert_string_equal(oidc_error_word(STR("<html>")), "");
    ctx_release(&cx);
}

static void test_identity_oidc__userinfo(void **state)
{
    (void)state;
    struct ctx cx;
    ctx_init(&cx);
    struct oidc_claims c = {.subject = STR("s1")};
    assert_int_equal(
        oidc_userinfo_read(&cx, STR("{\"sub\":\"s2\",\"email\":\"a@b.example\",\"email_verified\":true}"), &c),
        E_DENIED);
    assert_int_equal(oidc_userinfo_read(&cx, STR("{\"email\":\"a@b.example\",\"email_verified\":true}"), &c), E_DENIED);
    assert_int_equal(oidc_userinfo_read(&cx, STR("{\"sub\":\"s1\",\"email\":\"a@b.example\"}"), &c), OK);
    assert_null(c.email.p);
    assert_int_equal(
        oidc_userinfo_read(&cx, STR("{\"sub\":\"s1\",\"email\":\"a@b.example\",\"email_verified\":\"true\"}"), &c), OK);
    assert_null(c.email.p);
    assert_int_equal(
        oidc_userinfo_read(&cx, STR("{\"sub\":\"s1\",\"email\":\"a@b.example\",\"email_verified\":true}"), &c), OK);
    assert_string_equal(c.email.p, "a@b.example");
    ctx_release(&cx);
}

static void test_identity_oidc__landing(void **state)
{
    (void)state;
    static const char *const fine[] = {"/", "/tasks", "/tasks/guidelines?tab=log", "/search?q=a%20b&n=1"};
    static const char *const elsewhere[] = {"",
                                            "//attacker.example",
                                            "/\\attacker.example",
                                            "https://attacker.example",
                                            "attacker.example",
                                            "javascript:alert(1)",
                                            "/\t/a",
                                            "/\n/a",
                                            " /a",
                                            "/a\r\nSet-Cookie: x",
                                            "/a#b",
                                            "\\\\attacker.example",
                                            "/\xe2\x81\x84",
                                            "/nothing",
                                            "/sign-in",
                                            "/tasksx",
                                            "/.",
                                            "/a b",
                                            "/api/v1/session",
                                            "///a",
                                            "/<script>",
                                            "./a"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_true(str_eq(oidc_landing(str_from(fine[i])), str_from(fine[i])));
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (!str_eq(oidc_landing(str_from(elsewhere[i])), STR("/"))) fail_msg("%s", elsewhere[i]);
    assert_true(str_eq(oidc_landing(STR_NONE), STR("/")));
    assert_true(str_eq(oidc_landing((struct str){"/a\0b", 4}), STR("/")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity_oidc__server),       cmocka_unit_test(test_identity_oidc__server_refused),
        cmocka_unit_test(test_identity_oidc__addresses),    cmocka_unit_test(test_identity_oidc__requests),
        cmocka_unit_test(test_identity_oidc__whose_answer), cmocka_unit_test(test_identity_oidc__tokens),
        cmocka_unit_test(test_identity_oidc__userinfo),     cmocka_unit_test(test_identity_oidc__landing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
