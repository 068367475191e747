/* Folders written from a log: they verify, at every size, and only what was signed is written. */
#include "log_data.h"

#include "base/digest.h"
#include "ledger/tiles_write.h"
#include "ledger/verify.h"
#include "store/store.h"

static char copy[256];

static int setup(void **state)
{
    return log_setup(state) || !folder_make(copy);
}

static int teardown(void **state)
{
    folder_remove(copy);
    return log_teardown(state);
}

/* verify over a folder with one key; what it says when it is not OK is in cx. */
static enum rc run(const char *dir, struct note_key key, struct verified *out)
{
    struct reader_folder f;
    struct verify_options o = {.key = key};
    if (reader_folder_open(&cx, dir, &f) != OK) failed("%s", cx.message);
    o.reader = reader_of_folder(&f);
    enum rc rc = verify_ledger(&cx, &o, out);
    reader_folder_close(&f);
    return rc;
}

static void good(const char *dir, struct note_key key, struct verified *out)
{
    if (run(dir, key, out) != OK) failed("%s: %s", dir, cx.message);
}

static void bad(const char *dir, struct note_key key, const char *message)
{
    struct verified v;
    enum rc got = run(dir, key, &v);
    if (got != E_CORRUPT || strcmp(cx.message, message) != 0)
        failed("%s %s\n   for %s", rc_name(got), got == OK ? "" : cx.message, message);
}

static const char *in_copy(const char *path)
{
    return arena_printf(&cx.arena, "%s/%s", copy, path).p;
}

static void write_copy(const char *path, struct str bytes)
{
    FILE *f = fopen(in_copy(path), "wb");
    assert_true(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0);
}

static struct str read_copy(const char *path)
{
    struct str s = file_bytes(&cx.arena, in_copy(path));
    assert_non_null(s.p);
    return s;
}

static struct note_signer signer(const char *name, int seed, enum note_type type)
{
    struct note_signer s;
    uint8_t bytes[32];
    memset(bytes, seed, sizeof bytes);
    assert_int_equal(note_signer_from(&cx, str_from(name), type, bytes, &s), OK);
    return s;
}

static struct str sign_head(struct log_reader *r, const struct note_signer *by, const struct note_signer *too,
                            int64_t time)
{
    struct checkpoint c = {.origin = by->key.name, .size = log_reader_size(r)};
    scoped_buf note;
    buf_init(&note, 0);
    log_reader_root(r, &c.root);
    checkpoint_put(&note, &c);
    struct str text = arena_str(&cx.arena, buf_view(&note));
    buf_char(&note, '\n');
    note_sign(&note, text, by, 0);
    if (too) note_sign(&note, text, too, time);
    return arena_str(&cx.arena, buf_view(&note));
}

static void keep_handover(struct str note, uint64_t size)
{
    sqlite3 *db;
    scoped_stmt *st = NULL;
    assert_int_equal(store_open_file(&cx, arena_printf(&cx.arena, "%s/ledger.db", folder).p, STORE_WRITE, &db), OK);
    assert_int_equal(store_prepare(&cx, db, STR("INSERT INTO checkpoints VALUES (?1, 1, ?2)"), &st), OK);
    store_bind_int(st, 1, (int64_t)size);
    store_bind_str(st, 2, note);
    assert_int_equal(store_run(&cx, st), OK);
    store_finalize(&st);
    store_close(db);
}

static enum rc erase(struct ctx *own, struct log_tx *tx, void *arg)
{
    uint64_t n = *(uint64_t *)arg;
    struct body b = {.actor = STR("system"),
                     .credential = STR(""),
                     .kind = STR("erasure"),
                     .subject = arena_printf(&own->arena, "fact:%d", (int)n),
                     .via = STR("operator"),
                     .payload = arena_printf(&own->arena, "{\"n\":%d}", (int)n)};
    struct log_fact f;
    TRY(log_fact_make(own, &b, &f));
    TRY(log_append(own, tx, &f, NULL));
    return log_erase(own, tx, n);
}

static const char *short_key(const struct note_key *key)
{
    char id[9];
    digest_hex(key->id, 4, id);
    return arena_printf(&cx.arena, STR_FMT "+%s", STR_ARG(key->name), id).p;
}

