/* Verifying folders of tiles: the vectors, and each way in which they can be wrong. */
#include "shelf.h"

#define ACME "sinetti.example/acme"

static struct ctx cx;
static struct shelf s;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    s = (struct shelf){0};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    shelf_release(&s);
    ctx_release(&cx);
    return 0;
}

static struct str key_of(const char *name)
{
    return vector_line(&cx.arena, name);
}

static void assert_wrong(enum rc rc, const struct verified *v, const char *file, int64_t fact, const char *what)
{
    if (rc != E_CORRUPT || !str_eq(v->bad_file, str_from(file)) || v->bad_fact != fact || !strstr(cx.message, what))
        failed("%s (%s, fact %lld), not: %s, fact %lld: %s", rc == OK ? "it verifies" : cx.message,
               v->bad_file.p ? v->bad_file.p : "", (long long)v->bad_fact, file, (long long)fact, what);
}

static void test_ledger_verify__vectors(void **state)
{
    (void)state;
    static const struct {
        const char *name, *key, *origin;
        uint64_t size, bodies, erased;
        size_t handovers;
    } cases[] = {
        {"tiles", "vkey", ACME, 3, 3, 0, 0},         {"erasure", "vkey", ACME, 5, 4, 1, 0},
        {"rotation", "vkey", ACME, 7, 6, 1, 1},      {"rotation", "vkey2", ACME, 7, 6, 1, 1},
        {"restored", "vkey", ACME "/2", 4, 4, 0, 1}, {"restored", "vkey2", ACME "/2", 4, 4, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct verified v;
        shelf_load(&s, cases[i].name);
        struct str vkey = key_of(arena_printf(&cx.arena, "%s/%s", cases[i].name, cases[i].key).p);
        if (shelf_verify(&cx, &s, vkey, &v) != OK) failed("%s: %s", cases[i].name, cx.message);
        assert_str(v.head.origin, str_from(cases[i].origin));
        assert_int_equal(v.facts, cases[i].size);
        assert_int_equal(v.bodies, cases[i].bodies);
        assert_int_equal(v.erased, cases[i].erased);
        assert_int_equal(v.not_handed_over, 0);
        assert_int_equal(v.still_there, 0);
        assert_int_equal(v.n_handovers, cases[i].handovers);
        assert_int_equal(s.read, s.n); /* each file once */
        shelf_release(&s);
    }
    s = (struct shelf){0};
}

/* Each bit of each file: whatever it makes of the folder, the file is named. */
static void flip_all(const char *name)
{
    struct str vkey = key_of(arena_printf(&cx.arena, "%s/vkey", name).p);
    shelf_load(&s, name);
    for (size_t i = 0; i < s.n; i++) {
        char *bytes = (char *)s.files[i].bytes.p;
        for (size_t bit = 0; bit < 8 * s.files[i].bytes.n; bit++) {
            struct ctx inner;
            struct verified v;
            ctx_init(&inner);
            bytes[bit / 8] ^= (char)(1 << bit % 8);
            enum rc rc = shelf_verify(&inner, &s, vkey, &v);
            bytes[bit / 8] ^= (char)(1 << bit % 8);
            if (rc != E_CORRUPT || !strstr(inner.message, s.files[i].path))
                failed("%s/%s, bit %zu: %s", name, s.files[i].path, bit, rc == OK ? "it verifies" : inner.message);
            ctx_release(&inner);
        }
    }
}

static void test_ledger_verify__every_bit_of_a_rotation(void **state)
{
    (void)state;
    flip_all("rotation");
}

static void test_ledger_verify__every_bit_of_a_seam(void **state)
{
    (void)state;
    flip_all("restored");
}

/* Each file cut at each byte, longer by a byte, and gone. */
static void test_ledger_verify__every_length(void **state)
{
    (void)state;
    static const char *const names[] = {"rotation", "restored"};
    for (size_t k = 0; k < 2; k++) {
        struct str vkey = key_of(arena_printf(&cx.arena, "%s/vkey", names[k]).p);
        shelf_load(&s, names[k]);
        for (size_t i = 0; i < s.n; i++) {
            struct str whole = s.files[i].bytes;
            for (size_t n = 0; n <= whole.n + 1; n++) {
                struct ctx inner;
                struct verified v;
                if (n == whole.n) continue;
                ctx_init(&inner);
                scoped_buf longer;
                buf_init(&longer, 0);
                buf_str(&longer, str_slice(whole, 0, n));
                if (n > whole.n) buf_char(&longer, '\n');
                s.files[i].bytes = buf_view(&longer);
                enum rc rc = shelf_verify(&inner, &s, vkey, &v);
                if (rc != E_CORRUPT || !strstr(inner.message, s.files[i].path))
                    failed("%s/%s, %zu bytes: %s", names[k], s.files[i].path, n,
                           rc == OK ? "it verifies" : inner.message);
                ctx_release(&inner);
            }
            s.files[i].bytes = whole;
        }
        shelf_release(&s);
    }
    s = (struct shelf){0};
}

static void test_ledger_verify__missing_files(void **state)
{
    (void)state;
    static const char *const files[] = {"tile/0/000.p/7", "tile/entries/000.p/7", "handover/6"};
    struct verified v;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        shelf_load(&s, "rotation");
        shelf_drop(&s, files[i]);
        assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), &v, files[i], i == 2 ? 5 : -1, "missing");
        /* the key that signed needs no handover, but the ledger has one */
        assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey2"), &v), &v, files[i], i == 2 ? 5 : -1, "missing");
        shelf_release(&s);
    }
    shelf_load(&s, "rotation");
    shelf_drop(&s, "checkpoint");
    assert_int_equal(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), E_NOTFOUND);
    assert_null(v.bad_file.p);
    shelf_release(&s);
    /* bodies may be left out, and it says so; but then nothing leads from one key to the next */
    shelf_load(&s, "rotation");
    shelf_drop(&s, "bodies/000.p/7");
    assert_int_equal(shelf_verify(&cx, &s, key_of("rotation/vkey2"), &v), OK);
    assert_int_equal(v.bodies, 0);
    assert_int_equal(v.erased, 0);
    assert_int_equal(v.not_handed_over, 7);
    assert_int_equal(v.no_bundle.n, 1);
    assert_str(v.no_bundle.first, STR("bodies/000.p/7"));
    assert_int_equal(v.unread.n, 1);
    assert_int_equal(v.unread.first_fact, 5);
    assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), &v, "checkpoint", -1, "the body of fact 5");
}

