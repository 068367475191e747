/* identity/webauthn: passkeys of each algorithm are taken, and each thing that may be wrong is refused for what it is.
 */
#include "identity/webauthn.h"

#include "authenticator.h"
#include "unit.h"

static const uint8_t challenge[WEBAUTHN_CHALLENGE] = "0123456789abcdef0123456789ABCDE";
static const uint8_t other[WEBAUTHN_CHALLENGE] = "0123456789abcdef0123456789ABCDF";
static const struct webauthn_site site = {{"https://sinetti.example", 23}, {"sinetti.example", 15}};
static const int algorithms[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};
static struct authenticator devices[3];
#define USER STR("person-handle")

static int make_devices(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) devices[i] = authenticator_new(algorithms[i]);
    return 0;
}

static int free_devices(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) EVP_PKEY_free(devices[i].key);
    return 0;
}

static struct ceremony create(void)
{
    struct ceremony c = ceremony("webauthn.create", challenge);
    c.flags |= 0x40;
    return c;
}

static struct ceremony get(void)
{
    return ceremony("webauthn.get", challenge);
}

static enum rc try_create(const struct ceremony *c, bool must_verify)
{
    struct ctx cx;
    struct webauthn_key key;
    ctx_init(&cx);
    struct webauthn_registration r = registers(&cx, &devices[0], c);
    enum rc rc = webauthn_register(&cx, &site, challenge, must_verify, &r, &key);
    ctx_release(&cx);
    return rc;
}

static struct webauthn_key registered(struct ctx *cx, int i)
{
    struct ceremony c = create();
    struct webauthn_key key;
    struct webauthn_registration r = registers(cx, &devices[i], &c);
    assert_int_equal(webauthn_register(cx, &site, challenge, true, &r, &key), OK);
    return key;
}

static enum rc try_get(const struct ceremony *c, bool must_verify, struct str user, struct webauthn_shown *shown)
{
    struct ctx cx;
    ctx_init(&cx);
    struct webauthn_key key = registered(&cx, 0);
    struct webauthn_assertion a = asserts(&cx, &devices[0], c, user);
    enum rc rc = webauthn_assert(&cx, &site, challenge, must_verify, &key, USER, &a, shown);
    ctx_release(&cx);
    return rc;
}

static void test_identity_webauthn__takes_each_algorithm(void **state)
{
    (void)state;
    static const char *const formats[] = {"none", "packed"};
    for (int i = 0; i < 3; i++)
        for (int f = 0; f < 2; f++) {
            struct ctx cx;
            ctx_init(&cx);
            struct ceremony c = create();
            struct webauthn_key key;
            struct webauthn_shown shown;
            c.format = formats[f];
            c.flags |= 0x18;
            struct webauthn_registration r = registers(&cx, &devices[i], &c);
            enum rc rc = webauthn_register(&cx, &site, challenge, true, &r, &key);
            if (rc != OK) fail_msg("%d %s: %s", algorithms[i], formats[f], cx.message);
            assert_int_equal(key.algorithm, algorithms[i]);
            assert_true(str_eq(key.id, devices[i].id));
            assert_int_equal(key.counter, 7);
            assert_true(key.verified && key.eligible && key.backed_up);
            assert_int_equal(key.model[2], 3);
            c = get();
            c.counter = 8;
            c.flags |= 0x08;
            struct webauthn_assertion a = asserts(&cx, &devices[i], &c, USER);
            rc = webauthn_assert(&cx, &site, challenge, true, &key, USER, &a, &shown);
            if (rc != OK) fail_msg("%d: %s", algorithms[i], cx.message);
            assert_true(shown.verified && !shown.backed_up && shown.counter == 8);
            /* another key's signature */
            a = asserts(&cx, &devices[(i + 1) % 3], &c, USER);
            assert_int_equal(webauthn_assert(&cx, &site, challenge, true, &key, USER, &a, &shown), E_DENIED);
            ctx_release(&cx);
        }
}

