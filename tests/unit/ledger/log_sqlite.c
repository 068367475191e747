/* The log: what is appended, undone, erased and read again. */
#include "log_data.h"

#include "ledger/canonical.h"
#include "store/store.h"

static void test_ledger_log_sqlite__create_and_open(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "Acme", "a b", "a/2", "a/b/17", "https://a", "a+b"};
    struct log *l;
    assert_int_equal(log_create(&cx, folder, STR("sinetti.example/other")), E_CONFLICT);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(log_create(&cx, folder, str_from(bad[i])), E_INVALID);
    assert_int_equal(log_open(&cx, "/nonexistent", test_clock, &l), E_IO);
    struct log_reader *r = open_reader();
    assert_str(log_reader_origin(r), STR("sinetti.example/acme"));
    assert_int_equal(log_reader_size(r), 0);
    log_reader_close(r);
    assert_int_equal(sound_log(), 0);
    sqlite3 *db;
    assert_int_equal(store_open_file(&cx, arena_printf(&cx.arena, "%s/ledger.db", folder).p, STORE_WRITE, &db), OK);
    assert_int_equal(store_exec(&cx, db, "PRAGMA user_version = 2"), OK);
    store_close(db);
    assert_int_equal(log_open(&cx, folder, test_clock, &l), E_DENIED);
}

static void test_ledger_log_sqlite__appends(void **state)
{
    (void)state;
    enum { N = 1500 };
    struct log *l = open_log();
    static struct hash hashes[N];
    put_many(l, 0, N);
    struct log_reader *r = open_reader();
    struct hash root, want, proof[MERKLE_PROOF];
    struct str bytes;
    size_t n;
    for (uint64_t i = 0; i < N; i++) {
        struct leaf leaf;
        assert_int_equal(log_reader_entry(&cx, r, i, &bytes), OK);
        assert_int_equal(leaf_read(&cx, bytes, &leaf), OK);
        assert_int_equal(leaf.n, i);
        merkle_leaf(bytes, &hashes[i]);
    }
    log_reader_root(r, &root);
    merkle_root(hashes, N, &want);
    assert_true(hash_eq(&root, &want));
    struct merkle_nodes nodes = log_reader_nodes(r);
    for (uint64_t m = 0; m < N; m += 37) {
        assert_int_equal(merkle_inclusion(&nodes, m, N, proof, &n), OK);
        assert_true(merkle_verify_inclusion(m, N, &hashes[m], proof, n, &root));
        if (!m) continue;
        merkle_root(hashes, m, &want);
        assert_int_equal(merkle_consistency(&nodes, m, N, proof, &n), OK);
        assert_true(merkle_verify_consistency(m, N, proof, n, &want, &root));
    }
    struct hash tile[TILE_WIDTH];
    unsigned width;
    assert_int_equal(log_reader_tile(&cx, r, 0, 5, tile, &width), OK);
    assert_int_equal(width, N - 5 * 256);
    assert_memory_equal(tile, hashes + (size_t)5 * 256, width * sizeof *tile);
    assert_int_equal(log_reader_tile(&cx, r, 1, 0, tile, &width), OK);
    assert_int_equal(width, 5);
    merkle_root(hashes + (size_t)2 * 256, 256, &want);
    assert_true(hash_eq(&tile[2], &want));
    assert_int_equal(log_reader_tile(&cx, r, 0, 6, tile, &width), E_NOTFOUND);
    const uint8_t *salt;
    assert_int_equal(log_reader_entry(&cx, r, N, &bytes), E_NOTFOUND);
    assert_int_equal(log_reader_body(&cx, r, 7, &salt, &bytes), OK);
    assert_str(canonical_find(bytes, "payload"), STR("{\"text\":\"7\"}"));
    log_reader_close(r);
    log_close(l);
    assert_int_equal(sound_log(), N);
}

/* --- units */

struct plan {
    int facts;
    bool mark;   /* the facts are put behind a mark and taken back; one more is put then */
    enum rc end; /* what the unit says at its end */
};

static enum rc follow(struct ctx *own, struct log_tx *tx, void *arg)
{
    const struct plan *p = arg;
    struct leaf leaf;
    uint64_t before = log_size(tx);
    if (p->mark) TRY(log_mark(own, tx));
    for (int i = 0; i < p->facts; i++) {
        struct log_fact f = make_fact(own, "note", "{\"text\":\"asked\"}");
        TRY(log_append(own, tx, &f, &leaf));
        assert_int_equal(leaf.n, before + (uint64_t)i);
    }
    if (p->mark) {
        TRY(log_back(own, tx));
        assert_int_equal(log_size(tx), before);
        struct log_fact f = make_fact(own, "note", "{\"text\":\"refused\"}");
        TRY(log_append(own, tx, &f, &leaf));
        assert_int_equal(leaf.n, before);
    }
    return p->end == OK ? OK : fail(own, p->end, "as planned");
}

