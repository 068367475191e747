/* The chain of keys through a ledger: rotations, gaps and seams, as they should be and in each other way. */
#include "made.h"

static const char *rotation(const struct note_signer *old, const struct note_signer *new)
{
    return arena_printf(&cx.arena, "{\"new\":\"%s\",\"old\":\"%s\",\"reason\":\"yearly\"}",
                        made_vkey(&cx.arena, &new->key).p, made_vkey(&cx.arena, &old->key).p)
        .p;
}

/* A rotation and some facts; the handover is written when all facts are there. */
static size_t rotate(const struct note_signer *old, const struct note_signer *new)
{
    made_add(&m, "rotation", "ledger", rotation(old, new));
    some(2);
    return m.n - 2;
}

static void hand_over(size_t size, const struct note_signer *old, const struct note_signer *new)
{
    const char *path = arena_printf(&cx.arena, "handover/%zu", size).p;
    made_sign(&m, &s, path, arena_cstr(&cx.arena, new->key.name), size, old, new);
}

static void test_ledger_verify_keys__chain(void **state)
{
    (void)state;
    some(1);
    size_t a = rotate(&k1, &k2);
    some(300);
    size_t b = rotate(&k2, &k3);
    made_write(&m, &s, &k3);
    hand_over(a, &k1, &k2);
    hand_over(b, &k2, &k3);
    struct verified v = good(&k1);
    assert_true(v.n_handovers == 2 && v.all_handovers == 2 && v.handovers[0].n == a - 1 && v.handovers[1].n == b - 1);
    assert_true(v.handovers[0].is_trusted && v.handovers[1].is_trusted && !v.handovers[1].is_gap);
    assert_true(note_key_eq(&v.key, &k3.key));
    v = good(&k2);
    assert_true(!v.handovers[0].is_trusted && v.handovers[1].is_trusted);
    v = good(&k3);
    assert_true(!v.handovers[0].is_trusted && !v.handovers[1].is_trusted);
    struct note_signer other = made_key(ORIGIN, 9, NOTE_ED25519);
    bad(&other, arena_printf(&cx.arena,
                             "checkpoint: not signed by " ORIGIN
                             "+%02x%02x%02x%02x, and no handover leads from it to another key",
                             other.key.id[0], other.key.id[1], other.key.id[2], other.key.id[3])
                    .p);
    /* signed by a key that was replaced */
    made_sign(&m, &s, "checkpoint", ORIGIN, m.n, &k2, NULL);
    bad(&k1,
        arena_printf(&cx.arena, "checkpoint: not signed by " ORIGIN "+%02x%02x%02x%02x, to which fact 304 handed over",
                     k3.key.id[0], k3.key.id[1], k3.key.id[2], k3.key.id[3])
            .p);
    bad(&k2,
        arena_printf(&cx.arena, "checkpoint: not signed by " ORIGIN "+%02x%02x%02x%02x, to which fact 304 handed over",
                     k3.key.id[0], k3.key.id[1], k3.key.id[2], k3.key.id[3])
            .p);
    /* the second handover is missing: the first is named when that is missing too */
    shelf_drop(&s, arena_printf(&cx.arena, "handover/%zu", b).p);
    bad(&k3, "handover/305, fact 304: missing: a rotation is proven by it");
    shelf_drop(&s, arena_printf(&cx.arena, "handover/%zu", a).p);
    bad(&k3, "handover/2, fact 1: missing: a rotation is proven by it");
}

static void test_ledger_verify_keys__handovers(void **state)
{
    (void)state;
    some(1);
    (void)rotate(&k1, &k2);
    made_write(&m, &s, &k2);
    made_sign(&m, &s, "handover/2", ORIGIN, 2, &k1, &k1);
    bad(&k1, "handover/2, fact 1: note: not signed by the key of " ORIGIN);
    made_sign(&m, &s, "handover/2", ORIGIN, 2, &k2, &k3);
    bad(&k1, "handover/2, fact 1: note: not signed by the key of " ORIGIN);
    made_sign(&m, &s, "handover/2", ORIGIN, 3, &k1, &k2);
    bad(&k1, "handover/2, fact 1: its size is 3");
    made_sign(&m, &s, "handover/2", ORIGIN "/2", 2, &k1, &k2);
    bad(&k1, "handover/2, fact 1: its origin is not the new key's name");
    struct made_fact kept = m.facts[0];
    m.facts[0].leaf = STR("x");
    made_sign(&m, &s, "handover/2", ORIGIN, 2, &k1, &k2);
    m.facts[0] = kept;
    bad(&k1, "handover/2, fact 1: its root is not that of the facts before");
    shelf_put(&s, "handover/2", STR("x"));
    bad(&k1, "handover/2, fact 1: note: does not end in a newline");
    /* and a body that is wrong before or behind it: what comes first is named */
    shelf_drop(&s, "handover/2");
    size_t end = shelf_get(&s, "bodies/000.p/4")->bytes.n - 1;
    flip("bodies/000.p/4", end);
    bad(&k1, "handover/2, fact 1: missing: a rotation is proven by it");
    flip("bodies/000.p/4", end);
    flip("bodies/000.p/4", 30);
    bad(&k1, "bodies/000.p/4, fact 0: body: not what was recorded (its digest is not the leaf's)");
}