/* The same wrongs for both ceremonies. */
static const struct {
    const char *what, *type, *origin, *rp_id, *more;
    const uint8_t *challenge;
    uint8_t add, take; /* flags */
    enum rc rc;
} wrongs[] = {
    {"the other ceremony", "webauthn.none", NULL, NULL, NULL, NULL, 0, 0, E_DENIED},
    {"another origin", NULL, "https://sinetti.example.attacker.example", NULL, NULL, NULL, 0, 0, E_DENIED},
    {"a subdomain", NULL, "https://a.sinetti.example", NULL, NULL, NULL, 0, 0, E_DENIED},
    {"another port", NULL, "https://sinetti.example:8443", NULL, NULL, NULL, 0, 0, E_DENIED},
    {"another scheme", NULL, "http://sinetti.example", NULL, NULL, NULL, 0, 0, E_DENIED},
    {"a longer origin", NULL, "https://sinetti.example/", NULL, NULL, NULL, 0, 0, E_DENIED},
    {"another relying party", NULL, NULL, "example", NULL, NULL, 0, 0, E_DENIED},
    {"another challenge", NULL, NULL, NULL, NULL, other, 0, 0, E_DENIED},
    {"a frame of another site", NULL, NULL, NULL, ",\"crossOrigin\":true", NULL, 0, 0, E_DENIED},
    {"a frame, said wrongly", NULL, NULL, NULL, ",\"crossOrigin\":0", NULL, 0, 0, E_DENIED},
    {"under another site", NULL, NULL, NULL, ",\"topOrigin\":\"https://sinetti.example\"", NULL, 0, 0, E_DENIED},
    {"an origin twice", NULL, NULL, NULL, ",\"origin\":\"https://attacker.example\"", NULL, 0, 0, E_INVALID},
    {"no JSON", NULL, NULL, NULL, "}", NULL, 0, 0, E_INVALID},
    {"nobody present", NULL, NULL, NULL, NULL, NULL, 0, 0x01, E_DENIED},
    {"nobody verified", NULL, NULL, NULL, NULL, NULL, 0, 0x04, E_DENIED},
    {"backed up without being eligible", NULL, NULL, NULL, NULL, NULL, 0x10, 0, E_INVALID},
    {"extensions that are not there", NULL, NULL, NULL, NULL, NULL, 0x80, 0, E_INVALID},
};

static struct ceremony with_wrong(struct ceremony c, size_t i)
{
    if (wrongs[i].type) c.type = c.flags & 0x40 ? "webauthn.get" : "webauthn.create";
    if (wrongs[i].origin) c.origin = wrongs[i].origin;
    if (wrongs[i].rp_id) c.rp_id = wrongs[i].rp_id;
    if (wrongs[i].more) c.more = wrongs[i].more;
    if (wrongs[i].challenge) c.challenge = wrongs[i].challenge;
    c.flags = (uint8_t)((c.flags | wrongs[i].add) & ~wrongs[i].take);
    return c;
}

static void test_identity_webauthn__refuses_each_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct ceremony c = with_wrong(create(), i), g = with_wrong(get(), i);
        struct webauthn_shown shown;
        g.counter = 8;
        enum rc rc = try_create(&c, true);
        if (rc != wrongs[i].rc) fail_msg("made with %s: %s", wrongs[i].what, rc_name(rc));
        c.format = "packed"; /* rightly signed is no better */
        rc = try_create(&c, true);
        if (rc != wrongs[i].rc) fail_msg("made with %s, packed: %s", wrongs[i].what, rc_name(rc));
        rc = try_get(&g, true, USER, &shown);
        if (rc != wrongs[i].rc) fail_msg("used with %s: %s", wrongs[i].what, rc_name(rc));
    }
}

static void test_identity_webauthn__verification_only_where_asked(void **state)
{
    (void)state;
    struct ceremony c = create(), g = get();
    struct webauthn_shown shown;
    c.flags &= (uint8_t)~0x04;
    g.flags &= (uint8_t)~0x04;
    g.counter = 8;
    assert_int_equal(try_create(&c, false), OK);
    assert_int_equal(try_get(&g, false, USER, &shown), OK);
    assert_false(shown.verified);
}

static void test_identity_webauthn__counter(void **state)
{
    (void)state;
    static const struct {
        uint32_t kept, shown;
        enum rc rc;
    } counters[] = {{0, 0, OK},         {0, 1, OK},         {7, 8, OK},         {7, 4000000000U, OK},
                    {7, 7, E_CONFLICT}, {7, 6, E_CONFLICT}, {7, 0, E_CONFLICT}, {4000000000U, 1, E_CONFLICT}};
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        struct ctx cx;
        ctx_init(&cx);
        struct webauthn_key key = registered(&cx, 0);
        struct webauthn_shown shown;
        struct ceremony g = get();
        key.counter = counters[i].kept;
        g.counter = counters[i].shown;
        struct webauthn_assertion a = asserts(&cx, &devices[0], &g, USER);
        assert_int_equal(webauthn_assert(&cx, &site, challenge, true, &key, USER, &a, &shown), counters[i].rc);
        /* a wrong signature is one, whatever its counter */
        g.spoil = true;
        a = asserts(&cx, &devices[0], &g, USER);
        assert_int_not_equal(webauthn_assert(&cx, &site, challenge, true, &key, USER, &a, &shown), OK);
        assert_int_not_equal(webauthn_assert(&cx, &site, challenge, true, &key, USER, &a, &shown), E_CONFLICT);
        ctx_release(&cx);
    }
}

