/* identity/oidc: ID tokens. Keys and signatures of the tests are OpenSSL's, so that librhonabwy is not asked about
 * itself. */
#include "base/base64.h"
#include "identity/oidc.h"

#include "unit.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define NOW 1700000000

enum { RSA_KEY, EC_KEY_, ED_KEY, SMALL_KEY, OTHER_KEY, KEYS };
static EVP_PKEY *pkeys[KEYS];
static const char claims[] =
    "{\"iss\":\"https://id.example\",\"sub\":\"s1\",\"aud\":\"us\",\"exp\":1700000300,\"iat\":1700000000,"
    "\"nonce\":\"n0\",\"email\":\"a@b.example\",\"email_verified\":true,\"amr\":[\"pwd\",\"mfa\"]}";
static const struct oidc_expected expected = {{"https://id.example", 18}, {"us", 2}, {"n0", 2}, NOW};

static int make_keys(void **state)
{
    (void)state;
    pkeys[RSA_KEY] = EVP_RSA_gen(2048);
    pkeys[EC_KEY_] = EVP_EC_gen("P-256");
    pkeys[ED_KEY] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    pkeys[SMALL_KEY] = EVP_RSA_gen(1024);
    pkeys[OTHER_KEY] = EVP_RSA_gen(2048);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++) EVP_PKEY_free(pkeys[i]);
    return 0;
}

static struct str text_of(struct ctx *cx, const void *p, size_t n)
{
    scoped_buf out;
    buf_init(&out, 0);
    base64url_put(&out, p, n);
    return arena_str(&cx->arena, buf_view(&out));
}

static struct str number(struct ctx *cx, EVP_PKEY *key, const char *name)
{
    BIGNUM *n = NULL;
    uint8_t bytes[512];
    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
    int wanted = EVP_PKEY_base_id(key) == EVP_PKEY_EC ? 32 : BN_num_bytes(n);
    BN_bn2binpad(n, bytes, wanted);
    BN_free(n);
    return text_of(cx, bytes, (size_t)wanted);
}

/* A key as it stands in a server's list; `more` are members with a comma before. */
static struct str jwk(struct ctx *cx, int which, const char *more)
{
    EVP_PKEY *key = pkeys[which];
    if (which == EC_KEY_)
        return arena_printf(&cx->arena, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"%s}",
                            number(cx, key, "qx").p, number(cx, key, "qy").p, more);
    if (which == ED_KEY) {
        uint8_t bytes[32];
        size_t n = sizeof bytes;
        EVP_PKEY_get_raw_public_key(key, bytes, &n);
        return arena_printf(&cx->arena, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"%s}", text_of(cx, bytes, n).p,
                            more);
    }
    return arena_printf(&cx->arena, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"%s}", number(cx, key, "n").p,
                        number(cx, key, "e").p, more);
}

static struct oidc_keys *keys_of(struct ctx *cx, struct str list)
{
    struct oidc_keys *k;
    struct str body = arena_printf(&cx->arena, "{\"keys\":[" STR_FMT "]}", STR_ARG(list));
    assert_int_equal(oidc_keys_read(cx, body, &k), OK);
    return k;
}

/* The raw signature: r and s of JOSE for EC, else what OpenSSL gives. */
static struct str sign(struct ctx *cx, int which, bool pss, struct str input)
{
    uint8_t bytes[512];
    size_t n = sizeof bytes;
    EVP_PKEY_CTX *pc = NULL;
    EVP_MD_CTX *m = EVP_MD_CTX_new();
    EVP_DigestSignInit(m, &pc, which == ED_KEY ? NULL : EVP_sha256(), NULL, pkeys[which]);
    if (pss) {
        EVP_PKEY_CTX_set_rsa_padding(pc, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(pc, 32);
    }
    assert_int_equal(EVP_DigestSign(m, bytes, &n, (const uint8_t *)input.p, input.n), 1);
    EVP_MD_CTX_free(m);
    if (which == EC_KEY_) {
        const uint8_t *p = bytes;
        ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &p, (long)n);
        BN_bn2binpad(ECDSA_SIG_get0_r(s), bytes, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(s), bytes + 32, 32);
        ECDSA_SIG_free(s);
        n = 64;
    }
    return text_of(cx, bytes, n);
}

static struct str signed_input(struct ctx *cx, const char *header, struct str body)
{
    return arena_printf(&cx->arena, "%s.%s", text_of(cx, header, strlen(header)).p, text_of(cx, body.p, body.n).p);
}

static struct str token_of(struct ctx *cx, const char *header, struct str body, int which, bool pss)
{
    struct str input = signed_input(cx, header, body);
    return arena_printf(&cx->arena, "%s.%s", input.p, sign(cx, which, pss, input).p);
}

