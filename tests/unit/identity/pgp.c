/* identity/pgp: signatures that GnuPG made, by keys as they are kept here (without user ids): of each algorithm, by a
 * subkey, by one that ends, by one taken back; whatever is changed, refused. */
#include "identity/pgp.h"

#include "base/base64.h"
#include "identity/keys.h"
#include "ledger/files.h"

#define MESSAGE STR("a message\nof two lines\n")

static struct ctx cx;

static const char *const names[] = {"ed25519", "rsa3072", "nistp256", "nistp384", "subkey", "ends"};

static struct str file(const char *name, const char *ending)
{
    struct str s =
        file_bytes(&cx.arena, arena_printf(&cx.arena, "%s/tests/vectors/pgp/%s.%s", source_dir(), name, ending).p);
    assert_non_null(s.p);
    return s;
}

static struct str packets(const char *name, struct key *key)
{
    scoped_buf b;
    buf_init(&b, 0);
    if (key_read(&cx, file(name, "asc"), key) != OK) failed("%s: %s", name, cx.message);
    assert_true(base64_read(&b, key->public));
    return arena_str(&cx.arena, buf_view(&b));
}

static struct str signature(const char *name)
{
    scoped_buf b;
    buf_init(&b, 0);
    if (pgp_unarmor(&cx, "signature", file(name, "sig"), PGP_SIGNATURE_END, &b) != OK) failed("%s", cx.message);
    return arena_str(&cx.arena, buf_view(&b));
}

static void test_identity_pgp__of_each_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct key key;
        int64_t until;
        struct str p = packets(names[i], &key), s = signature(names[i]);
        const char *word = pgp_verify(p, s, MESSAGE, &until);
        if (word) failed("%s: %s", names[i], word);
        assert_true(pgp_issuer(s) != 0);
        assert_string_equal(pgp_verify(p, s, STR("a message\n"), &until), "bad");
        assert_string_equal(pgp_verify(packets(i ? "ed25519" : "rsa3072", &key), s, MESSAGE, &until), "unknown");
    }
}

static void test_identity_pgp__ends(void **state)
{
    (void)state;
    struct key key;
    int64_t until;
    (void)packets("ed25519", &key);
    assert_int_equal(key.expires, 0);
    struct str p = packets("ends", &key); /* on a user id, which is not kept: so it is told beside the key */
    assert_true(key.expires > pgp_key_made(str_slice(p, 2, p.n)) && key.expires < 4102444800);
    p = packets("subkey", &key); /* in the subkey's binding */
    assert_int_equal(key.expires, 0);
    assert_null(pgp_verify(p, signature("subkey"), MESSAGE, &until));
    assert_true(until > 1795651200 + 4 * 365 * 86400 && until < 4102444800);
    assert_null(pgp_verify(packets("revoked", &key), signature("revoked"), MESSAGE, &until));
    assert_int_equal(until, 1);
}

static void test_identity_pgp__any_byte_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct key key;
        struct pgp_signature before, after;
        int64_t until;
        struct str p = packets(names[i], &key), s = signature(names[i]), copy = arena_str(&cx.arena, s), rest = s;
        struct pgp_packet packet;
        assert_true(pgp_next_packet(&rest, &packet));
        assert_true(pgp_signature_read(packet.body, &before));
        for (size_t at = 0; at < s.n; at++) {
            char *byte = (char *)(uintptr_t)copy.p + at;
            *byte ^= 0x04;
            rest = copy;
            /* what is not signed along (which key to try, the first bits of the hash) may be anything */
            bool same = pgp_next_packet(&rest, &packet) && pgp_signature_read(packet.body, &after) && !rest.n &&
                        str_eq(before.trailer, after.trailer) && str_eq(before.numbers, after.numbers);
            if (!same && !pgp_verify(p, copy, MESSAGE, &until)) failed("%s at %zu", names[i], at);
            *byte ^= 0x04;
            (void)!pgp_verify(p, str_slice(s, 0, at), MESSAGE, &until);       /* cut */
            (void)!pgp_verify(str_slice(p, 0, at % p.n), s, MESSAGE, &until); /* and the key */
        }
        /* the subkey's binding, and the word of the subkey itself */
        if (strcmp(names[i], "subkey") != 0) continue;
        struct str keys = arena_str(&cx.arena, p);
        size_t taken = 0;
        for (size_t at = 0; at < p.n; at += 3) {
            char *byte = (char *)(uintptr_t)keys.p + at;
            *byte ^= 0x04;
            if (!pgp_verify(keys, s, MESSAGE, &until)) taken++;
            *byte ^= 0x04;
        }
        assert_true(taken < p.n / 6); /* the other subkey is of no concern to it, and what is not signed along */
    }
}

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ctx_release(&cx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_identity_pgp__of_each_key, setup, teardown),
        cmocka_unit_test_setup_teardown(test_identity_pgp__ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_identity_pgp__any_byte_changed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
