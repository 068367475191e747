/* Bodies, digests and leaves. */
#include "files.h"

#include "base/digest.h"
#include "ledger/leaf.h"

static struct ctx cx;

static const struct body plain = {.actor = {"system", 6},
                                  .credential = {"", 0},
                                  .kind = {"note", 4},
                                  .subject = {"org", 3},
                                  .via = {"person", 6},
                                  .payload = {"{}", 2}};

static void test_ledger_leaf__vector(void **state)
{
    (void)state;
    struct body b;
    struct leaf l;
    uint8_t salt[SALT_SIZE], digest[32], want[32];
    struct hash hash;
    char bytes[LIMIT_LEAF];
    struct str text = vector(&cx.arena, "fact/body.json");
    vector_hex(&cx.arena, "fact/salt.hex", salt, sizeof salt);
    vector_hex(&cx.arena, "fact/digest.hex", want, sizeof want);
    assert_int_equal(body_read(&cx, text, &b), OK);
    assert_str(b.payload, STR("{\"text\":\"caf\xc3\xa9 / \xf0\x9f\x98\x80\"}"));
    scoped_buf again;
    buf_init(&again, 0);
    assert_int_equal(body_write(&cx, &b, &again), OK);
    assert_str(buf_view(&again), text);
    body_digest(salt, text, digest);
    assert_memory_equal(digest, want, 32);
    l = (struct leaf){.n = 41, .at = 1767225600000007, .kind = b.kind};
    memcpy(l.digest, digest, 32);
    struct str leaf = {bytes, leaf_write(&l, bytes)};
    assert_str(leaf, vector(&cx.arena, "fact/leaf.json"));
    merkle_leaf(leaf, &hash);
    vector_hex(&cx.arena, "fact/hash.hex", want, sizeof want);
    assert_memory_equal(hash.b, want, 32);
}

static void test_ledger_leaf__reads_only_its_own_spelling(void **state)
{
    (void)state;
    struct leaf l = {.n = 9007199254740990, .at = 9007199254740991, .kind = STR("k_2")}, got;
    char bytes[LIMIT_LEAF], again[LIMIT_LEAF];
    memset(l.digest, 0xab, 32);
    struct str leaf = {bytes, leaf_write(&l, bytes)};
    assert_int_equal(leaf_read(&cx, leaf, &got), OK);
    assert_true(got.n == l.n && got.at == l.at && str_eq(got.kind, l.kind) && !memcmp(got.digest, l.digest, 32));
    /* whatever one changes is refused, or is the spelling of another leaf */
    for (size_t at = 0; at < leaf.n; at++)
        for (int c = 0; c < 256; c++) {
            char was = bytes[at];
            bytes[at] = (char)c;
            if (leaf_read(&cx, leaf, &got) == OK) assert_str(((struct str){again, leaf_write(&got, again)}), leaf);
            bytes[at] = was;
        }
    for (size_t cut = 0; cut < leaf.n; cut++)
        assert_int_equal(leaf_read(&cx, str_slice(leaf, 0, cut), &got), E_INVALID);
}