static void test_ledger_log_sqlite__units(void **state)
{
    (void)state;
    struct log *l = open_log();
    struct plan three = {3, false, OK}, undone = {300, false, E_DENIED}, refused = {300, true, OK},
                refused_undone = {3, true, E_INVALID};
    assert_int_equal(log_submit(&cx, l, follow, &three), OK);
    assert_int_equal(log_submit(&cx, l, follow, &undone), E_DENIED);
    assert_string_equal(cx.message, "as planned");
    assert_int_equal(log_submit(&cx, l, follow, &refused), OK);
    assert_int_equal(log_submit(&cx, l, follow, &refused_undone), E_INVALID);
    assert_int_equal(log_submit(&cx, l, follow, &undone), E_DENIED);
    assert_int_equal(put(l, "note", "{}").n, 4);
    log_close(l);
    assert_int_equal(sound_log(), 5);
}

static enum rc look_for_savepoint(struct ctx *c, struct log_tx *tx, void *arg)
{
    (void)c;
    *(bool *)arg = sqlite3_exec(log_db(tx), "RELEASE unit", NULL, NULL, NULL) == SQLITE_OK;
    return OK;
}

/* A unit that is alone has the transaction for itself: under a savepoint a large one takes hours. */
static void test_ledger_log_sqlite__alone_without_savepoint(void **state)
{
    (void)state;
    struct log *l = open_log();
    bool found = true;
    assert_int_equal(log_submit(&cx, l, look_for_savepoint, &found), OK);
    assert_false(found);
    log_close(l);
}

static void test_ledger_log_sqlite__time_is_in_order(void **state)
{
    (void)state;
    struct log *l = open_log();
    int64_t first = put(l, "note", "{}").at;
    atomic_store(&test_time, first - 3600000000);
    assert_int_equal(put(l, "note", "{}").at, first);
    atomic_store(&test_time, first + 5);
    assert_int_equal(put(l, "note", "{}").at, first + 5);
    atomic_store(&test_time, CANONICAL_MAX + 1);
    struct log_fact f = make_fact(&cx, "note", "{}");
    assert_int_equal(log_put(&cx, l, &f, NULL), E_LIMIT);
    atomic_store(&test_time, 0);
    assert_int_equal(put(l, "note", "{}").at, first + 5);
    log_close(l);
    assert_int_equal(sound_log(), 4);
}

static enum rc erase(struct ctx *own, struct log_tx *tx, void *arg)
{
    uint64_t n = *(uint64_t *)arg;
    struct log_fact f = make_fact_of(own, "erasure", arena_printf(&own->arena, "fact:%d", (int)n).p,
                                     arena_printf(&own->arena, "{\"n\":%d}", (int)n).p);
    TRY(log_append(own, tx, &f, NULL));
    return log_erase(own, tx, n);
}

static bool file_has(const char *name, struct str what)
{
    struct str bytes = file_bytes(&cx.arena, arena_printf(&cx.arena, "%s/%s", folder, name).p);
    return bytes.p && str_has(bytes, what);
}

static void test_ledger_log_sqlite__erases(void **state)
{
    (void)state;
    struct log *l = open_log();
    uint64_t n = 1, none = 9;
    put(l, "note", "{\"text\":\"public\"}");
    put(l, "note", "{\"text\":\"Ann has a cold\"}");
    put(l, "note", "{\"text\":\"also public\"}");
    assert_true(file_has("ledger.db", STR("Ann has")) || file_has("ledger.db-wal", STR("Ann has")));
    assert_int_equal(log_submit(&cx, l, erase, &n), OK);
    assert_int_equal(log_submit(&cx, l, erase, &n), E_NOTFOUND);
    assert_int_equal(log_submit(&cx, l, erase, &none), E_NOTFOUND);
    assert_int_equal(log_forget(&cx, l), OK);
    assert_false(file_has("ledger.db", STR("Ann has")) || file_has("ledger.db-wal", STR("Ann has")));
    assert_true(file_has("ledger.db", STR("also public")));
    struct log_reader *r = open_reader();
    const uint8_t *salt;
    struct str body;
    assert_int_equal(log_reader_body(&cx, r, 1, &salt, &body), E_NOTFOUND);
    log_reader_close(r);
    log_close(l);
    assert_int_equal(sound_log(), 4);
}

/* A reader keeps what it sees until it asks for the newest. */
static void test_ledger_log_sqlite__readers(void **state)
{
    (void)state;
    struct log *l = open_log();
    put(l, "note", "{}");
    struct log_reader *r = open_reader();
    put(l, "note", "{}");
    struct str bytes;
    assert_int_equal(log_reader_size(r), 1);
    assert_int_equal(log_reader_entry(&cx, r, 1, &bytes), E_NOTFOUND);
    assert_int_equal(log_reader_refresh(&cx, r), OK);
    assert_int_equal(log_reader_size(r), 2);
    assert_int_equal(log_reader_entry(&cx, r, 1, &bytes), OK);
    assert_int_not_equal(store_exec(&cx, log_reader_db(r), "DELETE FROM bodies"), OK);
    log_reader_close(r);
    log_close(l);
}

/* --- what fsck finds: each change by SQL, as an owner of the file could make it */