static enum rc check(struct ctx *cx, struct str list, struct str token, struct oidc_claims *out)
{
    struct oidc_claims ignored;
    struct oidc_keys *k = keys_of(cx, list);
    enum rc rc = oidc_id_token_check(cx, k, &expected, token, out ? out : &ignored);
    oidc_keys_free(k);
    return rc;
}

static const struct {
    const char *header;
    int key;
    bool pss;
} taken[] = {{"{\"alg\":\"RS256\"}", RSA_KEY, false},
             {"{\"alg\":\"PS256\",\"typ\":\"JWT\"}", RSA_KEY, true},
             {"{\"alg\":\"ES256\"}", EC_KEY_, false},
             {"{\"alg\":\"EdDSA\"}", ED_KEY, false}};

static void test_identity_oidc_token__takes_each_algorithm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        struct ctx cx;
        struct oidc_claims c;
        ctx_init(&cx);
        struct str token = token_of(&cx, taken[i].header, str_from(claims), taken[i].key, taken[i].pss);
        enum rc rc = check(&cx, jwk(&cx, taken[i].key, ""), token, &c);
        if (rc != OK) fail_msg("%s: %s", taken[i].header, cx.message);
        assert_string_equal(c.subject.p, "s1");
        assert_string_equal(c.email.p, "a@b.example");
        assert_true(c.several);
        ctx_release(&cx);
    }
}

/* Every bit of the signature counts, and every character of the token. */
static void test_identity_oidc_token__damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        struct ctx cx;
        ctx_init(&cx);
        struct str token = token_of(&cx, taken[i].header, str_from(claims), taken[i].key, taken[i].pss);
        struct str list = jwk(&cx, taken[i].key, "");
        for (size_t at = 0; at < token.n; at += at < token.n - 90 ? 7 : 1) {
            char *changed = arena_cstr(&cx.arena, token);
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            if (check(&cx, list, (struct str){changed, token.n}, NULL) == OK)
                fail_msg("%s at %zu", taken[i].header, at);
            if (check(&cx, list, (struct str){token.p, at}, NULL) == OK) fail_msg("%s cut at %zu", taken[i].header, at);
        }
        ctx_release(&cx);
    }
}

static void test_identity_oidc_token__claims(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum rc rc;
    } changes[] = {
        {"https://id.example", "https://id.example/", E_DENIED},
        {"https://id.example", "https://other.example", E_DENIED},
        {"\"aud\":\"us\"", "\"aud\":\"them\"", E_DENIED},
        {"\"aud\":\"us\"", "\"aud\":[]", E_DENIED},
        {"\"aud\":\"us\"", "\"aud\":[\"us\"]", OK},
        {"\"aud\":\"us\"", "\"aud\":[\"us\",\"them\"]", E_DENIED},
        {"\"aud\":\"us\"", "\"aud\":[\"us\",\"them\"],\"azp\":\"us\"", OK},
        {"\"aud\":\"us\"", "\"aud\":[\"us\",\"them\"],\"azp\":\"them\"", E_DENIED},
        {"\"aud\":\"us\"", "\"aud\":\"us\",\"azp\":\"them\"", E_DENIED},
        {"\"aud\":\"us\"", "\"aud\":\"us\",\"azp\":null", E_DENIED},
        {"\"aud\":\"us\",", "", E_DENIED},
        {"\"aud\":\"us\"", "\"aud\":{\"us\":1}", E_DENIED},
        {"\"exp\":1700000300", "\"exp\":1699999941", OK}, /* within the leeway */
        {"\"exp\":1700000300", "\"exp\":1699999940", E_DENIED},
        {"\"exp\":1700000300", "\"exp\":\"1700000300\"", E_INVALID},
        {"\"exp\":1700000300,", "", E_INVALID},
        {"\"iat\":1700000000", "\"iat\":1700000059", OK},
        {"\"iat\":1700000000", "\"iat\":1700000060", E_DENIED},
        {"\"iat\":1700000000,", "", E_INVALID},
        {"\"iat\":1700000000", "\"iat\":1700000000,\"nbf\":1700000200", E_DENIED},
        {"\"nonce\":\"n0\"", "\"nonce\":\"n1\"", E_DENIED},
        {"\"nonce\":\"n0\"", "\"nonce\":\"\"", E_DENIED},
        {"\"nonce\":\"n0\",", "", E_DENIED},
        {"\"sub\":\"s1\",", "", E_INVALID},
        {"\"sub\":\"s1\"", "\"sub\":\"\"", E_INVALID},
        {"\"sub\":\"s1\"", "\"sub\":7", E_INVALID},
        {"\"sub\":\"s1\"", "\"sub\":\"s1\",\"sub\":\"s2\"", E_INVALID},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct ctx cx;
        ctx_init(&cx);
        const char *at = strstr(claims, changes[i].from);
        assert_non_null(at);
        struct str body = arena_printf(&cx.arena, "%.*s%s%s", (int)(at - claims), claims, changes[i].to,
                                       at + strlen(changes[i].from));
        struct str token = token_of(&cx, "{\"alg\":\"ES256\"}", body, EC_KEY_, false);
        enum rc rc = check(&cx, jwk(&cx, EC_KEY_, ""), token, NULL);
        if (rc != changes[i].rc) fail_msg("%s: %s (%s)", changes[i].to, rc_name(rc), rc ? cx.message : "");
        ctx_release(&cx);
    }
}

