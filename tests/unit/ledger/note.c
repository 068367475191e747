/* Signed notes: our vectors, the specification's example, Wycheproof, a public log's checkpoints; malformed ones. */
#include "files.h"

#include <jansson.h>
#include <sodium.h>

#include "ledger/checkpoint.h"
#include "ledger/note.h"

static struct ctx cx;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return sodium_init() < 0;
}

static int teardown(void **state)
{
    (void)state;
    ctx_release(&cx);
    return 0;
}

static struct note_signer signer(const char *seed_file, const char *name, enum note_type type)
{
    uint8_t seed[32];
    struct note_signer s;
    vector_hex(&cx.arena, seed_file, seed, sizeof seed);
    assert_int_equal(note_signer_from(&cx, str_from(name), type, seed, &s), OK);
    return s;
}

static struct note_key key(struct str vkey)
{
    struct note_key k;
    enum rc rc = note_key_read(&cx, vkey, &k);
    if (rc != OK) failed("%s", cx.message);
    return k;
}

static struct note note(struct str text)
{
    struct note n;
    enum rc rc = note_read(&cx, text, &n);
    if (rc != OK) failed("%s", cx.message);
    return n;
}

static void test_ledger_note__vectors(void **state)
{
    (void)state;
    struct note_signer log = signer("checkpoint/seed.hex", "sinetti.example/acme", NOTE_ED25519),
                       witness = signer("checkpoint/witness.seed.hex", "witness.example/w1", NOTE_COSIGNATURE);
    scoped_buf b;
    buf_init(&b, 0);
    note_key_put(&b, &log.key);
    assert_str(buf_view(&b), vector_line(&cx.arena, "checkpoint/vkey"));
    buf_clear(&b);
    note_key_put(&b, &witness.key);
    assert_str(buf_view(&b), vector_line(&cx.arena, "checkpoint/witness.vkey"));

    struct str signed_note = vector(&cx.arena, "checkpoint/checkpoint"),
               cosigned = vector(&cx.arena, "checkpoint/cosigned");
    struct note n = note(signed_note), c = note(cosigned);
    struct checkpoint head;
    assert_int_equal(checkpoint_read(&cx, n.text, &head), OK);
    assert_int_equal(head.size, 3);
    buf_clear(&b);
    checkpoint_put(&b, &head);
    assert_str(buf_view(&b), n.text);
    buf_char(&b, '\n');
    note_sign(&b, n.text, &log, 0);
    assert_str(buf_view(&b), signed_note);
    note_sign(&b, n.text, &witness, 1767225600);
    assert_str(buf_view(&b), cosigned);

    int64_t time;
    assert_int_equal(note_verify(&cx, &c, &log.key, &time), OK);
    assert_int_equal(time, 0);
    assert_int_equal(note_verify(&cx, &c, &witness.key, &time), OK);
    assert_int_equal(time, 1767225600);
    assert_int_equal(note_verify(&cx, &n, &witness.key, &time), E_NOTFOUND);
    note_signer_release(&log);
    note_signer_release(&witness);
}

/* The example of c2sp.org/signed-note. */
static void test_ledger_note__example_of_the_specification(void **state)
{
    (void)state;
    struct note_key k = key(STR("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"));
    struct note n =
        note(STR("This is an example message.\n\n\xe2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXpp"
                 "zi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"));
    int64_t time;
    assert_int_equal(note_verify(&cx, &n, &k, &time), OK);
    assert_str(n.text, STR("This is an example message.\n"));
}

/* Any bit of text or signature turned: refused, or a note by nobody we know. */
static void test_ledger_note__every_bit_counts(void **state)
{
    (void)state;
    struct note_key log = key(vector_line(&cx.arena, "checkpoint/vkey")),
                    witness = key(vector_line(&cx.arena, "checkpoint/witness.vkey"));
    struct str good = vector(&cx.arena, "checkpoint/cosigned");
    char *p = (char *)good.p;
    for (size_t bit = 0; bit < 8 * good.n; bit++) {
        p[bit / 8] ^= (char)(1 << bit % 8);
        struct note n;
        int64_t time;
        if (note_read(&cx, good, &n) == OK)
            assert_true(note_verify(&cx, &n, &log, &time) != OK || note_verify(&cx, &n, &witness, &time) != OK);
        p[bit / 8] ^= (char)(1 << bit % 8);
    }
    for (size_t cut = 0; cut < good.n; cut++) {
        struct note n;
        int64_t time;
        if (note_read(&cx, str_slice(good, 0, cut), &n) == OK)
            assert_int_not_equal(note_verify(&cx, &n, &witness, &time), OK);
    }
}