/* A key that was lost could not hand over: what is between is told, and only who knows the newer key verifies. */
static void test_ledger_verify_keys__gap(void **state)
{
    (void)state;
    struct note_signer k4 = made_key(ORIGIN, 4, NOTE_ED25519);
    size_t a = rotate(&k1, &k2), b = rotate(&k3, &k4);
    made_write(&m, &s, &k4);
    hand_over(a, &k1, &k2);
    hand_over(b, &k3, &k4);
    struct verified v = good(&k3);
    assert_true(v.n_handovers == 2 && !v.handovers[0].is_gap && v.handovers[1].is_gap);
    v = good(&k4);
    assert_true(note_key_eq(&v.key, &k4.key));
    bad(&k1,
        arena_printf(&cx.arena, "checkpoint: not signed by " ORIGIN "+%02x%02x%02x%02x, to which fact 0 handed over",
                     k2.key.id[0], k2.key.id[1], k2.key.id[2], k2.key.id[3])
            .p);
    /* a rotation whose body is not here may have filled it */
    again();
    a = rotate(&k1, &k2);
    made_add(&m, "rotation", "ledger", rotation(&k2, &k3))->body = STR_NONE;
    b = rotate(&k3, &k4);
    made_write(&m, &s, &k4);
    hand_over(a, &k1, &k2);
    hand_over(b, &k3, &k4);
    v = good(&k3);
    assert_true(v.n_handovers == 2 && !v.handovers[1].is_gap && v.unread.n == 1 && v.unread.first_fact == 3);
}