/* A machine that fails is told from a ledger that is wrong. */
static void test_ledger_verify__unreadable(void **state)
{
    (void)state;
    struct verified v;
    shelf_load(&s, "rotation");
    for (size_t i = 0; i < s.n; i++) {
        s.files[i].rc = E_IO;
        assert_int_equal(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), E_IO);
        assert_non_null(strstr(cx.message, s.files[i].path));
        assert_null(v.bad_file.p);
        s.files[i].rc = E_INVALID; /* a link, a folder */
        assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), &v, s.files[i].path, -1, s.files[i].path);
        s.files[i].rc = OK;
    }
}

/* Records come in pieces of any size. */
static void test_ledger_verify__pieces(void **state)
{
    (void)state;
    struct verified v;
    shelf_load(&s, "rotation");
    for (s.piece = 1; s.piece < 400; s.piece++) {
        assert_int_equal(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), OK);
        assert_int_equal(v.bodies, 6);
    }
}

static void test_ledger_verify__wrong_keys(void **state)
{
    (void)state;
    struct verified v;
    shelf_load(&s, "tiles");
    assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey2"), &v), &v, "checkpoint", -1, "not signed by");
    assert_wrong(shelf_verify(&cx, &s, key_of("restored/vkey2"), &v), &v, "checkpoint", -1, "the key is that of");
    assert_wrong(
        shelf_verify(&cx, &s, STR("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), &v), &v,
        "checkpoint", -1, "the key is that of");
}

/* Files of other ledgers, or of the same one at another time, in place of the right ones. */
static void test_ledger_verify__files_of_others(void **state)
{
    (void)state;
    struct verified v;
    shelf_load(&s, "rotation");
    shelf_put(&s, "checkpoint", vector(&cx.arena, "restored/checkpoint"));
    assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), &v, "tile/0/000.p/4", -1, "missing");
    /* older heads of this ledger: the folder has no tiles for them; with them it is an older ledger */
    shelf_put(&s, "checkpoint", vector(&cx.arena, "erasure/checkpoint"));
    assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), &v, "tile/0/000.p/5", -1, "missing");
    shelf_put(&s, "tile/0/000.p/5", vector(&cx.arena, "erasure/tile/0/000.p/5"));
    shelf_put(&s, "tile/entries/000.p/5", vector(&cx.arena, "erasure/tile/entries/000.p/5"));
    assert_int_equal(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), OK);
    assert_int_equal(v.facts, 5);
    assert_int_equal(v.not_handed_over, 5);
    shelf_put(&s, "checkpoint", vector(&cx.arena, "rotation/handover/6"));
    assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), &v, "tile/0/000.p/6", -1, "missing");
    shelf_put(&s, "checkpoint", vector(&cx.arena, "rotation/checkpoint"));
    shelf_put(&s, "handover/6", vector(&cx.arena, "restored/handover/4"));
    assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), &v, "handover/6", 5, "its size is 4");
    shelf_put(&s, "handover/6", vector(&cx.arena, "rotation/checkpoint"));
    assert_wrong(shelf_verify(&cx, &s, key_of("rotation/vkey"), &v), &v, "handover/6", 5, "its size is 7");
}