static void test_identity_oidc_token__only_a_verified_address(void **state)
{
    (void)state;
    static const char *const said[] = {"false", "\"true\"", "1", "null"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct ctx cx;
        struct oidc_claims c;
        ctx_init(&cx);
        struct str body =
            arena_printf(&cx.arena,
                         "{\"iss\":\"https://id.example\",\"sub\":\"s1\",\"aud\":\"us\",\"exp\":1700000300,"
                         "\"iat\":1700000000,\"nonce\":\"n0\",\"email\":\"a@b.example\",\"email_verified\":%s,"
                         "\"amr\":\"mfa\"}",
                         said[i]);
        struct str token = token_of(&cx, "{\"alg\":\"EdDSA\"}", body, ED_KEY, false);
        assert_int_equal(check(&cx, jwk(&cx, ED_KEY, ""), token, &c), OK);
        assert_null(c.email.p);
        assert_false(c.several);
        ctx_release(&cx);
    }
}

static void test_identity_oidc_token__algorithms_refused(void **state)
{
    (void)state;
    static const char *const headers[] = {"{\"alg\":\"none\"}",   "{\"alg\":\"None\"}",    "{\"alg\":\"HS256\"}",
                                          "{\"alg\":\"HS512\"}",  "{\"alg\":\"RS1\"}",     "{\"alg\":\"rs256\"}",
                                          "{\"alg\":\"\"}",       "{\"alg\":[\"ES256\"]}", "{}",
                                          "{\"alg\":\"ES256K\"}", "{\"alg\":\"RS512\"}"};
    struct ctx cx;
    ctx_init(&cx);
    struct str list = jwk(&cx, RSA_KEY, "");
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct str input = signed_input(&cx, headers[i], str_from(claims));
        assert_int_equal(check(&cx, list, arena_printf(&cx.arena, "%s.", input.p), NULL), E_DENIED);
        assert_int_equal(check(&cx, list, token_of(&cx, headers[i], str_from(claims), RSA_KEY, false), NULL), E_DENIED);
    }
    static const char *const more[] = {"\"crit\":[\"exp\"]", "\"zip\":\"DEF\"", "\"b64\":false"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        const char *header = arena_printf(&cx.arena, "{\"alg\":\"RS256\",%s}", more[i]).p;
        assert_int_equal(check(&cx, list, token_of(&cx, header, str_from(claims), RSA_KEY, false), NULL), E_DENIED);
    }
    ctx_release(&cx);
}

/* The public key as the secret of HS256: what confuses those who take the algorithm from the token. */
static void test_identity_oidc_token__public_key_as_secret(void **state)
{
    (void)state;
    struct ctx cx;
    uint8_t mac[32];
    unsigned n = sizeof mac;
    unsigned char *der = NULL;
    ctx_init(&cx);
    int len = i2d_PUBKEY(pkeys[RSA_KEY], &der);
    static const char *const headers[] = {"{\"alg\":\"HS256\"}", "{\"alg\":\"RS256\"}"};
    for (int i = 0; i < 2; i++) {
        struct str input = signed_input(&cx, headers[i], str_from(claims));
        HMAC(EVP_sha256(), der, len, (const uint8_t *)input.p, input.n, mac, &n);
        struct str token = arena_printf(&cx.arena, "%s.%s", input.p, text_of(&cx, mac, 32).p);
        assert_int_equal(check(&cx, jwk(&cx, RSA_KEY, ""), token, NULL), E_DENIED);
    }
    OPENSSL_free(der);
    ctx_release(&cx);
}

