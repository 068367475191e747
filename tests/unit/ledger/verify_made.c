/* Verifying ledgers that were made to be wrong, or large: each rule of section 9 by a ledger that breaks it alone. */
#include "made.h"

static void test_ledger_verify_made__empty(void **state)
{
    (void)state;
    made_write(&m, &s, &k1);
    struct verified v = good(&k1);
    assert_true(v.head.size == 0 && v.facts == 0 && v.bodies == 0);
    assert_int_equal(s.read, 1);
    shelf_put(&s, "checkpoint",
              STR(ORIGIN "\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
                         "\xe2\x80\x94 " ORIGIN " AAAAAAAA\n"));
    bad(&k1, "checkpoint: its root is not that of an empty ledger");
}

/* At the edges of tiles, on both sides. */
static void test_ledger_verify_made__every_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        again();
        some((int)sizes[i]);
        made_write(&m, &s, &k1);
        struct verified v = good(&k1);
        assert_true(v.head.size == sizes[i] && v.facts == sizes[i] && v.bodies == sizes[i]);
        assert_true(v.first_at == MADE_T0 && v.last_at == MADE_T0 + (int64_t)sizes[i] - 1);
        assert_int_equal(s.read, s.n);
    }
}

static void test_ledger_verify_made__levels(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        size_t byte;
        const char *message;
    } cases[] = {
        {"tile/2/000.p/1", 0,
         "tile/2/000.p/1: the root that checkpoint says does not come of tile/2/000.p/1, tile/1/001.p/17, "
         "tile/0/273.p/112"},
        {"tile/0/273.p/112", 3000,
         "tile/2/000.p/1: the root that checkpoint says does not come of tile/2/000.p/1, tile/1/001.p/17, "
         "tile/0/273.p/112"},
        {"tile/1/000", 8191, "tile/1/000: does not hash to what tile/2/000.p/1 holds as its number 0"},
        {"tile/0/000", 0, "tile/0/000: does not hash to what tile/1/000 holds as its number 0"},
        {"tile/0/272", 0, "tile/0/272: does not hash to what tile/1/001.p/17 holds as its number 16"},
        {"tile/entries/272", 100, "tile/entries/272, fact 69632: its leaf does not hash to what tile/0/272 holds"},
        {"bodies/273.p/112", 30,
         "bodies/273.p/112, fact 69888: body: not what was recorded (its digest is not the leaf's)"},
    };
    some(70000);
    made_write(&m, &s, &k1);
    struct verified v = good(&k1);
    assert_true(v.facts == 70000 && v.bodies == 70000);
    assert_int_equal(s.read, s.n);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        flip(cases[i].path, cases[i].byte);
        bad(&k1, cases[i].message);
        flip(cases[i].path, cases[i].byte);
    }
    /* tiles that are right elsewhere */
    struct shelf_file *a = shelf_get(&s, "tile/0/100"), *b = shelf_get(&s, "tile/0/101");
    struct str kept = a->bytes;
    a->bytes = b->bytes;
    b->bytes = kept;
    bad(&k1, "tile/0/100: does not hash to what tile/1/000 holds as its number 100");
    b->bytes = a->bytes;
    a->bytes = kept;
    a = shelf_get(&s, "tile/entries/007");
    b = shelf_get(&s, "tile/entries/008");
    a->bytes = b->bytes;
    bad(&k1, "tile/entries/007, fact 1792: its leaf does not hash to what tile/0/007 holds");
    shelf_drop(&s, "tile/entries/007");
    bad(&k1, "tile/entries/007: missing");
}

