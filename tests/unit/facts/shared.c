/* Facts on a log that two servers share: tables, erasures and repeated requests are the same on both. */
#include "../ledger/servers.h"
#include "facts_data.h"

#include "ledger/shared.h"
#include "store/config.h"

static char folders[2][256];

static void use(int i)
{
    memcpy(folder, folders[i], sizeof folder);
}

static int group_setup(void **state)
{
    (void)state;
    return !servers_begin("");
}

static int group_teardown(void **state)
{
    (void)state;
    servers_end();
    return 0;
}

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    atomic_store(&test_time, 1767225600000000);
    test_start = (struct machine_start){"first", 100};
    if (catalog_builtin(&cx, &catalog) != OK || pg_sql(0, "DROP SCHEMA IF EXISTS sinetti CASCADE")) return 1;
    for (int i = 0; i < 2; i++) {
        struct config c = {.format = CONFIG_FORMAT, .log = str_from(servers_url(1)), .single_node = true};
        const struct shared_place place = {.url = c.log, .single_node = true};
        bool joined;
        if (!folder_make(folders[i]) || shared_create(&cx, &place, STR("sinetti.example/acme"), &joined) != OK ||
            config_write(&cx, folders[i], &c) != OK || log_create(&cx, folders[i], STR("sinetti.example/acme")) != OK)
            return 1;
    }
    use(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) folder_remove(folders[i]);
    catalog_free(catalog);
    ctx_release(&cx);
    return 0;
}

/* Both folders have the same tables, which are those of a replay; as text. */
static const char *same_tables(void)
{
    const char *tables[2];
    for (int i = 0; i < 2; i++) {
        struct facts_replayed r;
        use(i);
        facts_close(open_facts(catalog)); /* catches up */
        (void)sound_log();
        const char *replay = path_of("replay.db");
        unlink(replay);
        if (facts_replay(&cx, folder, catalog, INT64_MAX, replay, &r) != OK) failed("%s", cx.message);
        tables[i] = all_tables(path_of("ledger.db"));
        assert_string_equal(tables[i], all_tables(replay));
    }
    assert_string_equal(tables[0], tables[1]);
    return tables[0];
}

static void test_facts_shared__tables(void **state)
{
    (void)state;
    struct facts *a = open_facts(catalog);
    use(1);
    struct facts *b = open_facts(catalog);
    assert_int_equal(add(a, "person", ANN, PERSON("Ann")), 0);
    assert_int_equal(add(b, "note", "org", "{\"text\":\"b\"}"), 1);
    assert_int_equal(add(b, "person", ANN, PERSON("Anna")), 2);
    assert_int_equal(add(a, "note", "org", "{\"text\":\"a\"}"), 3);
    assert_int_equal(add(b, "person", BEN, PERSON("Ben")), 4);
    facts_close(a);
    facts_close(b);
    assert_non_null(strstr(same_tables(), "Anna"));
}

#define LARGE 6

/* As long as a third of a page, and not to be packed. */
static const char *large_secret(unsigned seed)
{
    scoped_buf out;
    buf_init(&out, 0);
    buf_cstr(&out, "{\"text\":\"Secret ");
    for (int i = 0; i < 230; i++) buf_printf(&out, "%08x", seed = seed * 1664525 + 1013904223);
    buf_cstr(&out, "\"}");
    return arena_cstr(&cx.arena, buf_view(&out));
}

static void check_pages(int i)
{
    static const char *const names[] = {"ledger.db", "ledger.db-wal"};
    use(i);
    for (size_t k = 0; k < 2; k++) {
        struct str bytes = file_bytes(&cx.arena, path_of(names[k]));
        if (bytes.p && str_has(bytes, STR("Secret"))) failed("%s still has it", path_of(names[k]));
    }
}

