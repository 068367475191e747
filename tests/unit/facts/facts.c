/* Facts on their way in: taken or refused, their rows, request keys, the clock, erasure, replay. */
#include "facts_data.h"

#include <pthread.h>

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_facts_facts__rows(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    assert_int_equal(add(f, "person", ANN, PERSON("Ann")), 0);
    assert_int_equal(add(f, "note", "org", " { \"text\" : \"a\\u0062\" } "), 1);
    assert_int_equal(add(f, "person", ANN, PERSON("Anna")), 2);
    assert_int_equal(
        add(f, "key", ANN, "{\"fingerprint\":\"" DIGEST "\",\"type\":\"ssh\",\"public\":\"k\",\"state\":\"added\"}"),
        3);
    add(f, "key", ANN, "{\"fingerprint\":\"" OTHER "\",\"type\":\"ssh\",\"public\":\"l\",\"state\":\"added\"}");
    add(f, "key", ANN, "{\"fingerprint\":\"" DIGEST "\",\"type\":\"ssh\",\"public\":\"k\",\"state\":\"removed\"}");
    add(f, "adoption", "obligation:a/b", "{\"adopted\":true,\"reason\":\"x\"}");
    add(f, "adoption", "obligation:a/b",
        "{\"adopted\":false,\"reason\":\"x\",\"project\":\"project:abcdefghij234567klmn\"}");
    add(f, "verdicts", "org",
        "{\"catalog\":\"" DIGEST "\",\"program\":\"1\",\"refs\":[{\"oid\":\"0123456789abcdef0123456789abcdef01234567\","
        "\"ref\":\"refs/heads/main\"}],\"points\":[{\"obligation\":\"a/"
        "b\",\"verdict\":\"met\",\"assurance\":\"strong\","
        "\"scope\":3,\"judged\":2,\"failing\":0}]}");
    facts_close(f);
    assert_string_equal(rows("SELECT n, at, subject, actor, via, name, state FROM fact_person"),
                        "2|1767225600|" ANN "|unknown|operator|Anna|active\n");
    assert_string_equal(rows("SELECT n, seq, value FROM fact_person_addresses"), "2|0|Anna@example.org\n");
    assert_string_equal(rows("SELECT n, text FROM fact_note"), "1|ab\n");
    assert_string_equal(rows("SELECT n, fingerprint, state FROM fact_key ORDER BY n"),
                        "4|" OTHER "|added\n5|" DIGEST "|removed\n");
    assert_string_equal(rows("SELECT n, adopted, project, priority FROM fact_adoption ORDER BY n"),
                        "6|1||\n7|0|project:abcdefghij234567klmn|\n");
    assert_string_equal(rows("SELECT seq, obligation, verdict, scope, judged, failing FROM fact_verdicts_points"),
                        "0|a/b|met|3|2|0\n");
    assert_string_equal(rows("SELECT kind, subject FROM facts WHERE n < 2"), "person|" ANN "\nnote|org\n");
    assert_int_equal(sound_log(), 9);
}

static void test_facts_facts__refusals(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    refused(f, "nothing", "org", "{}", E_NOTFOUND, "no kind of fact \"nothing\"");
    refused(f, "person", "org", PERSON("Ann"), E_INVALID, "not about such a thing");
    refused(f, "person", "person:Ann", PERSON("Ann"), E_INVALID, "subject \"person:Ann\"");
    refused(f, "note", "org", "{}", E_INVALID, "payload.text: is missing");
    refused(f, "note", "org", "{\"text\":1.5}", E_INVALID, "integers");
    refused(f, "note", "org", "{\"text\":9007199254740992}", E_INVALID, "2^53-1");
    refused(f, "note", "org", "{\"text\":\"a\",\"text\":\"b\"}", E_INVALID, "text");
    refused(f, "note", "org", "{\"text\":\"a\"} x", E_INVALID, "JSON");
    refused(f, "note", "org", "[]", E_INVALID, "JSON");
    refused(f, "erasure", "fact:0", "{\"n\":0,\"reason\":\"\",\"approved_by\":[\"" ANN "\",\"" BEN "\"]}", E_DENIED,
            "only by the command");
    scoped_buf large;
    buf_init(&large, 0);
    buf_cstr(&large, "{\"text\":\"");
    for (int i = 0; i < 100; i++) buf_printf(&large, "%011000d", i);
    buf_cstr(&large, "\"}");
    buf_char(&large, 0);
    refused(f, "note", "org", large.p, E_LIMIT, "1048576");
    facts_close(f);
    assert_int_equal(sound_log(), 0);
    assert_string_equal(rows("SELECT count(*) FROM facts"), "0\n");
}