static void tamper(const char *sql, const char *names)
{
    const char *path = arena_printf(&cx.arena, "%s/ledger.db", folder).p,
               *kept = arena_printf(&cx.arena, "%s.kept", path).p;
    struct str bytes = file_bytes(&cx.arena, path);
    FILE *f = fopen(kept, "wb");
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
    sqlite3 *db;
    assert_int_equal(store_open_file(&cx, path, STORE_WRITE, &db), OK);
    if (store_exec(&cx, db, sql) != OK) failed("%s: %s", sql, cx.message);
    assert_int_equal(sqlite3_total_changes(db) > 0, 1);
    store_close(db);
    struct log_reader *r = NULL;
    scoped_buf said;
    buf_init(&said, 0);
    if (log_reader_open(&cx, folder, &r) == OK) {
        struct log_check c = {0};
        c.found = (void (*)(void *, const char *))buf_cstr;
        c.arg = &said;
        if (log_check(&cx, r, &c) != OK) buf_cstr(&said, cx.message);
        log_reader_close(r);
    } else
        buf_cstr(&said, cx.message);
    if (!str_has(buf_view(&said), str_from(names))) failed("%s\n  said: " STR_FMT, sql, STR_ARG(buf_view(&said)));
    assert_int_equal(rename(kept, path), 0);
}

static void test_ledger_log_sqlite__fsck_names_what_was_changed(void **state)
{
    (void)state;
    struct log *l = open_log();
    put_many(l, 0, 600);
    put(l, "rotation", "{}");
    log_close(l);
    assert_int_equal(sound_log(), 601);
    tamper("UPDATE entries SET leaf = replace(leaf, '\"at\":1', '\"at\":2') WHERE n = 300",
           "tile/1, hash 1: not that of its entries");
    tamper("UPDATE entries SET leaf = replace(leaf, '\"n\":300', '\"n\":301') WHERE n = 300",
           "entry 300: leaf: it is that of fact 301");
    tamper("UPDATE entries SET leaf = leaf || ' ' WHERE n = 599", "entry 599: leaf: of another version");
    tamper("UPDATE entries SET leaf = replace(leaf, 'note', 'nota') WHERE n = 5",
           "fact 5: body: of another kind than its leaf");
    tamper("UPDATE bodies SET body = replace(body, '\"5\"', '\"6\"') WHERE n = 5",
           "fact 5: body: not what was recorded");
    tamper("UPDATE bodies SET salt = zeroblob(16) WHERE n = 7", "fact 7: body: not what was recorded");
    tamper("UPDATE bodies SET salt = x'00' WHERE n = 7", "body 7: its salt is damaged");
    tamper("DELETE FROM bodies WHERE n = 7", "body 7: missing, and no erasure says why");
    tamper("DELETE FROM bodies WHERE n = 600", "body 600: missing, and its kind is never erased");
    tamper("INSERT INTO bodies SELECT 601, salt, body FROM bodies WHERE n = 0", "body 601: there is no such fact");
    tamper("DELETE FROM entries WHERE n = 300", "entry 300: missing");
    tamper("DELETE FROM entries WHERE n = 600", "head: it says 601 entries, there are 600");
    tamper("INSERT INTO entries SELECT 601, leaf FROM entries WHERE n = 0", "entry 601: leaf: it is that of fact 0");
    tamper("UPDATE nodes SET hash = zeroblob(32)", "tile/1, hash 0: not that of its entries");
    tamper("DELETE FROM nodes", "tile/1, hash 0: missing");
    tamper("INSERT INTO nodes SELECT id + 77, hash FROM nodes LIMIT 1", "nodes: there are 3, there should be 2");
    tamper("UPDATE head SET frontier = zeroblob(length(frontier))", "head: its root is not that of the entries");
    tamper("UPDATE head SET size = 600", "size and frontier of the head do not fit");
    tamper("UPDATE head SET at = at + 1", "head: its time is not that of the last entry");
    tamper("DELETE FROM head", "the head is missing");
    tamper("INSERT INTO checkpoints VALUES (3, 0, 'nonsense')", "checkpoint 3: note:");
    assert_int_equal(sound_log(), 601);
}

/* A log that was cut is not written to. */
static void test_ledger_log_sqlite__does_not_add_to_damage(void **state)
{
    (void)state;
    struct log *l = open_log();
    for (int i = 0; i < 3; i++) put(l, "note", "{}");
    log_close(l);
    sqlite3 *db;
    assert_int_equal(store_open_file(&cx, arena_printf(&cx.arena, "%s/ledger.db", folder).p, STORE_WRITE, &db), OK);
    assert_int_equal(store_exec(&cx, db, "DELETE FROM entries WHERE n = 2"), OK);
    store_close(db);
    assert_int_equal(log_open(&cx, folder, test_clock, &l), E_CORRUPT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_ledger_log_sqlite__##name, log_setup, log_teardown)
    const struct CMUnitTest tests[] = {
        CASE(create_and_open),        CASE(appends), CASE(units),   CASE(alone_without_savepoint),
        CASE(time_is_in_order),       CASE(erases),  CASE(readers), CASE(fsck_names_what_was_changed),
        CASE(does_not_add_to_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
