/* verify: our vectors, folders written from a log, and folders in which something was changed. */
#include "log_data.h"

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

static struct note_key key_of(struct str vkey)
{
    struct note_key k;
    if (note_key_read(&cx, vkey, &k) != OK) failed("%s", cx.message);
    return k;
}

/* verify over a folder with one key; what it says when it is not OK is in cx. */
static enum rc run(const char *dir, struct note_key key, struct verified *out)
{
    struct source s;
    struct verify_ask ask = {.key = key};
    if (source_folder(&cx, dir, &s) != OK) failed("%s", cx.message);
    enum rc rc = verify(&cx, &s, &ask, out);
    source_release(&s);
    return rc;
}

static void good(const char *dir, struct note_key key, struct verified *out)
{
    if (run(dir, key, out) != OK) failed("%s: %s", dir, cx.message);
}

static void bad(const char *dir, struct note_key key, enum rc rc, const char *message)
{
    struct verified v;
    enum rc got = run(dir, key, &v);
    if (got != rc || strcmp(cx.message, message) != 0)
        failed("%d %s\n   for %d %s", got, got == OK ? "" : cx.message, rc, message);
}

static const char *vector_dir(const char *name)
{
    return arena_printf(&cx.arena, "%s/tests/vectors/ledger/%s", source_dir(), name).p;
}

static struct note_key vector_key(const char *name)
{
    return key_of(vector_line(&cx.arena, name));
}

static void test_ledger_verify__vectors(void **state)
{
    (void)state;
    struct verified v;
    good(vector_dir("tiles"), vector_key("tiles/vkey"), &v);
    assert_true(v.head.size == 3 && v.bodies == 3 && !v.erased && !v.not_given && !v.n_handovers);
    assert_true(v.first_at == 1767225600000000 && v.last_at == 1767225601000000);
    good(vector_dir("erasure"), vector_key("erasure/vkey"), &v);
    assert_true(v.head.size == 5 && v.bodies == 4 && v.erased == 1 && !v.not_given && !v.still_there);
    for (int newer = 0; newer < 2; newer++) {
        good(vector_dir("rotation"), vector_key(newer ? "rotation/vkey2" : "rotation/vkey"), &v);
        assert_true(v.head.size == 7 && v.n_handovers == 1 && v.handovers[0].n == 5 && !v.handovers[0].restored);
        assert_true(v.handovers[0].followed == !newer);
        assert_str(v.handovers[0].new_key, vector_line(&cx.arena, "rotation/vkey2"));
        good(vector_dir("restored"), vector_key(newer ? "restored/vkey2" : "restored/vkey"), &v);
        assert_true(v.n_handovers == 1 && v.handovers[0].restored && v.handovers[0].lost_from == 3 &&
                    v.handovers[0].lost_to == 5);
        assert_str(v.head.origin, STR("sinetti.example/acme/2"));
    }
    bad(vector_dir("tiles"), vector_key("rotation/vkey2"), E_DENIED,
        "checkpoint: not signed by the key given, and no handover leads from that key to another");
    bad(vector_dir("tiles"), vector_key("checkpoint/witness.vkey"), E_DENIED,
        "checkpoint: of sinetti.example/acme, which is not the ledger of the key given");
}

static void test_ledger_verify__says_what_it_found(void **state)
{
    (void)state;
    struct verify_ask ask = {.key = vector_key("restored/vkey")};
    struct verified v;
    scoped_buf b;
    buf_init(&b, 0);
    good(vector_dir("restored"), ask.key, &v);
    verified_put(&b, &ask, &v);
    assert_str(buf_view(&b), str_from(arena_printf(&cx.arena,
                                                   "ledger: sinetti.example/acme/2\n"
                                                   "facts: 4, 2026-01-01T00:00:00Z to 2026-01-01T00:00:09Z\n"
                                                   "signed by: %s\n"
                                                   "restored at 3: 2026-01-01T00:00:09Z, from %s to %s\n"
                                                   "  lost: 2 facts under a signed head, from number 3 on\n"
                                                   "bodies checked: 4 of 4 (0 erased, 0 not handed over)\n"
                                                   "not checked: whether anybody else saw this head (no witness was "
                                                   "asked for); its owner could have written it all\n"
                                                   "not checked: whether what was recorded is true\n",
                                                   vector_line(&cx.arena, "restored/vkey2").p,
                                                   vector_line(&cx.arena, "restored/vkey").p,
                                                   vector_line(&cx.arena, "restored/vkey2").p)
                                          .p));
}