/* All of a request, or nothing. */
static void test_facts_facts__requests_are_whole(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    struct body two[] = {make_body("note", "org", "{\"text\":\"a\"}"), make_body("note", "org", "{\"text\":1}")};
    struct facts_request r = {.facts = two, .n = 2};
    struct facts_answer a;
    assert_int_equal(facts_append(&cx, f, &r, &a), E_INVALID);
    two[1].payload = STR("{\"text\":\"b\"}");
    assert_int_equal(facts_append(&cx, f, &r, &a), OK);
    assert_int_equal(a.n, 0);
    two[1].credential = STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    assert_int_equal(facts_append(&cx, f, &r, &a), E_INVALID);
    facts_close(f);
    assert_int_equal(sound_log(), 2);
}

static void test_facts_facts__keys(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    struct facts_answer a, b;
    assert_int_equal(try_add(f, "note", "org", "{\"text\":\"a\"}", "k1", &a), OK);
    assert_false(a.repeated);
    assert_int_equal(try_add(f, "note", "org", "{ \"text\":\"\\u0061\" }", "k1", &b), OK);
    assert_true(b.repeated);
    assert_int_equal(b.n, a.n);
    assert_int_equal(b.at, a.at);
    assert_int_equal(try_add(f, "note", "org", "{\"text\":\"b\"}", "k1", &b), E_CONFLICT);
    assert_int_equal(try_add(f, "note", "ledger", "{\"text\":\"a\"}", "k1", &b), E_CONFLICT);
    assert_int_equal(try_add(f, "note", "org", "{\"text\":\"a\"}", "k2", &b), OK);
    assert_int_equal(b.n, a.n + 1);
    struct body other = make_body("note", "org", "{\"text\":\"z\"}");
    other.credential = STR(DIGEST);
    struct facts_request r = {.facts = &other, .n = 1, .key = STR("k1")};
    assert_int_equal(facts_append(&cx, f, &r, &b), OK); /* another credential's key */
    assert_int_equal(b.n, a.n + 2);
    struct body two[] = {make_body("note", "org", "{\"text\":\"a\"}"), make_body("note", "org", "{\"text\":\"a\"}")};
    r = (struct facts_request){.facts = two, .n = 2, .key = STR("k2")};
    assert_int_equal(facts_append(&cx, f, &r, &b), E_CONFLICT);
    r.key = STR("k3");
    assert_int_equal(facts_append(&cx, f, &r, &b), OK);
    facts_close(f);
    f = open_facts(catalog); /* it holds for another process, too */
    assert_int_equal(facts_append(&cx, f, &r, &a), OK);
    assert_true(a.repeated);
    assert_int_equal(a.n, b.n);
    char long_key[300];
    memset(long_key, 'k', sizeof long_key);
    r.key = (struct str){long_key, 201};
    assert_int_equal(facts_append(&cx, f, &r, &a), E_INVALID);
    facts_close(f);
    assert_int_equal(sound_log(), 5);
}

/* --- the clock */