static void test_facts_shared__erasure(void **state)
{
    (void)state;
    const struct str two[] = {STR(ANN), STR(BEN)};
    struct facts_erasure e = {.n = 1,
                              .reason = STR("asked for"),
                              .approved_by = two,
                              .n_approved_by = 2,
                              .actor = STR("unknown"),
                              .credential = STR(""),
                              .via = STR("operator")};
    struct facts_answer answer;
    struct facts *a = open_facts(catalog);
    use(1);
    struct facts *b = open_facts(catalog);
    add(a, "person", ANN, PERSON("Old"));
    add(a, "person", ANN, PERSON("Secret"));
    for (unsigned i = 2; i < 2 + LARGE; i++) add(a, "note", "org", large_secret(i)); /* pages of their own */
    add(b, "person", BEN, PERSON("Ben"));                                            /* b has them all in its tables */
    assert_non_null(strstr(all_tables(path_of("ledger.db")), "Secret"));
    for (e.n = 1; e.n < 2 + LARGE; e.n++)
        if (facts_erase(&cx, a, &e, &answer) != OK) failed("%s", cx.message);
    add(a, "person", BEN, PERSON("Benjamin"));
    add(b, "note", "org", "{\"text\":\"after\"}");
    e.n = 1;
    assert_int_equal(facts_erase(&cx, b, &e, &answer), E_NOTFOUND); /* it was erased before */
    for (int i = 0; i < 2; i++) check_pages(i);                     /* nor in any page of the files */
    facts_close(a);
    facts_close(b);
    const char *tables = same_tables();
    assert_null(strstr(tables, "Secret"));
    assert_non_null(strstr(tables, "Old")); /* the fact before it is in force again */
    assert_non_null(strstr(tables, "Benjamin"));
    /* nor in PostgreSQL's file of bodies */
    char sql[600], path[600], where[200] = "";
    snprintf(sql, sizeof sql, "COPY (SELECT pg_relation_filepath('sinetti.bodies')) TO '%s/path'", pg_folder);
    assert_int_equal(pg_sql(0, "CHECKPOINT"), 0);
    assert_int_equal(pg_sql(0, sql), 0);
    FILE *f = fopen(pg_path("path"), "r");
    assert_true(f && fscanf(f, "%199s", where) == 1);
    fclose(f);
    snprintf(path, sizeof path, "%s/%s", servers[0].data, where);
    struct str bytes = file_bytes(&cx.arena, path);
    assert_non_null(bytes.p);
    assert_true(str_has(bytes, STR("Benjamin")));
    assert_false(str_has(bytes, STR("Secret")));
}

/* The answer got lost, and the client asks another server. */
static void test_facts_shared__asked_again_elsewhere(void **state)
{
    (void)state;
    struct facts_answer first, again;
    struct facts *a = open_facts(catalog);
    use(1);
    struct facts *b = open_facts(catalog);
    assert_int_equal(try_add(a, "note", "org", "{\"text\":\"a\"}", "key", &first), OK);
    assert_int_equal(try_add(b, "note", "org", "{\"text\":\"a\"}", "key", &again), OK);
    assert_true(again.repeated);
    assert_int_equal(again.n, first.n);
    assert_int_equal(try_add(b, "note", "org", "{\"text\":\"b\"}", "key", &again), E_CONFLICT);
    facts_close(a);
    facts_close(b);
    same_tables();
}

/* Another definition of a kind: its tables are made anew from a log that another server adds to. */
static void test_facts_shared__tables_made_anew(void **state)
{
    (void)state;
    struct facts *a = open_facts(catalog);
    for (int i = 0; i < 30; i++) add(a, "note", "org", "{\"text\":\"x\"}");
    use(1);
    facts_close(open_facts(catalog));
    use(0);
    for (int i = 0; i < 30; i++) add(a, "person", i % 2 ? ANN : BEN, PERSON("Ann"));
    facts_close(a);
    sqlite3 *db;
    use(1);
    assert_int_equal(store_open_file(&cx, path_of("ledger.db"), STORE_WRITE, &db), OK);
    assert_int_equal(store_exec(&cx, db, "UPDATE projections SET digest = 'old' WHERE kind IN ('note', 'person')"), OK);
    store_close(db);
    same_tables();
}

int main(void)
{
    if (!servers_can_run()) return 77;
#define CASE(name) cmocka_unit_test_setup_teardown(test_facts_shared__##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(tables),
        CASE(erasure),
        CASE(asked_again_elsewhere),
        CASE(tables_made_anew),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
