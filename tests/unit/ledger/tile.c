/* Names, widths and bundles of tiles; a public log's folder read whole. */
#include "files.h"

#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/tile.h"

static struct arena a;

static void test_ledger_tile__paths(void **state)
{
    (void)state;
    static const struct {
        struct tile t;
        const char *path;
    } good[] = {
        {{0, 0, 256}, "tile/0/000"},
        {{0, 273, 112}, "tile/0/273.p/112"},
        {{1, 1234067, 256}, "tile/1/x001/x234/067"},
        {{7, 999, 1}, "tile/7/999.p/1"},
        {{TILE_ENTRIES, 1000, 255}, "tile/entries/x001/000.p/255"},
        {{TILE_BODIES, 1000000, 256}, "bodies/x001/x000/000"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        scoped_buf b;
        struct tile t;
        buf_init(&b, 0);
        tile_path_put(&b, good[i].t);
        assert_str(buf_view(&b), str_from(good[i].path));
        assert_true(tile_path_read(str_from(good[i].path), &t));
        assert_true(t.level == good[i].t.level && t.index == good[i].t.index && t.width == good[i].t.width);
    }
    static const char *const bad[] = {"",
                                      "tile",
                                      "tile/0",
                                      "tile/0/",
                                      "tile/0/0",
                                      "tile/0/00",
                                      "tile/0/0000",
                                      "tile/00/000",
                                      "tile/8/000",
                                      "tile/-1/000",
                                      "tile/0/x000/001",
                                      "tile/0/x001",
                                      "tile/0/001/002",
                                      "tile/0/000.p",
                                      "tile/0/000.p/",
                                      "tile/0/000.p/0",
                                      "tile/0/000.p/256",
                                      "tile/0/000.p/01",
                                      "tile/0/000.p/1/2",
                                      "tile/0/x001.p/000",
                                      "tile/0/-01",
                                      "tile/0/../000",
                                      "/tile/0/000",
                                      "tile/0/000/",
                                      "tile//000",
                                      "tile/entry/000",
                                      "bodies",
                                      "bodies/0/000",
                                      "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
                                      "tile/0/x1/000",
                                      "tile/0/000 ",
                                      "checkpoint"};
    struct tile t;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (tile_path_read(str_from(bad[i]), &t)) failed("%s is accepted", bad[i]);
}

/* The examples of c2sp.org/tlog-tiles. */
static void test_ledger_tile__widths(void **state)
{
    (void)state;
    assert_int_equal(tile_count(0, 70000), 274);
    assert_int_equal(tile_width(0, 272, 70000), 256);
    assert_int_equal(tile_width(0, 273, 70000), 112);
    assert_int_equal(tile_width(0, 274, 70000), 0);
    assert_int_equal(tile_width(TILE_ENTRIES, 273, 70000), 112);
    assert_int_equal(tile_count(1, 70000), 2);
    assert_int_equal(tile_width(1, 0, 70000), 256);
    assert_int_equal(tile_width(1, 1, 70000), 17);
    assert_int_equal(tile_width(2, 0, 70000), 1);
    assert_int_equal(tile_width(3, 0, 70000), 0);
    assert_int_equal(tile_width(0, 0, 256), 256);
    assert_int_equal(tile_width(0, 1, 256), 0);
    assert_int_equal(tile_width(1, 0, 256), 1);
    assert_int_equal(tile_count(0, 0), 0);
    assert_int_equal(tile_width(0, 0, 0), 0);
    assert_int_equal(tile_width(0, UINT64_MAX, INT64_MAX), 0);
}

static void test_ledger_tile__entry_bundles(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    entry_put(&b, STR("one"));
    entry_put(&b, STR(""));
    entry_put(&b, STR("three"));
    assert_str(buf_view(&b), ((struct str){"\0\3one\0\0\0\5three", 14}));
    struct str rest = buf_view(&b), leaf;
    assert_true(entry_next(&rest, &leaf) && str_eq(leaf, STR("one")));
    assert_true(entry_next(&rest, &leaf) && leaf.n == 0);
    assert_true(entry_next(&rest, &leaf) && str_eq(leaf, STR("three")));
    assert_false(entry_next(&rest, &leaf));
    assert_int_equal(rest.n, 0);
    for (size_t cut = 8; cut < b.n; cut++) {
        rest = str_slice(buf_view(&b), 7, cut);
        assert_false(entry_next(&rest, &leaf));
        assert_int_equal(rest.n, cut - 7);
    }
}

static void test_ledger_tile__body_bundles(void **state)
{
    (void)state;
    static const uint8_t salt[SALT_SIZE] = "0123456789abcde";
    const uint8_t *got;
    struct str rest, body;
    scoped_buf b;
    buf_init(&b, 0);
    body_record_put(&b, salt, STR("{}"));
    body_record_put(&b, NULL, STR_NONE);
    assert_int_equal(b.n, 4 + 16 + 2 + 4);
    rest = buf_view(&b);
    assert_true(body_record_next(&rest, &got, &body) && str_eq(body, STR("{}")) && !memcmp(got, salt, 16));
    assert_true(body_record_next(&rest, &got, &body) && !body.p && !got);
    assert_int_equal(rest.n, 0);
    static const uint8_t heads[][4] = {{0, 0, 0, 1}, {0, 0, 0, 17}, {0, 0x10, 0, 17}, {0xff, 0xff, 0xff, 0xff}};
    size_t n;
    for (size_t i = 0; i < 4; i++) assert_false(body_record_size(heads[i], &n));
    assert_true(body_record_size((const uint8_t[]){0, 0x10, 0, 16}, &n) && n == 16 + 1048576);
}

/* Each size of the sample log: entries hash to the tile, the tile to the signed root. */
static void test_ledger_tile__public_log(void **state)
{
    (void)state;
    for (unsigned size = 1; size <= 15; size++) {
        struct ctx cx;
        ctx_init(&cx);
        const char *dir = "tlog/tessera-testdata/log";
        struct str tile = standard(&a, arena_printf(&a, "%s/tile/0/000.p/%u", dir, size).p),
                   rest = standard(&a, arena_printf(&a, "%s/tile/entries/000.p/%u", dir, size).p), leaf;
        struct hash hashes[16], root;
        unsigned n = 0;
        for (; entry_next(&rest, &leaf); n++) merkle_leaf(leaf, &hashes[n]);
        assert_int_equal(n, size);
        assert_int_equal(rest.n, 0);
        assert_str(tile, ((struct str){(const char *)hashes, size * sizeof *hashes}));
        struct note note;
        struct checkpoint head;
        assert_int_equal(note_read(&cx, standard(&a, arena_printf(&a, "%s/checkpoint.%u", dir, size).p), &note), OK);
        assert_int_equal(checkpoint_read(&cx, note.text, &head), OK);
        merkle_root(hashes, size, &root);
        assert_true(hash_eq(&root, &head.root));
        ctx_release(&cx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ledger_tile__paths),         cmocka_unit_test(test_ledger_tile__widths),
        cmocka_unit_test(test_ledger_tile__entry_bundles), cmocka_unit_test(test_ledger_tile__body_bundles),
        cmocka_unit_test(test_ledger_tile__public_log),
    };
    arena_init(&a);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&a);
    return failures;
}