static void test_facts_facts__clock(void **state)
{
    (void)state;
    struct facts_answer a;
    struct facts *f = open_facts(catalog);
    add(f, "note", "org", "{\"text\":\"1\"}");
    /* back: the order holds, and it is told */
    int64_t now = atomic_load(&test_time);
    atomic_store(&test_time, now - 3600000000);
    assert_int_equal(try_add(f, "note", "org", "{\"text\":\"2\"}", NULL, &a), OK);
    assert_in_range(a.late, 3599000000, 3600000000);
    assert_true(a.at <= now && a.at > now - 1000);
    /* a day ahead: refused, in this process and the next */
    atomic_store(&test_time, now + 2 * DAY);
    refused(f, "note", "org", "{\"text\":\"3\"}", E_DENIED, "more than a day after the last fact");
    facts_close(f);
    f = open_facts(catalog);
    refused(f, "note", "org", "{\"text\":\"3\"}", E_DENIED, "--clock-is-right");
    /* unless the machine was running all that time */
    test_start.up += 2 * DAY;
    add(f, "note", "org", "{\"text\":\"3\"}");
    /* after a restart nobody knows */
    atomic_fetch_add(&test_time, 2 * DAY);
    test_start = (struct machine_start){"second", 5};
    refused(f, "note", "org", "{\"text\":\"4\"}", E_DENIED, "day after");
    test_start.id[0] = 0;
    refused(f, "note", "org", "{\"text\":\"4\"}", E_DENIED, "day after");
    facts_close(f);
    test_start = (struct machine_start){"second", 5};
    struct facts_options o = {.now = test_clock, .start = test_machine_start, .clock_is_right = true};
    assert_int_equal(facts_open(&cx, folder, catalog, &o, &f), OK);
    add(f, "note", "org", "{\"text\":\"4\"}");
    facts_close(f);
    f = open_facts(catalog);
    add(f, "note", "org", "{\"text\":\"5\"}");
    atomic_fetch_add(&test_time, 3 * DAY);
    test_start.up += 3 * DAY - 1000;
    add(f, "note", "org", "{\"text\":\"6\"}");
    facts_close(f);
    assert_int_equal(sound_log(), 6);
}

static void test_facts_facts__start_of_the_machine(void **state)
{
    (void)state;
    struct machine_start a = {0}, b = {0};
    if (access("/proc/uptime", R_OK) != 0) skip();
    assert_true(clock_machine_start(&a) && clock_machine_start(&b));
    assert_int_equal(strlen(a.id), 36);
    assert_string_equal(a.id, b.id);
    assert_true(a.up > 0 && b.up >= a.up && b.up - a.up < 60000000);
}

/* --- erasure */

static enum rc erase(struct facts *f, uint64_t n, const char *a, const char *b)
{
    struct str by[] = {str_from(a), str_from(b)};
    struct facts_erasure e = {.n = n,
                              .reason = STR("asked to"),
                              .approved_by = by,
                              .n_approved_by = 2,
                              .actor = STR("unknown"),
                              .credential = STR(""),
                              .via = STR("operator")};
    struct facts_answer out;
    return facts_erase(&cx, f, &e, &out);
}

static bool files_have(const char *what)
{
    static const char *const names[] = {"ledger.db", "ledger.db-wal"};
    for (size_t i = 0; i < 2; i++) {
        struct str bytes = file_bytes(&cx.arena, path_of(names[i]));
        if (bytes.p && str_has(bytes, str_from(what))) return true;
    }
    return false;
}

static void test_facts_facts__erasure(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    struct facts_answer a;
    add(f, "person", ANN, PERSON("Annabel"));
    add(f, "person", ANN, PERSON("Annemarie"));
    add(f, "person", BEN, PERSON("Benjamin"));
    assert_int_equal(try_add(f, "note", "org", "{\"text\":\"Annabel has a cold\"}", "k", &a), OK);
    add(f, "project", "project:abcdefghij234567klmn", "{\"name\":\"p\",\"title\":\"\",\"state\":\"active\"}");
    assert_int_equal(erase(f, 4, ANN, BEN), E_DENIED);
    assert_non_null(strstr(cx.message, "kept for ever"));
    assert_int_equal(erase(f, 3, ANN, ANN), E_INVALID);
    assert_non_null(strstr(cx.message, "stands twice"));
    assert_int_equal(erase(f, 5, ANN, BEN), E_NOTFOUND);
    assert_int_equal(sound_log(), 5);
    assert_true(files_have("has a cold"));
    assert_int_equal(erase(f, 3, ANN, BEN), OK);
    assert_false(files_have("has a cold"));
    assert_int_equal(erase(f, 3, ANN, BEN), E_NOTFOUND);
    assert_int_equal(erase(f, 5, ANN, BEN), E_DENIED); /* the erasure itself */
    assert_int_equal(erase(f, 1, ANN, BEN), OK);       /* the newest of Ann: the one before is there again */
    assert_false(files_have("Annemarie"));
    assert_true(files_have("Annabel"));
    assert_int_equal(erase(f, 0, ANN, BEN), OK);
    assert_false(files_have("Annabel"));
    assert_int_equal(try_add(f, "note", "org", "{\"text\":\"Annabel has a cold\"}", "k", &a), E_CONFLICT);
    assert_non_null(strstr(cx.message, "erased"));
    facts_close(f);
    assert_string_equal(rows("SELECT n, name FROM fact_person"), "2|Benjamin\n");
    assert_string_equal(rows("SELECT n, value FROM fact_person_addresses"), "2|Benjamin@example.org\n");
    assert_string_equal(rows("SELECT count(*) FROM fact_note"), "0\n");
    assert_string_equal(rows("SELECT n, subject, erased FROM fact_erasure"), "5|fact:3|3\n6|fact:1|1\n7|fact:0|0\n");
    assert_string_equal(rows("SELECT n, kind, subject, actor, via FROM facts WHERE n IN (2, 3)"),
                        "2|person|" BEN "|unknown|operator\n3|note|||\n");
    assert_int_equal(sound_log(), 8);
}