/* A key within the token's header is never the one. */
static void test_identity_oidc_token__key_of_its_own(void **state)
{
    (void)state;
    struct ctx cx;
    ctx_init(&cx);
    const char *own = arena_printf(&cx.arena, "{\"alg\":\"RS256\",\"jwk\":%s}", jwk(&cx, OTHER_KEY, "").p).p;
    assert_int_equal(check(&cx, jwk(&cx, RSA_KEY, ""), token_of(&cx, own, str_from(claims), OTHER_KEY, false), NULL),
                     E_DENIED);
    const char *far = "{\"alg\":\"RS256\",\"jku\":\"http://127.0.0.1:1/\",\"x5u\":\"http://127.0.0.1:1/\"}";
    assert_int_equal(check(&cx, jwk(&cx, RSA_KEY, ""), token_of(&cx, far, str_from(claims), OTHER_KEY, false), NULL),
                     E_DENIED);
    ctx_release(&cx);
}

static void test_identity_oidc_token__which_key(void **state)
{
    (void)state;
    struct ctx cx;
    ctx_init(&cx);
    struct str old = jwk(&cx, OTHER_KEY, ",\"kid\":\"old\""), new = jwk(&cx, RSA_KEY, ",\"kid\":\"new\"");
    struct str both = arena_printf(&cx.arena, "%s,%s", old.p, new.p);
    struct str named = token_of(&cx, "{\"alg\":\"RS256\",\"kid\":\"new\"}", str_from(claims), RSA_KEY, false);
    struct str nameless = token_of(&cx, "{\"alg\":\"RS256\"}", str_from(claims), RSA_KEY, false);
    struct str wrongly = token_of(&cx, "{\"alg\":\"RS256\",\"kid\":\"old\"}", str_from(claims), RSA_KEY, false);
    assert_int_equal(check(&cx, both, named, NULL), OK);
    assert_int_equal(check(&cx, both, nameless, NULL), E_NOTFOUND); /* it might be either */
    assert_int_equal(check(&cx, both, wrongly, NULL), E_DENIED);
    assert_int_equal(check(&cx, old, named, NULL), E_NOTFOUND); /* keys have changed */
    assert_int_equal(check(&cx, STR(""), named, NULL), E_NOTFOUND);
    assert_int_equal(check(&cx, arena_printf(&cx.arena, "%s,%s", new.p, new.p), named, NULL), E_NOTFOUND);
    struct str mixed =
        arena_printf(&cx.arena, "%s,%s,%s", jwk(&cx, EC_KEY_, "").p, jwk(&cx, RSA_KEY, "").p, jwk(&cx, ED_KEY, "").p);
    assert_int_equal(check(&cx, mixed, nameless, NULL), OK);
    ctx_release(&cx);
}

static void test_identity_oidc_token__keys_of_no_use(void **state)
{
    (void)state;
    static const char *const more[] = {",\"use\":\"enc\"", ",\"key_ops\":[\"encrypt\"]", ",\"alg\":\"RS512\"",
                                       ",\"use\":7"};
    struct ctx cx;
    ctx_init(&cx);
    struct str token = token_of(&cx, "{\"alg\":\"RS256\"}", str_from(claims), RSA_KEY, false);
    for (size_t i = 0; i < 4; i++) assert_int_equal(check(&cx, jwk(&cx, RSA_KEY, more[i]), token, NULL), E_NOTFOUND);
    struct str small = token_of(&cx, "{\"alg\":\"RS256\"}", str_from(claims), SMALL_KEY, false);
    assert_int_equal(check(&cx, jwk(&cx, SMALL_KEY, ""), small, NULL), E_NOTFOUND);
    static const char *const lists[] = {"{}", "{\"keys\":{}}", "[]", "", "{\"keys\":[],\"keys\":[]}"};
    struct oidc_keys *k;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        assert_int_equal(oidc_keys_read(&cx, str_from(lists[i]), &k), E_INVALID);
    /* a shared secret among the keys is none */
    assert_int_equal(check(&cx, STR("{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"alg\":\"RS256\"},7,null"), token, NULL),
                     E_NOTFOUND);
    scoped_buf many;
    buf_init(&many, 0);
    for (int i = 0; i < 65; i++) buf_printf(&many, "%s{}", i ? "," : "");
    struct str body = arena_printf(&cx.arena, "{\"keys\":[" STR_FMT "]}", STR_ARG(buf_view(&many)));
    assert_int_equal(oidc_keys_read(&cx, body, &k), E_INVALID);
    ctx_release(&cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity_oidc_token__takes_each_algorithm),
        cmocka_unit_test(test_identity_oidc_token__damage),
        cmocka_unit_test(test_identity_oidc_token__claims),
        cmocka_unit_test(test_identity_oidc_token__only_a_verified_address),
        cmocka_unit_test(test_identity_oidc_token__algorithms_refused),
        cmocka_unit_test(test_identity_oidc_token__public_key_as_secret),
        cmocka_unit_test(test_identity_oidc_token__key_of_its_own),
        cmocka_unit_test(test_identity_oidc_token__which_key),
        cmocka_unit_test(test_identity_oidc_token__keys_of_no_use),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
