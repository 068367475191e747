/* Proofs of facts as text: our vectors, and every bit of one. */
#include "files.h"

#include "ledger/proof.h"

static struct ctx cx;
static struct note_key key;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return note_key_read(&cx, vector_line(&cx.arena, "proof/vkey"), &key) != OK;
}

static int teardown(void **state)
{
    (void)state;
    ctx_release(&cx);
    return 0;
}

static void test_ledger_proof__vectors(void **state)
{
    (void)state;
    static const char *const names[] = {"proof/1.tlog-proof", "proof/2.tlog-proof"};
    for (uint64_t i = 0; i < 2; i++) {
        struct proof p;
        struct proven out;
        struct str text = vector(&cx.arena, names[i]);
        assert_int_equal(proof_read(&cx, text, &p), OK);
        assert_int_equal(p.index, i + 1);
        assert_int_equal(proof_verify(&cx, &p, &key, &out), OK);
        assert_int_equal(out.head.size, 5);
        assert_int_equal(out.leaf.n, i + 1);
        assert_true(out.has_body == (i == 0));
        scoped_buf again;
        buf_init(&again, 0);
        proof_put(&again, &p);
        assert_str(buf_view(&again), text);
    }
    struct proof p;
    struct proven out;
    assert_int_equal(proof_read(&cx, vector(&cx.arena, names[0]), &p), OK);
    assert_int_equal(proof_verify(&cx, &p, &key, &out), OK);
    assert_str(out.body.subject, STR("person:mf4gk3tvoq2xs5lznb7a"));
}

static void test_ledger_proof__every_bit_counts(void **state)
{
    (void)state;
    struct str good = vector(&cx.arena, "proof/1.tlog-proof");
    char *bytes = (char *)good.p;
    struct proof p;
    struct proven out;
    struct ctx inner;
    for (size_t bit = 0; bit < 8 * good.n; bit++) {
        ctx_init(&inner);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        if (proof_read(&inner, good, &p) == OK && proof_verify(&inner, &p, &key, &out) == OK) failed("bit %zu", bit);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        ctx_release(&inner);
    }
    for (size_t cut = 0; cut < good.n; cut++) {
        ctx_init(&inner);
        if (proof_read(&inner, str_slice(good, 0, cut), &p) == OK)
            assert_int_not_equal(proof_verify(&inner, &p, &key, &out), OK);
        ctx_release(&inner);
    }
}

/* The parts of two good proofs do not make a third. */
static void test_ledger_proof__parts_belong_together(void **state)
{
    (void)state;
    struct proof one, two, mixed;
    struct proven out;
    assert_int_equal(proof_read(&cx, vector(&cx.arena, "proof/1.tlog-proof"), &one), OK);
    assert_int_equal(proof_read(&cx, vector(&cx.arena, "proof/2.tlog-proof"), &two), OK);
    mixed = one;
    mixed.extra = two.extra;
    assert_int_equal(proof_verify(&cx, &mixed, &key, &out), E_DENIED);
    mixed = one;
    mixed.index = 2;
    assert_int_equal(proof_verify(&cx, &mixed, &key, &out), E_DENIED);
    mixed = one;
    mixed.extra = STR_NONE;
    assert_int_equal(proof_verify(&cx, &mixed, &key, &out), E_INVALID);
    mixed = one;
    mixed.n--;
    assert_int_equal(proof_verify(&cx, &mixed, &key, &out), E_DENIED);
    mixed = one;
    mixed.note = vector(&cx.arena, "tiles/checkpoint"); /* a true head, of three facts */
    assert_int_equal(proof_verify(&cx, &mixed, &key, &out), E_DENIED);
    struct note_key other;
    assert_int_equal(note_key_read(&cx, vector_line(&cx.arena, "rotation/vkey2"), &other), OK);
    assert_int_equal(proof_verify(&cx, &one, &other, &out), E_NOTFOUND);
    /* the leaf of one with the body of another */
    scoped_buf extra;
    buf_init(&extra, 0);
    struct str rest = two.extra, leaf, body;
    const uint8_t *salt;
    assert_true(entry_next(&rest, &leaf));
    rest = one.extra;
    struct str ignored;
    assert_true(entry_next(&rest, &ignored) && body_record_next(&rest, &salt, &body));
    proof_extra_put(&extra, leaf, salt, body);
    mixed = two;
    mixed.extra = buf_view(&extra);
    assert_int_equal(proof_verify(&cx, &mixed, &key, &out), E_DENIED);
}

static void test_ledger_proof__malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 00\n\nx",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex\n\nx",
        "c2sp.org/tlog-proof@v1\nextra =\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\nx",
    };
    struct proof p;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (proof_read(&cx, str_from(bad[i]), &p) != E_INVALID) failed("proof %zu is accepted", i);
    scoped_buf many;
    buf_init(&many, 0);
    buf_cstr(&many, "c2sp.org/tlog-proof@v1\nindex 0\n");
    for (int i = 0; i < 65; i++) buf_cstr(&many, "uZo6M+IhVna+CLgWCrJs0xBPUHbozHkYTQASduHSLME=\n");
    buf_cstr(&many, "\nx");
    assert_int_equal(proof_read(&cx, buf_view(&many), &p), E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_proof__vectors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_proof__every_bit_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_proof__parts_belong_together, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_proof__malformed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