static void test_ledger_verify_keys__rotations(void **state)
{
    (void)state;
    struct note_signer other = made_key("sinetti.example/other", 5, NOTE_ED25519);
    struct note_signer witness = made_key(ORIGIN, 6, NOTE_COSIGNATURE);
    struct {
        const char *payload, *what;
    } cases[] = {
        {"{}", "its body names no key as \"old\""},
        {arena_printf(&cx.arena, "{\"old\":\"%s\"}", made_vkey(&cx.arena, &k1.key).p).p,
         "its body names no key as \"new\""},
        {"{\"old\":\"x\"}", "key: NAME+ID+KEY is expected, ID being 8 hexadecimal digits"},
        {rotation(&k1, &other), "a rotation to a key of another origin"},
        {rotation(&k1, &witness), "the key \"new\" in its body is not that of a ledger"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        again();
        made_add(&m, "rotation", "ledger", cases[i].payload);
        made_write(&m, &s, &k1);
        bad(&k1, arena_printf(&cx.arena, "bodies/000.p/1, fact 0: %s", cases[i].what).p);
    }
    /* a rotation of another ledger within this one */
    again();
    struct note_signer other2 = made_key("sinetti.example/other", 7, NOTE_ED25519);
    size_t a = rotate(&k1, &k2), b = rotate(&other, &other2);
    made_write(&m, &s, &k2);
    hand_over(a, &k1, &k2);
    hand_over(b, &other, &other2);
    bad(&k1, "handover/4, fact 3: the ledger is under another origin by then");
    /* … or before it */
    again();
    b = rotate(&other, &other2);
    made_write(&m, &s, &k2);
    hand_over(b, &other, &other2);
    bad(&k2, "checkpoint: its origin is not the one the ledger has gone on under");
}

/* A seam at fact n: what was lost lies between it and a head of `size` facts that `by` signed. */
static size_t seam_of(const struct note_signer *old, const struct note_signer *new, size_t size, int64_t from,
                      int64_t to, const char *origin, const struct note_signer *by)
{
    struct made lost;
    made_init(&lost);
    for (size_t i = 0; i < size; i++) made_add(&lost, "note", "org", "{}");
    struct shelf other = {0};
    arena_init(&other.arena);
    made_sign(&lost, &other, "head", origin, size, by, NULL);
    scoped_buf head;
    buf_init(&head, 0);
    struct str note = other.files[0].bytes;
    for (size_t i = 0; i < note.n; i++)
        if (note.p[i] == '\n')
            buf_cstr(&head, "\\n");
        else
            buf_char(&head, note.p[i]);
    made_add(
        &m, "restored", "ledger",
        arena_printf(
            &cx.arena,
            "{\"head\":\"%s\",\"lost_from\":%lld,\"lost_to\":%lld,\"new\":\"%s\",\"old\":\"%s\",\"reason\":\"disk\"}",
            arena_cstr(&cx.arena, buf_view(&head)), (long long)from, (long long)to, made_vkey(&cx.arena, &new->key).p,
            made_vkey(&cx.arena, &old->key).p)
            .p);
    shelf_release(&other);
    made_release(&lost);
    return m.n;
}

static void test_ledger_verify_keys__seams(void **state)
{
    (void)state;
    struct note_signer r2 = made_key(ORIGIN "/2", 8, NOTE_ED25519), r3 = made_key(ORIGIN "/3", 9, NOTE_ED25519);
    some(2);
    size_t a = seam_of(&k1, &r2, 5, 2, 5, ORIGIN, &k1);
    some(3);
    size_t b = seam_of(&r2, &r3, 9, 6, 9, ORIGIN "/2", &r2);
    made_write(&m, &s, &r3);
    hand_over(a, &k1, &r2);
    hand_over(b, &r2, &r3);
    struct verified v = good(&k1);
    assert_true(v.n_handovers == 2 && v.handovers[0].is_seam && v.handovers[0].lost_from == 2 &&
                v.handovers[0].lost_to == 5 && v.handovers[1].lost_from == 6 && v.handovers[1].lost_to == 9);
    assert_str(v.head.origin, STR(ORIGIN "/3"));
    (void)good(&r2);
    (void)good(&r3);
    /* the checkpoint of an origin from before the seam */
    made_sign(&m, &s, "checkpoint", ORIGIN, m.n, &k1, NULL);
    bad(&k1, "checkpoint: its origin is not the one the ledger has gone on under");
    made_sign(&m, &s, "checkpoint", ORIGIN, m.n, &r3, NULL);
    bad(&r3, "checkpoint: it is of " ORIGIN ", the key is that of " ORIGIN "/3");
    bad(&k1, "checkpoint: its origin is not the one the ledger has gone on under");

    struct note_signer other = made_key("sinetti.example/other/2", 5, NOTE_ED25519);
    struct {
        const struct note_signer *old, *new;
        size_t size;
        int64_t from, to;
        const char *origin;
        const struct note_signer *by;
        const char *what;
    } cases[] = {
        {&r2, &k1, 5, 2, 5, ORIGIN "/2", &r2, "a seam goes on under the origin's next number, and this one does not"},
        {&k1, &k2, 5, 2, 5, ORIGIN, &k1, "a seam goes on under the origin's next number, and this one does not"},
        {&k1, &other, 5, 2, 5, ORIGIN, &k1, "a seam goes on under the origin's next number, and this one does not"},
        {&k1, &r2, 5, 2, 6, ORIGIN, &k1, "what it says is lost is not what lies between it and the head in its body"},
        {&k1, &r2, 5, 1, 5, ORIGIN, &k1, "what it says is lost is not what lies between it and the head in its body"},
        {&k1, &r2, 1, 2, 1, ORIGIN, &k1, "what it says is lost is not what lies between it and the head in its body"},
        {&k1, &r2, 5, 2, 5, ORIGIN, &k2, "the head in its body is not signed by the old key"},
        {&k1, &r2, 5, 2, 5, ORIGIN "/7", &k1, "the head in its body is of another origin"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        again();
        some(2);
        (void)seam_of(cases[i].old, cases[i].new, cases[i].size, cases[i].from, cases[i].to, cases[i].origin,
                      cases[i].by);
        made_write(&m, &s, &r3);
        bad(&k1, arena_printf(&cx.arena, "bodies/000.p/3, fact 2: %s", cases[i].what).p);
    }
    again();
    made_add(&m, "restored", "ledger", rotation(&k1, &r2));
    made_write(&m, &s, &r2);
    bad(&k1, "bodies/000.p/1, fact 0: its body lacks head, lost_from or lost_to");
    /* a seam that nobody can read may lead to any later number, never to an earlier one */
    again();
    a = seam_of(&k1, &r2, 5, 0, 5, ORIGIN, &k1);
    made_add(&m, "restored", "ledger", "{}")->body = STR_NONE;
    made_write(&m, &s, &r3);
    hand_over(a, &k1, &r2);
    v = good(&r3);
    assert_true(v.n_handovers == 1 && v.unread.n == 1 && v.unread.first_fact == 1);
    made_sign(&m, &s, "checkpoint", ORIGIN, m.n, &k1, NULL);
    bad(&k1, "checkpoint: its origin is not the one the ledger has gone on under");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_verify_keys__chain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_keys__handovers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_keys__gap, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_keys__rotations, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_keys__seams, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