static void test_facts_facts__erasing_the_newest_brings_the_older_back(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    add(f, "person", ANN, PERSON("A"));
    add(f, "person", BEN, PERSON("B"));
    add(f, "person", ANN, PERSON("C"));
    assert_int_equal(erase(f, 2, ANN, BEN), OK);
    facts_close(f);
    assert_string_equal(rows("SELECT n, name FROM fact_person ORDER BY n"), "0|A\n1|B\n");
    assert_string_equal(rows("SELECT n, value FROM fact_person_addresses ORDER BY n"),
                        "0|A@example.org\n1|B@example.org\n");
}

/* --- replay */

static void test_facts_facts__replay(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    struct facts_replayed r;
    for (int i = 0; i < 100; i++) {
        add(f, "note", "org", arena_printf(&cx.arena, "{\"text\":\"%d\"}", i).p);
        add(f, "person", i % 3 ? ANN : BEN, PERSON("x"));
        add(f, "adoption", i % 2 ? "obligation:a/b" : "obligation:a/c", "{\"adopted\":true,\"reason\":\"\"}");
    }
    int64_t middle = atomic_load(&test_time);
    atomic_fetch_add(&test_time, 5000000);
    for (int i = 0; i < 20; i++) add(f, "note", "org", "{\"text\":\"later\"}");
    assert_int_equal(erase(f, 0, ANN, BEN), OK);
    assert_int_equal(erase(f, 298, ANN, BEN), OK);
    facts_close(f);
    const char *one = path_of("one.db"), *two = path_of("two.db"), *early = path_of("early.db");
    assert_int_equal(facts_replay(&cx, folder, catalog, INT64_MAX, one, &r), OK);
    assert_int_equal(r.facts, 322);
    assert_int_equal(r.erased, 2);
    assert_int_equal(facts_replay(&cx, folder, catalog, INT64_MAX, two, &r), OK);
    struct str a = file_bytes(&cx.arena, one), b = file_bytes(&cx.arena, two);
    assert_true(a.p && str_eq(a, b));
    assert_string_equal(all_tables(one), all_tables(path_of("ledger.db")));
    assert_int_equal(facts_replay(&cx, folder, catalog, middle, early, &r), OK);
    assert_int_equal(r.facts, 300);
    assert_string_equal(rows_of(early, "SELECT count(*) FROM fact_note"), "99\n");
    assert_int_equal(facts_replay(&cx, folder, catalog, middle, early, &r), E_CONFLICT);
    assert_string_equal(rows_of(early, "SELECT count(*) FROM facts"), "300\n");
}

static uint64_t add_notes(struct facts *f, size_t n)
{
    struct body *bodies = arena_array(&cx.arena, struct body, n);
    struct facts_answer a;
    for (size_t i = 0; i < n; i++)
        bodies[i] = make_body("note", "org", arena_printf(&cx.arena, "{\"text\":\"%zu\"}", i).p);
    const struct facts_request r = {.facts = bodies, .n = n};
    if (facts_append(&cx, f, &r, &a) != OK) failed("%s", cx.message);
    return a.n;
}

static void spoil_body(uint64_t n)
{
    sqlite3 *db;
    const char *sql = arena_printf(&cx.arena, "UPDATE bodies SET body = replace(body, '{', ' {') WHERE n = %llu",
                                   (unsigned long long)n)
                          .p;
    assert_int_equal(store_open_file(&cx, path_of("ledger.db"), STORE_WRITE, &db), OK);
    assert_int_equal(store_exec(&cx, db, sql), OK);
    store_close(db);
}

/* Parts of 500 facts are read while the one before is put: at their ends nothing is lost, nor put twice, and what is
 * wrong is named by its own number. */