/* A ledger that grows, is written out again and again, loses a body and changes its key twice. */
static void test_ledger_tiles_write__a_life(void **state)
{
    (void)state;
    struct note_signer keys[3];
    for (int i = 0; i < 3; i++) keys[i] = signer("sinetti.example/acme", i + 1, NOTE_ED25519);
    struct note_signer witness = signer("witness.example", 9, NOTE_COSIGNATURE);
    struct verified v;
    struct log *l = open_log();
    struct log_reader *r = open_reader();
    assert_int_equal(tiles_write(&cx, r, sign_head(r, &keys[0], NULL, 0), copy), OK);
    good(copy, keys[0].key, &v);
    assert_int_equal(v.head.size, 0);
    int n = 0;
    static const int sizes[] = {1, 255, 256, 257, 300, 700};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        put_many(l, n, sizes[i]);
        n = sizes[i];
        assert_int_equal(log_reader_refresh(&cx, r), OK);
        assert_int_equal(tiles_write(&cx, r, sign_head(r, &keys[0], NULL, 0), copy), OK);
        good(copy, keys[0].key, &v);
        assert_true(v.head.size == (uint64_t)n && v.bodies == (uint64_t)n);
    }
    uint64_t gone = 261; /* a note */
    assert_int_equal(log_submit(&cx, l, erase, &gone), OK);
    for (int i = 0; i < 2; i++) {
        scoped_buf payload;
        buf_init(&payload, 0);
        buf_cstr(&payload, "{\"old\":\"");
        note_key_put(&payload, &keys[i].key);
        buf_cstr(&payload, "\",\"new\":\"");
        note_key_put(&payload, &keys[i + 1].key);
        buf_cstr(&payload, "\"}");
        put(l, "rotation", payload.p);
        assert_int_equal(log_reader_refresh(&cx, r), OK);
        keep_handover(sign_head(r, &keys[i], &keys[i + 1], 0), log_reader_size(r));
        put_many(l, 0, 400);
    }
    assert_int_equal(log_reader_refresh(&cx, r), OK);
    assert_int_equal(tiles_write(&cx, r, sign_head(r, &keys[2], &witness, 1767225600), copy), OK);
    for (int i = 0; i < 3; i++) {
        good(copy, keys[i].key, &v);
        assert_true(v.head.size == 1503 && v.bodies == 1502 && v.erased == 1 && v.n_handovers == 2 && !v.still_there);
        assert_true(v.handovers[0].is_trusted == (i == 0) && v.handovers[1].is_trusted == (i < 2));
        assert_true(note_key_eq(&v.key, &keys[2].key));
    }
    /* a head that goes on under a key that was replaced */
    assert_int_equal(tiles_write(&cx, r, sign_head(r, &keys[1], NULL, 0), copy), OK);
    bad(copy, keys[0].key,
        arena_printf(&cx.arena, "checkpoint: not signed by %s, to which fact 1102 handed over", short_key(&keys[2].key))
            .p);
    log_reader_close(r);
    log_close(l);
}

static void test_ledger_tiles_write__writes_only_what_was_signed(void **state)
{
    (void)state;
    struct note_signer key = signer("sinetti.example/acme", 1, NOTE_ED25519);
    struct log *l = open_log();
    put_many(l, 0, 3);
    struct log_reader *r = open_reader();
    struct str head = sign_head(r, &key, NULL, 0);
    folder_remove(folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(log_create(&cx, folder, STR("sinetti.example/acme")), OK);
    log_reader_close(r);
    log_close(l);
    l = open_log();
    put_many(l, 0, 3); /* the same facts with other salts */
    r = open_reader();
    assert_int_equal(tiles_write(&cx, r, head, copy), E_CONFLICT);
    assert_int_equal(tiles_write(&cx, r, vector(&cx.arena, "erasure/checkpoint"), copy), E_CONFLICT);
    assert_int_not_equal(access(in_copy("checkpoint"), F_OK), 0);
    /* nor into a folder of another ledger, or over a newer head */
    write_copy("checkpoint", head);
    struct str own = sign_head(r, &key, NULL, 0);
    assert_int_equal(tiles_write(&cx, r, own, copy), E_CONFLICT);
    assert_int_equal(unlink(in_copy("checkpoint")), 0);
    put_many(l, 3, 5);
    assert_int_equal(log_reader_refresh(&cx, r), OK);
    assert_int_equal(tiles_write(&cx, r, sign_head(r, &key, NULL, 0), copy), OK);
    assert_int_equal(tiles_write(&cx, r, own, copy), E_CONFLICT);
    log_reader_close(r);
    log_close(l);
}

/* Full tiles that are wrong in one place, below a tile that is right. */
static void test_ledger_tiles_write__large(void **state)
{
    (void)state;
    enum { N = 70000 };
    struct note_signer key = signer("sinetti.example/acme", 1, NOTE_ED25519);
    struct log *l = open_log();
    struct verified v;
    for (struct many m = {0, 5000}; m.from < N; m.from = m.to, m.to = m.to + 5000 < N ? m.to + 5000 : N)
        assert_int_equal(log_submit(&cx, l, put_them, &m), OK);
    struct log_reader *r = open_reader();
    assert_int_equal(tiles_write(&cx, r, sign_head(r, &key, NULL, 0), copy), OK);
    good(copy, key.key, &v);
    assert_int_equal(v.bodies, N);
    assert_int_equal(access(in_copy("tile/1/000"), F_OK), 0);
    assert_int_equal(access(in_copy("tile/1/001.p/17"), F_OK), 0);
    assert_int_equal(access(in_copy("tile/2/000.p/1"), F_OK), 0);
    struct str kept = read_copy("tile/0/123"), changed = arena_str(&cx.arena, kept);
    ((char *)changed.p)[5000] ^= 1;
    write_copy("tile/0/123", changed);
    bad(copy, key.key, "tile/0/123: does not hash to what tile/1/000 holds as its number 123");
    write_copy("tile/0/123", kept);
    kept = read_copy("tile/1/000");
    changed = arena_str(&cx.arena, kept);
    ((char *)changed.p)[0] ^= 1;
    write_copy("tile/1/000", changed);
    bad(copy, key.key, "tile/1/000: does not hash to what tile/2/000.p/1 holds as its number 0");
    write_copy("tile/1/000", str_slice(kept, 0, 8191));
    bad(copy, key.key, "tile/1/000: 8191 bytes; a tile of 256 hashes has 8192");
    write_copy("tile/1/000", kept);
    changed = arena_str(&cx.arena, read_copy("tile/entries/200"));
    ((char *)changed.p)[changed.n - 2] ^= 1;
    write_copy("tile/entries/200", changed);
    bad(copy, key.key, "tile/entries/200, fact 51455: its leaf does not hash to what tile/0/200 holds");
    log_reader_close(r);
    log_close(l);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_ledger_tiles_write__##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_life),
        CASE(writes_only_what_was_signed),
        CASE(large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