/* A server that has moved on has full tiles where there were partial ones. */
static void test_ledger_verify_made__full_in_place_of_partial(void **state)
{
    (void)state;
    some(600);
    made_write(&m, &s, &k1);
    made_sign(&m, &s, "checkpoint", ORIGIN, 500, &k1, NULL); /* 1 and 244 hashes */
    struct hash row[2];
    for (size_t i = 0; i < 2; i++) {
        struct shelf_file *f = shelf_get(&s, i ? "tile/0/001" : "tile/0/000");
        merkle_root((const struct hash *)f->bytes.p, TILE_WIDTH, &row[i]);
    }
    shelf_put(&s, "tile/1/000.p/1", (struct str){(const char *)row, 32});
    assert_true(good(&k1).bodies == 500);
    shelf_put(&s, "tile/0/001", (struct str){shelf_get(&s, "tile/0/001")->bytes.p, 244 * 32});
    bad(&k1, "tile/0/001: 7808 bytes; a tile of 256 hashes has 8192");
    shelf_drop(&s, "tile/0/001");
    bad(&k1, "tile/0/001.p/244: missing");
}

static void test_ledger_verify_made__checkpoints(void **state)
{
    (void)state;
    static const struct {
        const char *size, *message;
    } cases[] = {
        {"9223372036854775808", "checkpoint: the second line is no size (decimal, no leading zeros, below 2^63)"},
        {"9223372036854775807", "checkpoint: its size, 9223372036854775807, is more than a ledger can have"},
        {"9007199254740992", "checkpoint: its size, 9007199254740992, is more than a ledger can have"},
        {"03", "checkpoint: the second line is no size (decimal, no leading zeros, below 2^63)"},
        {"-1", "checkpoint: the second line is no size (decimal, no leading zeros, below 2^63)"},
    };
    some(3);
    made_write(&m, &s, &k1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scoped_buf note;
        buf_init(&note, 0);
        buf_printf(&note, ORIGIN "\n%s\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", cases[i].size);
        struct str text = arena_str(&cx.arena, buf_view(&note));
        buf_char(&note, '\n');
        note_sign(&note, text, &k1, 0);
        shelf_put(&s, "checkpoint", buf_view(&note));
        bad(&k1, cases[i].message);
    }
    /* the largest that could be: its tiles are asked for from the root down, and are missing */
    scoped_buf note;
    buf_init(&note, 0);
    buf_cstr(&note, ORIGIN "\n9007199254740991\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    struct str text = arena_str(&cx.arena, buf_view(&note));
    buf_char(&note, '\n');
    note_sign(&note, text, &k1, 0);
    shelf_put(&s, "checkpoint", buf_view(&note));
    bad(&k1, "tile/6/000.p/31: missing");
    /* extension lines, another origin, one that is none */
    static const char *const texts[] = {ORIGIN "\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n",
                                        "sinetti.example/other\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
                                        "Sinetti.Example\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"};
    static const char *const messages[] = {
        "checkpoint: it has lines behind the root",
        "checkpoint: it is of sinetti.example/other, the key is that of " ORIGIN,
        "checkpoint: its origin is not that of a ledger",
    };
    for (size_t i = 0; i < 3; i++) {
        buf_clear(&note);
        buf_cstr(&note, texts[i]);
        buf_char(&note, '\n');
        note_sign(&note, str_from(texts[i]), &k1, 0);
        shelf_put(&s, "checkpoint", buf_view(&note));
        bad(&k1, messages[i]);
    }
    /* endless */
    char *long_one = malloc(LIMIT_NOTE + 1);
    if (!long_one) abort();
    memset(long_one, 'x', LIMIT_NOTE + 1);
    shelf_put(&s, "checkpoint", (struct str){long_one, LIMIT_NOTE + 1});
    bad(&k1, "checkpoint: over 262144 bytes");
    shelf_put(&s, "checkpoint", (struct str){long_one, LIMIT_NOTE});
    bad(&k1, "checkpoint: note: does not end in a newline");
    free(long_one);
}

#define DIGEST "a143be8f17df7eaf0dc91eca1d5fe085626be8bfd11121aa67d25a3faaf75878"

/* Leaves that are in the tree, and are no leaves of ours. */
static void test_ledger_verify_made__leaves(void **state)
{
    (void)state;
    static const struct {
        const char *leaf, *what;
    } cases[] = {
        {"{\"at\":1767225600000000,\"digest\":\"" DIGEST "\",\"kind\":\"note\",\"n\":1,\"v\":1}",
         "leaf: its time is before that of the fact before it"},
        {"{\"at\":1767225700000000,\"digest\":\"" DIGEST "\",\"kind\":\"note\",\"n\":3,\"v\":1}",
         "leaf: it is that of fact 3"},
        {"{\"at\":1767225700000000,\"digest\":\"" DIGEST "\",\"kind\":\"note\",\"n\":2,\"v\":2}",
         "leaf: of another version than 1; a newer program may know it"},
        {"{\"at\":1767225700000000, \"digest\":\"" DIGEST "\",\"kind\":\"note\",\"n\":2,\"v\":1}",
         "leaf: not the spelling of a fact's leaf"},
        {"", "leaf: not the spelling of a fact's leaf"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        again();
        some(2);
        struct str leaf = str_from(cases[i].leaf);
        if (i == 0) leaf = STR("{\"at\":1767225600000000,\"digest\":\"" DIGEST "\",\"kind\":\"note\",\"n\":2,\"v\":1}");
        made_raw(&m, leaf, STR_NONE);
        some(2);
        made_write(&m, &s, &k1);
        bad(&k1, arena_printf(&cx.arena, "tile/entries/000.p/5, fact 2: %s", cases[i].what).p);
    }
    /* longer than a leaf can be, in a bundle that could hold it */
    again();
    char long_one[LIMIT_LEAF + 1];
    memset(long_one, 'x', sizeof long_one);
    made_raw(&m, (struct str){long_one, sizeof long_one}, STR_NONE);
    made_write(&m, &s, &k1);
    bad(&k1, "tile/entries/000.p/1, fact 0: leaf: not the spelling of a fact's leaf");
}

static void test_ledger_verify_made__bundles(void **state)
{
    (void)state;
    some(3);
    made_write(&m, &s, &k1);
    struct str entries = shelf_get(&s, "tile/entries/000.p/3")->bytes, bodies = shelf_get(&s, "bodies/000.p/3")->bytes;
    shelf_put(&s, "tile/entries/000.p/3", str_slice(entries, 0, entries.n - 1));
    bad(&k1, "tile/entries/000.p/3, fact 2: the bundle ends within its leaf");
    shelf_put(&s, "tile/entries/000.p/3", STR(""));
    bad(&k1, "tile/entries/000.p/3, fact 0: the bundle ends within its leaf");
    scoped_buf b;
    buf_init(&b, 0);
    buf_str(&b, entries);
    buf_cstr(&b, "more");
    shelf_put(&s, "tile/entries/000.p/3", buf_view(&b));
    bad(&k1, "tile/entries/000.p/3: 4 bytes too many at its end");
    buf_clear(&b);
    while (b.n <= LIMIT_ENTRIES) buf_str(&b, entries);
    shelf_put(&s, "tile/entries/000.p/3", buf_view(&b));
    bad(&k1, "tile/entries/000.p/3: over 131584 bytes");
    shelf_put(&s, "tile/entries/000.p/3", entries);
    good(&k1);

    buf_clear(&b);
    buf_str(&b, bodies);
    buf_char(&b, 0);
    shelf_put(&s, "bodies/000.p/3", buf_view(&b));
    bad(&k1, "bodies/000.p/3: bytes too many at its end");
    shelf_put(&s, "bodies/000.p/3", str_slice(bodies, 0, bodies.n - 1));
    bad(&k1, "bodies/000.p/3, fact 2: the bundle ends within or before its body");
    shelf_put(&s, "bodies/000.p/3", STR(""));
    bad(&k1, "bodies/000.p/3, fact 0: the bundle ends within or before its body");
    static const struct str heads[] = {
        {"\xff\xff\xff\xff", 4}, {"\0\0\0\1", 4}, {"\0\0\0\x11", 4}, {"\0\x10\0\x11", 4}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        shelf_put(&s, "bodies/000.p/3", heads[i]);
        bad(&k1, "bodies/000.p/3, fact 0: no body has such a length");
    }
}

static void test_ledger_verify_made__bodies(void **state)
{
    (void)state;
    static const struct {
        const char *body, *what;
    } cases[] = {
        {"{}", "body: the fields are actor, credential, kind, payload, subject and via"},
        {"{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"note\",\"payload\":{\"text\":\"x\"},\"subject\":\"org\","
         "\"via\":"
         "\"magic\"}",
         "via: one of gate, probe, host, import, person, operator is expected"},
        {"{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"policy\",\"payload\":{\"text\":\"x\"},\"subject\":"
         "\"org\","
         "\"via\":\"gate\"}",
         "body: of another kind than its leaf"},
        {"{\"actor\":\"system\",\"credential\":\"\",\"kind\":\"note\",\"payload\":{\"text\": "
         "\"x\"},\"subject\":\"org\",\"via\":"
         "\"gate\"}",
         "JSON, byte 67: not the canonical spelling"},
        {"xx", "JSON, byte 1: an object is expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        again();
        some(1);
        struct leaf l = {.n = 1, .at = MADE_T0 + 1, .kind = STR("note")};
        struct made_fact *f = made_raw(&m, STR(""), str_from(cases[i].body));
        char leaf[LIMIT_LEAF];
        body_digest(f->salt, f->body, l.digest);
        f->leaf = arena_str(&m.arena, (struct str){leaf, leaf_write(&l, leaf)});
        some(1);
        made_write(&m, &s, &k1);
        bad(&k1, arena_printf(&cx.arena, "bodies/000.p/3, fact 1: %s", cases[i].what).p);
    }
}

static void erasure(const char *subject, const char *n)
{
    made_add(&m, "erasure", subject, arena_printf(&cx.arena, "{\"n\":%s,\"reason\":\"asked\"}", n).p);
}

static void test_ledger_verify_made__erasures(void **state)
{
    (void)state;
    made_add(&m, "note", "org", "{\"text\":\"a\"}")->body = STR_NONE;
    made_add(&m, "note", "org", "{\"text\":\"b\"}"); /* erased, and yet here */
    made_add(&m, "note", "org", "{\"text\":\"c\"}")->body = STR_NONE;
    erasure("fact:0", "0");
    erasure("fact:0", "0"); /* once is enough */
    erasure("fact:1", "1");
    erasure("fact:1", "1");
    made_write(&m, &s, &k1);
    struct verified v = good(&k1);
    assert_true(v.facts == 7 && v.bodies == 5 && v.erased == 1 && v.not_handed_over == 1 && v.still_there == 1);

    static const struct {
        const char *subject, *n, *what;
    } cases[] = {
        {"fact:0", "0", "erases fact 0, which is of a kind that is never erased"},
        {"fact:2", "2", "an erasure of no fact before it"},
        {"fact:3", "3", "an erasure of no fact before it"},
        {"fact:9007199254740991", "9007199254740991", "an erasure of no fact before it"},
        {"fact:-1", "-1", "an erasure of no fact before it"},
        {"fact:1", "\"1\"", "an erasure of no fact before it"},
        {"org", "1", "its subject is not the fact that it erases, 1"},
        {"fact:0", "1", "its subject is not the fact that it erases, 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        again();
        made_add(&m, "policy", "org", "{}");
        made_add(&m, "note", "org", "{\"text\":\"a\"}")->body = STR_NONE;
        erasure(cases[i].subject, cases[i].n);
        made_write(&m, &s, &k1);
        bad(&k1, arena_printf(&cx.arena, "bodies/000.p/3, fact 2: %s", cases[i].what).p);
    }
    again(); /* of a kept kind whose body is gone: worse */
    made_add(&m, "policy", "org", "{}")->body = STR_NONE;
    erasure("fact:0", "0");
    made_write(&m, &s, &k1);
    bad(&k1, "bodies/000.p/2, fact 1: erases fact 0, which is of a kind that is never erased");
    again(); /* far away */
    made_add(&m, "note", "org", "{\"text\":\"a\"}")->body = STR_NONE;
    some(5000);
    erasure("fact:0", "0");
    made_write(&m, &s, &k1);
    v = good(&k1);
    assert_true(v.bodies == 5001 && v.erased == 1 && v.not_handed_over == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_verify_made__empty, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_made__every_size, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_made__levels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_made__full_in_place_of_partial, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_made__checkpoints, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_made__leaves, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_made__bundles, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_made__bodies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_verify_made__erasures, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
