/* base/sshsig: signatures that OpenSSH made, of each kind of key (tests/vectors/sshsig; those of security keys made by
 * the words of its PROTOCOL.u2f, and taken by it); whatever is changed, refused. */
#include "base/sshsig.h"

#include <sodium.h>

#include "base/base64.h"
#include "ledger/files.h"

#define MESSAGE STR("a message\nof two lines\n")

static struct arena arena;

static const char *const names[] = {"ed25519", "ecdsa256",       "ecdsa384",   "ecdsa521",
                                    "rsa3072", "rsa3072-sha256", "sk-ed25519", "sk-ecdsa256"};

static struct str armored(const char *name)
{
    struct str s = file_bytes(&arena, arena_printf(&arena, "%s/tests/vectors/sshsig/%s.sig", source_dir(), name).p);
    assert_non_null(s.p);
    return s;
}

static void test_base_sshsig__of_each_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char key[65];
        struct str s = armored(names[i]);
        if (!sshsig_verify(s, MESSAGE, STR("git"), key)) failed("%s is not taken", names[i]);
        assert_int_equal(strlen(key), 64);
        if (sshsig_verify(s, STR("a message\nof two lines"), STR("git"), key)) failed("%s: another text", names[i]);
        if (sshsig_verify(s, MESSAGE, STR("file"), key)) failed("%s: for something else", names[i]);
    }
}

static void test_base_sshsig__nobody_touched_it(void **state)
{
    (void)state;
    char key[65];
    assert_false(sshsig_verify(armored("untouched-sk-ed25519"), MESSAGE, STR("git"), key));
}

/* Each byte of the blob another: no signature is left, and no reading beyond its end. */
static void test_base_sshsig__any_byte_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        scoped_buf blob;
        struct str text = armored(names[i]), line;
        buf_init(&blob, 0);
        (void)str_cut(&text, '\n', &line);
        scoped_buf all;
        buf_init(&all, 0);
        while (str_cut(&text, '\n', &line) && line.p[0] != '-') buf_str(&all, line);
        assert_true(base64_read(&blob, buf_view(&all)));
        for (size_t at = 0; at < blob.n; at += 1 + blob.n / 200) {
            char key[65];
            scoped_buf changed;
            buf_init(&changed, 0);
            blob.p[at] ^= 0x20;
            buf_cstr(&changed, SSHSIG_BEGIN "\n");
            base64_put(&changed, blob.p, blob.n);
            buf_cstr(&changed, "\n" SSHSIG_END "\n");
            if (sshsig_verify(buf_view(&changed), MESSAGE, STR("git"), key)) failed("%s at %zu", names[i], at);
            blob.p[at] ^= 0x20;
            buf_clear(&changed); /* and cut there */
            buf_cstr(&changed, SSHSIG_BEGIN "\n");
            base64_put(&changed, blob.p, at);
            buf_cstr(&changed, "\n" SSHSIG_END "\n");
            if (sshsig_verify(buf_view(&changed), MESSAGE, STR("git"), key)) failed("%s cut at %zu", names[i], at);
        }
    }
}

static void test_base_sshsig__written_and_read(void **state)
{
    (void)state;
    uint8_t public[32], secret[64], again[32], hash[64], signature[64];
    char key[65];
    scoped_buf pre, text, line;
    buf_init(&pre, 0);
    buf_init(&text, 0);
    buf_init(&line, 0);
    assert_true(sodium_init() >= 0);
    assert_int_equal(crypto_sign_keypair(public, secret), 0);
    crypto_hash_sha512(hash, (const unsigned char *)"x", 1);
    sshsig_preimage(&pre, STR("git"), hash);
    assert_int_equal(crypto_sign_detached(signature, NULL, (const unsigned char *)pre.p, pre.n, secret), 0);
    sshsig_put(&text, STR("git"), public, signature);
    assert_true(sshsig_verify(buf_view(&text), STR("x"), STR("git"), key));
    assert_false(sshsig_verify(buf_view(&text), STR("y"), STR("git"), key));
    sshsig_put_key(&line, public);
    assert_true(sshsig_read_key(buf_view(&line), again));
    assert_memory_equal(public, again, 32);
    assert_false(sshsig_read_key(STR("ssh-ed25519 AAAA"), again));
    assert_false(sshsig_read_key(STR("ssh-rsa AAAA"), again));
}

/* The example of DSSE's protocol.md, of another type; ours by the same words. */
static void test_base_sshsig__dsse(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    dsse_preimage(&b, STR("hello world"));
    assert_true(str_eq(buf_view(&b), STR("DSSEv1 28 application/vnd.in-toto+json 11 hello world")));
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_base_sshsig__of_each_key, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_sshsig__nobody_touched_it, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_sshsig__any_byte_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_sshsig__written_and_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_base_sshsig__dsse, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