static void test_ledger_note__malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n\n\xe2\x80\x94 a AAAAAAA=",           /* no newline at the end */
        "text\n\n\xe2\x80\x94 a AAAAAA==\n",         /* an id and nothing */
        "text\n\n\xe2\x80\x94 a AAAAAAA\n",          /* no padding */
        "text\n\n\xe2\x80\x94 a AAAAAAB=\n",         /* bits that stand for nothing */
        "text\n\n\xe2\x80\x94 a+b AAAAAAA=\n",       /* a plus in the name */
        "text\n\n\xe2\x80\x94 a\xc2\xa0 AAAAAAA=\n", /* white space in the name */
        "text\n\n\xe2\x80\x94  AAAAAAA=\n",          /* no name */
        "text\n\n\xe2\x80\x94 a\n",                  /* no signature */
        "text\n\n\xe2\x80\x94 a AAAAAAA= \n",        /* a space behind */
        "text\n\n- a AAAAAAA=\n",                    /* another dash */
        "text\n\n\xe2\x80\x94 a AAAAAAA=\nmore\n",   /* a line that is none */
        "te\rxt\n\n\xe2\x80\x94 a AAAAAAA=\n",       /* a control character */
        "te\xffxt\n\n\xe2\x80\x94 a AAAAAAA=\n",     /* not UTF-8 */
    };
    struct note n;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (note_read(&cx, str_from(bad[i]), &n) != E_INVALID) failed("note %zu is accepted", i);
    assert_int_equal(note_read(&cx, STR("text\n\n\n\xe2\x80\x94 a AAAAAAA=\n"), &n), OK);
    assert_str(n.text, STR("text\n\n"));
    scoped_buf many;
    buf_init(&many, 0);
    buf_cstr(&many, "text\n\n");
    for (int i = 0; i < LIMIT_NOTE_SIGNATURES; i++) buf_cstr(&many, "\xe2\x80\x94 a AAAAAAA=\n");
    assert_int_equal(note_read(&cx, buf_view(&many), &n), OK);
    assert_int_equal(n.n, LIMIT_NOTE_SIGNATURES);
    buf_cstr(&many, "\xe2\x80\x94 a AAAAAAA=\n");
    assert_int_equal(note_read(&cx, buf_view(&many), &n), E_LIMIT);
    while (many.n <= LIMIT_NOTE) buf_cstr(&many, "\xe2\x80\x94 a AAAAAAA=\n");
    assert_int_equal(note_read(&cx, buf_view(&many), &n), E_LIMIT);
}

static void test_ledger_note__malformed_keys(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  /* not its id */
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  /* not its name */
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  /* capitals */
        "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  /* the id of another type */
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  /* ECDSA */
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",  /* short */
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k ", /* a space */
        " example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fo o+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    };
    struct note_key k;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (note_key_read(&cx, str_from(bad[i]), &k) != E_INVALID) failed("key %zu is accepted", i);
}

/* A line with the trusted name and id and a wrong signature spoils the note, even beside a right one. */
static void test_ledger_note__wrong_line_spoils(void **state)
{
    (void)state;
    struct note_signer log = signer("checkpoint/seed.hex", "sinetti.example/acme", NOTE_ED25519);
    scoped_buf b;
    buf_init(&b, 0);
    buf_cstr(&b, "text\n\n");
    note_sign(&b, STR("text\n"), &log, 0);
    note_sign(&b, STR("tekst\n"), &log, 0);
    struct note n = note(buf_view(&b));
    int64_t time;
    assert_int_equal(note_verify(&cx, &n, &log.key, &time), E_DENIED);
    note_signer_release(&log);
}

static void unhex(json_t *object, const char *field, struct buf *out)
{
    const char *hex = json_string_value(json_object_get(object, field));
    assert_non_null(hex);
    for (size_t i = 0; hex[i] && hex[i + 1]; i += 2) {
        uint8_t byte;
        assert_true(hex_read_exact(&byte, 1, (struct str){hex + i, 2}));
        buf_char(out, (char)byte);
    }
}

/* Wycheproof's signatures as lines of notes would need texts that end in a newline: the library is asked directly, as
 * note_verify() asks it. */
static void test_ledger_note__wycheproof(void **state)
{
    (void)state;
    struct str text = standard(&cx.arena, "vectors/wycheproof-ed25519_test.json");
    json_t *all = json_loadb(text.p, text.n, 0, NULL), *group, *test;
    assert_non_null(all);
    size_t i, j, seen = 0;
    json_array_foreach(json_object_get(all, "testGroups"), i, group)
    {
        scoped_buf public;
        buf_init(&public, 0);
        unhex(json_object_get(group, "publicKey"), "pk", &public);
        json_array_foreach(json_object_get(group, "tests"), j, test)
        {
            scoped_buf msg, sig;
            buf_init(&msg, 0);
            buf_init(&sig, 0);
            buf_char(&msg, ' ');
            buf_clear(&msg);
            unhex(test, "msg", &msg);
            unhex(test, "sig", &sig);
            bool good = sig.n == 64 && public.n == 32 &&
                        crypto_sign_verify_detached((const uint8_t *)sig.p, (const uint8_t *)msg.p, msg.n,
                                                    (const uint8_t *)public.p) == 0;
            bool valid = !strcmp(json_string_value(json_object_get(test, "result")), "valid");
            if (good != valid) failed("wycheproof %zu.%zu", i, j);
            seen++;
        }
    }
    assert_int_equal(seen, 151);
    json_decref(all);
}

static void test_ledger_note__public_log(void **state)
{
    (void)state;
    struct note_key k = key(STR("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"));
    for (int size = 0; size <= 15; size++) {
        struct str text =
            standard(&cx.arena, arena_printf(&cx.arena, "tlog/tessera-testdata/log/checkpoint.%d", size).p);
        struct note n = note(text);
        struct checkpoint head;
        int64_t time;
        assert_int_equal(note_verify(&cx, &n, &k, &time), OK);
        assert_int_equal(checkpoint_read(&cx, n.text, &head), OK);
        assert_int_equal(head.size, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_note__vectors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_note__example_of_the_specification, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_note__every_bit_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_note__malformed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_note__malformed_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_note__wrong_line_spoils, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_note__wycheproof, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_note__public_log, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