/* --- folders in which something was changed */

static const char *in_copy(const char *path)
{
    return arena_printf(&cx.arena, "%s/%s", copy, path).p;
}

static void copy_from(const char *dir)
{
    char command[1024];
    folder_remove(copy);
    (void)snprintf(command, sizeof command, "cp -r '%s' '%s'", dir, copy);
    assert_int_equal(system(command), 0);
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

/* Every bit of every file of a folder, and every file cut short, made longer, or taken away. */
static void test_ledger_verify__every_bit_counts(void **state)
{
    (void)state;
    static const char *const files[] = {"checkpoint", "tile/0/000.p/7", "tile/entries/000.p/7", "bodies/000.p/7",
                                        "handover/6"};
    struct note_key key = vector_key("rotation/vkey");
    struct verified v;
    copy_from(vector_dir("rotation"));
    good(copy, key, &v);
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        struct str bytes = read_copy(files[f]);
        char *p = (char *)bytes.p;
        for (size_t bit = 0; bit < 8 * bytes.n; bit += f == 3 || f == 2 ? 5 : 1) {
            struct ctx kept = cx;
            ctx_init(&cx);
            p[bit / 8] ^= (char)(1 << bit % 8);
            FILE *file = fopen(arena_printf(&cx.arena, "%s/%s", copy, files[f]).p, "wb");
            assert_true(file && fwrite(p, 1, bytes.n, file) == bytes.n && fclose(file) == 0);
            if (run(copy, key, &v) == OK) failed("%s, bit %zu", files[f], bit);
            p[bit / 8] ^= (char)(1 << bit % 8);
            ctx_release(&cx);
            cx = kept;
        }
        write_copy(files[f], str_slice(bytes, 0, bytes.n - 1));
        assert_int_not_equal(run(copy, key, &v), OK);
        scoped_buf more;
        buf_init(&more, 0);
        buf_str(&more, bytes);
        buf_char(&more, 0);
        write_copy(files[f], buf_view(&more));
        assert_int_not_equal(run(copy, key, &v), OK);
        if (f != 3) {
            assert_int_equal(unlink(in_copy(files[f])), 0);
            assert_int_equal(run(copy, key, &v), E_NOTFOUND);
        }
        write_copy(files[f], bytes);
        good(copy, key, &v);
    }
}

static void test_ledger_verify__names_the_first_bad_entry(void **state)
{
    (void)state;
    struct note_key key = vector_key("rotation/vkey");
    copy_from(vector_dir("rotation"));
    struct str entries = read_copy("tile/entries/000.p/7"), bodies = read_copy("bodies/000.p/7"),
               tile = read_copy("tile/0/000.p/7");
    char *at = strstr((char *)entries.p + 2, "\"kind\":\"policy\"");
    assert_non_null(memmem(entries.p, entries.n, "policy", 6));
    at = memmem(entries.p, entries.n, "policy", 6);
    at[0] = 'P';
    write_copy("tile/entries/000.p/7", entries);
    bad(copy, key, E_DENIED, "entry 3: not what the tree holds");
    /* its tile changed with it: the root still tells */
    struct hash hash;
    struct str rest = entries, leaf;
    for (int i = 0; i <= 3; i++) assert_true(entry_next(&rest, &leaf));
    merkle_leaf(leaf, &hash);
    memcpy((char *)tile.p + 3 * sizeof hash, &hash, sizeof hash);
    write_copy("tile/0/000.p/7", tile);
    bad(copy, key, E_DENIED, "the tiles at the tree's edge do not give the root that was signed");
    copy_from(vector_dir("rotation"));
    at = memmem(bodies.p, bodies.n, "trial", 5);
    at[0] = 'T';
    write_copy("bodies/000.p/7", bodies);
    bad(copy, key, E_DENIED, "fact 3: body: not what was recorded (its digest is not the leaf's)");
    copy_from(vector_dir("rotation"));
    write_copy("bodies/000.p/7", str_slice(bodies, 0, 100));
    bad(copy, key, E_INVALID, "body 0: its bundle is cut");
    write_copy("handover/6", vector(&cx.arena, "erasure/checkpoint"));
    copy_from(vector_dir("rotation"));
    write_copy("handover/6", vector(&cx.arena, "erasure/checkpoint"));
    bad(copy, key, E_DENIED, "handover/6: not the head right behind fact 5");
    assert_int_equal(unlink(in_copy("handover/6")), 0);
    bad(copy, key, E_NOTFOUND, "handover/6: missing");
}