static void test_ledger_leaf__malformed(void **state)
{
    (void)state;
#define DIGEST "\"digest\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""
    static const char *const bad[] = {
        "{\"at\":01," DIGEST ",\"kind\":\"a\",\"n\":0,\"v\":1}",
        "{\"at\":-1," DIGEST ",\"kind\":\"a\",\"n\":0,\"v\":1}",
        "{\"at\":9007199254740992," DIGEST ",\"kind\":\"a\",\"n\":0,\"v\":1}",
        "{\"at\":1," DIGEST ",\"kind\":\"a\",\"n\":9007199254740991,\"v\":1}",
        "{\"at\":1," DIGEST ",\"kind\":\"A\",\"n\":0,\"v\":1}",
        "{\"at\":1," DIGEST ",\"kind\":\"\",\"n\":0,\"v\":1}",
        "{\"at\":1," DIGEST ",\"kind\":\"1a\",\"n\":0,\"v\":1}",
        "{\"at\":1," DIGEST ",\"kind\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"n\":0,\"v\":1}",
        "{\"at\":1," DIGEST ",\"kind\":\"a\",\"n\":0,\"v\":2}",
        "{\"at\":1," DIGEST ",\"kind\":\"a\",\"n\":0,\"v\":1,\"w\":1}",
        "{\"at\":1," DIGEST ",\"kind\":\"a\",\"n\":0}",
        "{\"at\": 1," DIGEST ",\"kind\":\"a\",\"n\":0,\"v\":1}",
        "{\"at\":1," DIGEST ",\"kind\":\"a\",\"n\":0,\"v\":1}\n",
        "{\"at\":1,\"digest\":\"00\",\"kind\":\"a\",\"n\":0,\"v\":1}",
    };
    struct leaf l;
    assert_int_equal(leaf_read(&cx, STR("{\"at\":0," DIGEST ",\"kind\":\"a\",\"n\":0,\"v\":1}"), &l), OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (leaf_read(&cx, str_from(bad[i]), &l) != E_INVALID) failed("leaf %zu is accepted", i);
}

static void body_is(enum rc rc, struct body b)
{
    scoped_buf out;
    buf_init(&out, 0);
    assert_int_equal(body_write(&cx, &b, &out), rc);
    if (rc != OK) return;
    struct body again;
    assert_int_equal(body_read(&cx, buf_view(&out), &again), OK);
    assert_str(again.subject, b.subject);
    assert_str(again.actor, b.actor);
}

#define WITH(field, text)                                                                                              \
    ({                                                                                                                 \
        struct body with_ = plain;                                                                                     \
        with_.field = str_from(text);                                                                                  \
        with_;                                                                                                         \
    })

static void test_ledger_leaf__bodies(void **state)
{
    (void)state;
    body_is(OK, plain);
    body_is(OK, WITH(subject, "file:mf4gk3tvoq2xs5lznb7a/a \"b\"\\c\n"));
    body_is(OK, WITH(actor, "person:mf4gk3tvoq2xs5lznb7a"));
    body_is(OK, WITH(credential, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
    body_is(E_INVALID, WITH(actor, ""));
    body_is(E_INVALID, WITH(actor, "person:Ann"));
    body_is(E_INVALID, WITH(credential, "secret"));
    body_is(E_INVALID, WITH(kind, "Note"));
    body_is(E_INVALID, WITH(via, "mail"));
    body_is(E_INVALID, WITH(subject, ""));
    body_is(E_INVALID, WITH(subject, "\xff"));
    body_is(E_INVALID, WITH(payload, "[]"));
    body_is(E_INVALID, WITH(payload, "{},\"subject\":\"x\""));
    body_is(E_INVALID, WITH(payload, "{\"a\":1.5}"));
    /* 31 levels of its own are the most */
    body_is(OK, WITH(payload, "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"));
    body_is(E_INVALID, WITH(payload, "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"));
}

static void test_ledger_leaf__malformed_bodies(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"note\",\"payload\":{},\"subject\":\"org\"}",
        "{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"note\",\"payload\":{},\"subject\":\"org\",\"via\":"
        "\"person\",\"w\":1}",
        "{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"note\",\"payload\":[],\"subject\":\"org\",\"via\":"
        "\"person\"}",
        "{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"note\",\"payload\":{},\"subject\":7,\"via\":\"person\"}",
        "{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"note\",\"payload\":{},\"subject\":\"o\\u0072g\",\"via\":"
        "\"person\"}",
        "{\"actor\":\"system\", "
        "\"credential\":\"\",\"kind\":\"note\",\"payload\":{},\"subject\":\"org\",\"via\":\"person\"}",
        "{\"actor\":\"system\",\"at\":1,\"credential\":\"\",\"kind\":\"note\",\"payload\":{},\"subject\":\"org\","
        "\"via\":\"person\"}",
    };
    struct body b;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (body_read(&cx, str_from(bad[i]), &b) != E_INVALID) failed("body %zu is accepted", i);
}

static void test_ledger_leaf__largest_body(void **state)
{
    (void)state;
    scoped_buf payload, out;
    buf_init(&payload, 0);
    buf_init(&out, 0);
    struct body b = plain;
    assert_int_equal(body_write(&cx, &b, &out), OK);
    size_t room = LIMIT_BODY - out.n - strlen("\"a\":\"\"");
    buf_cstr(&payload, "{\"a\":\"");
    for (size_t i = 0; i < room; i++) buf_char(&payload, 'x');
    buf_cstr(&payload, "\"}");
    b.payload = buf_view(&payload);
    buf_clear(&out);
    assert_int_equal(body_write(&cx, &b, &out), OK);
    assert_int_equal(out.n, LIMIT_BODY);
    assert_int_equal(body_read(&cx, buf_view(&out), &b), OK);
    b.subject = STR("orgs");
    buf_clear(&out);
    assert_int_equal(body_write(&cx, &b, &out), E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ledger_leaf__vector),
        cmocka_unit_test(test_ledger_leaf__reads_only_its_own_spelling),
        cmocka_unit_test(test_ledger_leaf__malformed),
        cmocka_unit_test(test_ledger_leaf__bodies),
        cmocka_unit_test(test_ledger_leaf__malformed_bodies),
        cmocka_unit_test(test_ledger_leaf__largest_body),
    };
    ctx_init(&cx);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    ctx_release(&cx);
    return failures;
}