static void test_identity_webauthn__user_handle(void **state)
{
    (void)state;
    struct ceremony g = get();
    struct webauthn_shown shown;
    g.counter = 8;
    assert_int_equal(try_get(&g, true, STR_NONE, &shown), OK);
    assert_int_equal(try_get(&g, true, STR("person-handlE"), &shown), E_DENIED);
    assert_int_equal(try_get(&g, true, STR("person-handle2"), &shown), E_DENIED);
    assert_int_equal(try_get(&g, true, STR(""), &shown), E_DENIED);
}

static void test_identity_webauthn__kind_of_passkey_stays(void **state)
{
    (void)state;
    struct ceremony g = get();
    struct webauthn_shown shown;
    g.counter = 8;
    g.flags |= 0x08;
    assert_int_equal(try_get(&g, true, USER, &shown), E_DENIED);
}

static void test_identity_webauthn__attestation(void **state)
{
    (void)state;
    struct ceremony c = create();
    c.format = "fido-u2f";
    assert_int_equal(try_create(&c, true), E_INVALID);
    c.format = "";
    assert_int_equal(try_create(&c, true), E_INVALID);
    c.format = "packed";
    c.spoil = true;
    assert_int_not_equal(try_create(&c, true), OK);
    c = create();
    c.flags &= (uint8_t)~0x40;
    assert_int_equal(try_create(&c, true), E_INVALID);
    c = create();
    c.after = STR("\xa0");
    assert_int_equal(try_create(&c, true), E_INVALID);
}

/* credProtect, which browsers ask for by themselves, signed by a self attestation. */
static void test_identity_webauthn__extensions_of_the_browser(void **state)
{
    (void)state;
    static const struct str extensions[] = {{"\xa1\x6b"
                                             "credProtect\x02",
                                             14},
                                            {"\xa1\x6b"
                                             "credProtect\x03",
                                             14}};
    for (int i = 0; i < 2; i++)
        for (int f = 0; f < 2; f++) {
            struct ceremony c = create();
            c.flags |= 0x80;
            c.extensions = extensions[i];
            c.format = f ? "packed" : "none";
            assert_int_equal(try_create(&c, true), OK);
            c.spoil = true;
            if (f) assert_int_not_equal(try_create(&c, true), OK);
        }
}

/* Heads that claim more than there is: none of them may make room for it. */
static void test_identity_webauthn__hostile_cbor(void **state)
{
    (void)state;
    static const struct str items[] = {
        {"\x9b\x00\x00\x00\x00\xff\xff\xff\xff", 9}, /* an array of four thousand million */
        {"\xbb\x00\x00\x00\x00\xff\xff\xff\xff", 9}, /* a map of them */
        {"\xbb\x80\x00\x00\x00\x00\x00\x00\x01", 9}, /* twice that is 2 */
        {"\x5b\x00\x00\x00\x00\xff\xff\xff\xff", 9}, /* bytes */
        {"\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x00", 11},
        {"\x9f\xff", 2}, /* of indefinite length */
        {"\xbf\xff", 2},
        {"\x5f\x41\x00\xff", 4},
        {"\x7f\x61\x61\xff", 4},
        {"\xc1\x00", 2}, /* a tag */
        {"\xff", 1},
        {"\x1c", 1}, /* reserved */
        {"\xa1\x01", 2},
        {"\xa0\xa0", 2},
        {"", 0},
    };
    struct ctx cx;
    struct webauthn_key key;
    ctx_init(&cx);
    struct ceremony c = create();
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        struct webauthn_registration r = registers(&cx, &devices[0], &c);
        r.attestation = items[i];
        if (webauthn_register(&cx, &site, challenge, true, &r, &key) != E_INVALID) fail_msg("item %zu", i);
        struct ceremony e = create();
        e.flags |= 0x80;
        e.extensions = items[i];
        if (try_create(&e, true) != E_INVALID) fail_msg("extension %zu", i);
        struct webauthn_shown shown;
        e = get();
        e.counter = 8;
        e.flags |= 0x80;
        e.extensions = items[i];
        if (try_get(&e, true, USER, &shown) != E_INVALID) fail_msg("extension of an assertion %zu", i);
    }
    ctx_release(&cx);
}