/* A head held from before is found again, or not. */
static void test_ledger_verify__held(void **state)
{
    (void)state;
    static const struct {
        const char *ledger, *head, *wrong;
    } cases[] = {{"rotation", "tiles/checkpoint", NULL},        {"rotation", "erasure/checkpoint", NULL},
                 {"rotation", "rotation/checkpoint", NULL},     {"restored", "tiles/checkpoint", NULL},
                 {"restored", "erasure/checkpoint", "has 5"},   {"tiles", "rotation/checkpoint", "has 7"},
                 {"rotation", "restored/checkpoint", "history"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct verify_held held = {.name = "kept"};
        struct verify_options o = {.reader = {shelf_read, &s}, .held = &held, .n_held = 1};
        struct verified v;
        struct note note;
        shelf_load(&s, cases[i].ledger);
        assert_int_equal(note_key_read(&cx, key_of(arena_printf(&cx.arena, "%s/vkey", cases[i].ledger).p), &o.key), OK);
        assert_int_equal(note_read(&cx, vector(&cx.arena, cases[i].head), &note), OK);
        assert_int_equal(checkpoint_read(&cx, note.text, &held.head), OK);
        enum rc rc = verify_ledger(&cx, &o, &v);
        if (cases[i].wrong)
            assert_wrong(rc, &v, "checkpoint", -1, cases[i].wrong);
        else
            assert_int_equal(rc, OK);
        shelf_release(&s);
    }
    s = (struct shelf){0};
}

static void test_ledger_verify__witnesses(void **state)
{
    (void)state;
    struct note_key keys[2];
    struct verify_options o = {.reader = {shelf_read, &s}, .witnesses = keys, .n_witnesses = 1};
    struct verified v;
    shelf_load(&s, "tiles");
    assert_int_equal(note_key_read(&cx, key_of("tiles/vkey"), &o.key), OK);
    assert_int_equal(note_key_read(&cx, key_of("checkpoint/witness.vkey"), &keys[0]), OK);
    keys[1] = keys[0];
    keys[1].name = STR("witness.example/w2"); /* an id that nobody has */
    assert_wrong(verify_ledger(&cx, &o, &v), &v, "checkpoint", -1, "not cosigned by witness.example/w1+");
    shelf_put(&s, "checkpoint", vector(&cx.arena, "checkpoint/cosigned"));
    assert_int_equal(verify_ledger(&cx, &o, &v), OK);
    assert_true(v.witnesses[0].has_cosigned);
    assert_int_equal(v.witnesses[0].time, 1767225600);
    o.n_witnesses = 2;
    assert_wrong(verify_ledger(&cx, &o, &v), &v, "checkpoint", -1, "not cosigned by witness.example/w2+");
    assert_true(v.witnesses[0].has_cosigned && !v.witnesses[1].has_cosigned);
    /* a cosignature that is wrong is worse than none */
    struct str cosigned = vector(&cx.arena, "checkpoint/cosigned");
    ((char *)cosigned.p)[cosigned.n - 20] ^= 1;
    shelf_put(&s, "checkpoint", cosigned);
    o.n_witnesses = 1;
    assert_wrong(verify_ledger(&cx, &o, &v), &v, "checkpoint", -1, "a wrong signature");
}

/* Another program's log in the same layout: head, tiles and bundles are proven, and its first entry is none of ours. */
static void test_ledger_verify__log_of_another_program(void **state)
{
    (void)state;
    static const char at[] = "tlog/tessera-testdata/log/";
    static const char vkey[] = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
    struct verified v;
    arena_init(&s.arena);
    shelf_put(&s, "checkpoint", standard(&cx.arena, arena_printf(&cx.arena, "%scheckpoint.15", at).p));
    static const char *const files[] = {"tile/0/000.p/15", "tile/entries/000.p/15"};
    for (size_t i = 0; i < 2; i++)
        shelf_put(&s, files[i], standard(&cx.arena, arena_printf(&cx.arena, "%s%s", at, files[i]).p));
    assert_wrong(shelf_verify(&cx, &s, str_from(vkey), &v), &v, files[1], 0, "not the spelling of a fact's leaf");
    assert_int_equal(v.head.size, 15);
    char *bytes = (char *)shelf_get(&s, files[1])->bytes.p;
    bytes[2] ^= 1;
    assert_wrong(shelf_verify(&cx, &s, str_from(vkey), &v), &v, files[1], 0, "does not hash to what");
    bytes[2] ^= 1;
    ((char *)shelf_get(&s, files[0])->bytes.p)[0] ^= 1;
    assert_wrong(shelf_verify(&cx, &s, str_from(vkey), &v), &v, files[0], -1, "the root that checkpoint says");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_verify__vectors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__every_bit_of_a_rotation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__every_bit_of_a_seam, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__every_length, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__missing_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__unreadable, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__wrong_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__files_of_others, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__held, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__witnesses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify__log_of_another_program, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