static void test_facts_facts__replay_in_parts(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    struct facts_replayed r;
    add_notes(f, 500);
    int64_t first = atomic_load(&test_time);
    atomic_fetch_add(&test_time, 5000000);
    add_notes(f, 500);
    int64_t second = atomic_load(&test_time);
    atomic_fetch_add(&test_time, 5000000);
    add_notes(f, 501);
    facts_close(f);
    const struct {
        int64_t until;
        uint64_t facts;
    } cases[] = {{INT64_MAX, 1501}, {second, 1000}, {first, 500}, {0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *file = path_of(arena_printf(&cx.arena, "%zu.db", i).p);
        assert_int_equal(facts_replay(&cx, folder, catalog, cases[i].until, file, &r), OK);
        assert_int_equal(r.facts, cases[i].facts);
        assert_string_equal(
            rows_of(file, "SELECT count(*), coalesce(max(n) + 1, 0), count(DISTINCT n) FROM fact_note"),
            arena_printf(&cx.arena, "%d|%d|%d\n", (int)cases[i].facts, (int)cases[i].facts, (int)cases[i].facts).p);
    }
    static const uint64_t spoilt[] = {1500, 1000, 999, 500, 499, 0};
    for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
        spoil_body(spoilt[i]);
        assert_int_equal(facts_replay(&cx, folder, catalog, INT64_MAX, path_of("x.db"), &r), E_CORRUPT);
        assert_non_null(strstr(cx.message, arena_printf(&cx.arena, "fact %d: ", (int)spoilt[i]).p));
        assert_null(file_bytes(&cx.arena, path_of("x.db")).p);
    }
}

/* What was changed by the database's owner is no fact any more. */
static void test_facts_facts__replay_believes_the_leaves(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    struct facts_replayed r;
    sqlite3 *db;
    add(f, "note", "org", "{\"text\":\"a\"}");
    add(f, "note", "org", "{\"text\":\"b\"}");
    facts_close(f);
    assert_int_equal(store_open_file(&cx, path_of("ledger.db"), STORE_WRITE, &db), OK);
    assert_int_equal(store_exec(&cx, db, "UPDATE bodies SET body = replace(body, '\"b\"', '\"c\"') WHERE n = 1"), OK);
    store_close(db);
    assert_int_equal(facts_replay(&cx, folder, catalog, INT64_MAX, path_of("x.db"), &r), E_CORRUPT);
    assert_non_null(strstr(cx.message, "fact 1: "));
    assert_null(file_bytes(&cx.arena, path_of("x.db")).p);
}

/* --- many at once */

enum { WRITERS = 8, EACH = 60 };

static void *write_some(void *arg)
{
    struct facts *f = arg;
    struct ctx own;
    ctx_init(&own);
    for (int i = 0; i < EACH; i++) {
        struct body b = make_body("person", i % 2 ? ANN : BEN, PERSON("x"));
        struct facts_answer a;
        char key[8];
        snprintf(key, sizeof key, "k%d", i);
        struct facts_request r = {.facts = &b, .n = 1, .key = str_from(key)};
        if (facts_append(&own, f, &r, &a) != OK) print_error("%s\n", own.message);
    }
    ctx_release(&own);
    return NULL;
}

static void test_facts_facts__writers(void **state)
{
    (void)state;
    pthread_t threads[WRITERS];
    struct facts *f = open_facts(catalog), *g = open_facts(catalog);
    for (int i = 0; i < WRITERS; i++) pthread_create(&threads[i], NULL, write_some, i % 2 ? f : g);
    for (int i = 0; i < WRITERS; i++) pthread_join(threads[i], NULL);
    facts_close(f);
    facts_close(g);
    assert_int_equal(sound_log(), EACH); /* each key once, whoever came first */
    assert_string_equal(rows("SELECT count(*) FROM fact_person"), "2\n");
    assert_string_equal(rows("SELECT count(*) FROM requests"), "60\n");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_facts_facts__##name, facts_setup, facts_teardown)
    const struct CMUnitTest tests[] = {
        CASE(rows),
        CASE(refusals),
        CASE(requests_are_whole),
        CASE(keys),
        CASE(clock),
        CASE(start_of_the_machine),
        CASE(erasure),
        CASE(erasing_the_newest_brings_the_older_back),
        CASE(replay),
        CASE(replay_in_parts),
        CASE(replay_believes_the_leaves),
        CASE(writers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