/* Cut anywhere, or with any byte changed: never taken (but where a byte means nothing), never a crash. */
static void test_identity_webauthn__damage(void **state)
{
    (void)state;
    struct ctx cx;
    struct webauthn_key key;
    ctx_init(&cx);
    struct ceremony c = create();
    c.format = "packed";
    struct webauthn_registration good = registers(&cx, &devices[0], &c);
    for (size_t n = 0; n < good.attestation.n; n++) {
        struct webauthn_registration r = {good.client_data, {good.attestation.p, n}};
        assert_int_not_equal(webauthn_register(&cx, &site, challenge, true, &r, &key), OK);
        char *changed = arena_cstr(&cx.arena, good.attestation);
        changed[n] ^= 0x55;
        r.attestation.p = changed;
        r.attestation.n = good.attestation.n;
        assert_int_not_equal(webauthn_register(&cx, &site, challenge, true, &r, &key), OK);
    }
    for (size_t n = 0; n < good.client_data.n; n++) {
        struct webauthn_registration r = {{good.client_data.p, n}, good.attestation};
        assert_int_not_equal(webauthn_register(&cx, &site, challenge, true, &r, &key), OK);
    }
    ctx_release(&cx);
}

static void test_identity_webauthn__challenge(void **state)
{
    (void)state;
    struct ctx cx;
    uint8_t found[WEBAUTHN_CHALLENGE];
    ctx_init(&cx);
    struct ceremony c = get();
    assert_int_equal(webauthn_challenge(&cx, client_data(&cx, &c), found), OK);
    assert_memory_equal(found, challenge, sizeof found);
    static const char *const texts[] = {"",
                                        "{}",
                                        "[]",
                                        "{\"challenge\":7}",
                                        "{\"challenge\":\"\"}",
                                        "{\"challenge\":\"MDEyMw\"}",
                                        "{\"challenge\":\"+/+/\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(webauthn_challenge(&cx, str_from(texts[i]), found), E_INVALID);
    ctx_release(&cx);
}

static void test_identity_webauthn__site(void **state)
{
    (void)state;
    static const struct {
        const char *origin, *id;
    } sites[] = {{"https://sinetti.example", "sinetti.example"},
                 {"https://sinetti.example:8443", "sinetti.example"},
                 {"https://localhost:9000", "localhost"},
                 {"http://localhost:9000", "localhost"},
                 {"http://sinetti.example", NULL},
                 {"https://127.0.0.1", NULL},
                 {"https://127.0.0.1:443", NULL},
                 {"https://[::1]:9000", NULL},
                 {"https://sinetti.example/", NULL},
                 {"https://sinetti.example:443", NULL},
                 {"https://Sinetti.example", NULL},
                 {"https://user@sinetti.example", NULL},
                 {"https://", NULL},
                 {"https://:80", NULL},
                 {"https://a:b", NULL},
                 {"ftp://a", NULL},
                 {"", NULL}};
    struct ctx cx;
    ctx_init(&cx);
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
        struct webauthn_site s;
        enum rc rc = webauthn_site(&cx, str_from(sites[i].origin), &s);
        if ((rc == OK) != (sites[i].id != NULL)) fail_msg("%s: %s", sites[i].origin, rc_name(rc));
        if (rc == OK) assert_string_equal(s.id.p, sites[i].id);
    }
    ctx_release(&cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity_webauthn__takes_each_algorithm),
        cmocka_unit_test(test_identity_webauthn__refuses_each_wrong),
        cmocka_unit_test(test_identity_webauthn__verification_only_where_asked),
        cmocka_unit_test(test_identity_webauthn__counter),
        cmocka_unit_test(test_identity_webauthn__user_handle),
        cmocka_unit_test(test_identity_webauthn__kind_of_passkey_stays),
        cmocka_unit_test(test_identity_webauthn__attestation),
        cmocka_unit_test(test_identity_webauthn__extensions_of_the_browser),
        cmocka_unit_test(test_identity_webauthn__hostile_cbor),
        cmocka_unit_test(test_identity_webauthn__damage),
        cmocka_unit_test(test_identity_webauthn__challenge),
        cmocka_unit_test(test_identity_webauthn__site),
    };
    return cmocka_run_group_tests(tests, make_devices, free_devices);
}