/* Without bodies all that can be checked is; a change of key cannot. */
static void test_ledger_verify__without_bodies(void **state)
{
    (void)state;
    struct verified v;
    copy_from(vector_dir("rotation"));
    folder_remove(in_copy("bodies"));
    good(copy, vector_key("rotation/vkey2"), &v);
    assert_true(v.bodies == 0 && v.erased == 0 && v.not_given == 7 && v.not_shown == 1 && v.n_handovers == 0);
    bad(copy, vector_key("rotation/vkey"), E_DENIED,
        "checkpoint: not signed by the key given, and no handover leads from that key to another");
}

/* --- from a log */

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
    struct log_fact f = make_fact(own, "erasure", arena_printf(&own->arena, "{\"n\":%d}", (int)n).p);
    TRY(log_append(own, tx, &f, NULL));
    return log_erase(own, tx, n);
}

/* A ledger that grows, is written out again and again, loses a body and changes its key twice. */
static void test_ledger_verify__a_life(void **state)
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
    uint64_t gone = 260;
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
        assert_true(v.handovers[0].followed == (i == 0) && v.handovers[1].followed == (i < 2));
        assert_true(note_key_eq(&v.signer, &keys[2].key));
    }
    /* the witness is asked for, and another that never saw it */
    struct source s;
    struct verify_ask ask = {.key = keys[0].key, .n_witnesses = 1, .witnesses = {witness.key}};
    assert_int_equal(source_folder(&cx, copy, &s), OK);
    assert_int_equal(verify(&cx, &s, &ask, &v), OK);
    assert_int_equal(v.witness_times[0], 1767225600);
    ask.witnesses[ask.n_witnesses++] = signer("witness.example", 8, NOTE_COSIGNATURE).key;
    assert_int_equal(verify(&cx, &s, &ask, &v), E_NOTFOUND);
    source_release(&s);
    /* a head that goes on under a key that was replaced */
    assert_int_equal(tiles_write(&cx, r, sign_head(r, &keys[1], NULL, 0), copy), OK);
    bad(copy, keys[0].key, E_DENIED, "checkpoint: not signed by the key that is in force since fact 1102");
    log_reader_close(r);
    log_close(l);
}

static void test_ledger_verify__writes_only_what_was_signed(void **state)
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
static void test_ledger_verify__large(void **state)
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
    bad(copy, key.key, E_DENIED, "tile 123 of level 0: not what the tile above it holds");
    write_copy("tile/0/123", kept);
    kept = read_copy("tile/1/000");
    changed = arena_str(&cx.arena, kept);
    ((char *)changed.p)[0] ^= 1;
    write_copy("tile/1/000", changed);
    bad(copy, key.key, E_DENIED, "tile 0 of level 1: not what the tile above it holds");
    write_copy("tile/1/000", str_slice(kept, 0, 8191));
    bad(copy, key.key, E_INVALID, "tile/1/000: not 8192 bytes, as 256 hashes have");
    write_copy("tile/1/000", kept);
    changed = arena_str(&cx.arena, read_copy("tile/entries/200"));
    ((char *)changed.p)[changed.n - 2] ^= 1;
    write_copy("tile/entries/200", changed);
    bad(copy, key.key, E_DENIED, "entry 51455: not what the tree holds");
    log_reader_close(r);
    log_close(l);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_ledger_verify__##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(vectors),
        CASE(says_what_it_found),
        CASE(every_bit_counts),
        CASE(names_the_first_bad_entry),
        CASE(without_bodies),
        CASE(a_life),
        CASE(writes_only_what_was_signed),
        CASE(large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
