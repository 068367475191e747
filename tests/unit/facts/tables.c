/* The tables of kinds: hostile SQL is kept to its own tables and stopped; changed definitions are made anew, also after
 * a crash; schemas that shrank are refused. */
#include "facts_data.h"

#include "base/limits.h"
#include "facts/fsck.h"

static struct catalog changed;
static struct catalog_kind *kinds;

/* The built-in catalog with a kind of its own, "evil", and room to change the others. */
static struct catalog_kind *change_catalog(const char *define, const char *project)
{
    kinds = arena_array(&cx.arena, struct catalog_kind, catalog->n_kinds + 1);
    struct str *texts = arena_array(&cx.arena, struct str, 3);
    changed = *catalog;
    size_t at = 0;
    while (str_cmp(catalog->kinds[at].key, STR("evil")) < 0) at++;
    memcpy(kinds, catalog->kinds, at * sizeof *kinds);
    memcpy(kinds + at + 1, catalog->kinds + at, (catalog->n_kinds - at) * sizeof *kinds);
    changed.kinds = kinds;
    changed.digest[0] = 0; /* it is of no image */
    changed.n_kinds++;
    struct catalog_kind *evil = &kinds[at];
    *evil = *catalog_find_kind(catalog, STR("note"));
    texts[0] = STR("CREATE TABLE p_evil (n INTEGER PRIMARY KEY, text TEXT) STRICT");
    texts[1] = str_from(define ? define : "CREATE VIEW fact_evil AS SELECT * FROM p_evil");
    texts[2] = str_from(project);
    evil->key = STR("evil");
    evil->define = texts;
    evil->n_define = 2;
    evil->project = texts + 2;
    evil->n_project = 1;
    evil->tables = arena_array(&cx.arena, struct str, 1);
    *(struct str *)(uintptr_t)evil->tables = STR("p_evil");
    evil->n_tables = 1;
    return evil;
}

static void test_facts_tables__sql_stays_at_home(void **state)
{
    (void)state;
    static const char *const hostile[] = {
        "INSERT INTO p_note SELECT n, at, subject, actor, via, 'x', NULL FROM p_note",
        "UPDATE p_note SET text = 'x'",
        "DELETE FROM bodies",
        "UPDATE head SET size = 0",
        "DELETE FROM p_facts",
        "DELETE FROM requests",
        "INSERT INTO p_evil SELECT n, body FROM bodies",
        "INSERT INTO p_evil SELECT n, text FROM fact_note",
        "INSERT INTO p_evil SELECT rowid, sql FROM sqlite_schema",
        "INSERT INTO p_evil VALUES (:n, (SELECT leaf FROM entries LIMIT 1))",
        "INSERT INTO p_evil VALUES (:n, hex(randomblob(8)))",
        "INSERT INTO p_evil VALUES (:n, datetime('now'))",
        "INSERT INTO p_evil WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x, '' FROM r",
        "DROP TABLE p_note",
        "DROP TABLE p_evil",
        "CREATE TABLE p_evil_more (n INTEGER PRIMARY KEY) STRICT",
        "PRAGMA user_version = 9",
        "ATTACH '/tmp/sinetti-evil' AS evil",
        "COMMIT",
        "SAVEPOINT x",
        "DELETE FROM p_evil", /* the kind says it only adds */
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        change_catalog(NULL, hostile[i]);
        struct facts *f = open_facts(&changed);
        uint64_t n = add(f, "note", "org", "{\"text\":\"good\"}");
        struct facts_answer a;
        enum rc rc = try_add(f, "evil", "org", "{\"text\":\"evil\"}", NULL, &a);
        if (rc != E_DENIED && rc != E_INVALID) failed("%s: %d", hostile[i], rc);
        assert_non_null(strstr(cx.message, "project.sql of the kind \"evil\""));
        assert_int_equal(add(f, "note", "org", "{\"text\":\"good\"}"), n + 1);
        facts_close(f);
    }
    assert_int_equal(sound_log(), 2 * sizeof hostile / sizeof *hostile);
    assert_string_equal(rows("SELECT count(*), min(text) FROM fact_note"), "42|good\n");
    assert_string_equal(rows("SELECT count(*) FROM p_evil"), "0\n");
}

static void test_facts_tables__definitions_stay_at_home(void **state)
{
    (void)state;
    static const char *const hostile[] = {
        "CREATE TABLE p_note (n INTEGER PRIMARY KEY) STRICT",
        "CREATE TABLE bodies (n INTEGER PRIMARY KEY) STRICT",
        "CREATE INDEX p_evil_i ON p_note (text)",
        "CREATE INDEX p_note_i ON p_evil (text)",
        "CREATE VIEW facts AS SELECT 1",
        "CREATE VIEW fact_note AS SELECT 1",
        "CREATE TRIGGER p_evil AFTER INSERT ON entries BEGIN DELETE FROM entries; END",
        "CREATE VIRTUAL TABLE p_evil_v USING fts5(x)",
        "DROP TABLE bodies",
        "ALTER TABLE bodies RENAME TO p_evil",
        "DELETE FROM entries",
        "CREATE TABLE p_evil_copy AS SELECT * FROM bodies",
    };
    struct facts *f = open_facts(catalog);
    add(f, "note", "org", "{\"text\":\"good\"}");
    facts_close(f);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        change_catalog(hostile[i], "INSERT INTO p_evil VALUES (:n, 'x')");
        enum rc rc = try_open(&changed, &f);
        if (rc == OK) failed("%s", hostile[i]);
        assert_null(f);
    }
    f = open_facts(catalog);
    assert_int_equal(add(f, "note", "org", "{\"text\":\"good\"}"), 1);
    facts_close(f);
    assert_int_equal(sound_log(), 2);
    assert_string_equal(rows("SELECT n, text FROM fact_note"), "0|good\n1|good\n");
}

static void test_facts_tables__sql_is_stopped(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *why;
    } hungry[] = {
        {"INSERT INTO p_evil SELECT :n, count(*) FROM json_each(:payload, '$.l') a, json_each(:payload, '$.l') b, "
         "json_each(:payload, '$.l') c, json_each(:payload, '$.l') d",
         "too many steps"},
        {"INSERT INTO p_evil SELECT :n, max(x) FROM (SELECT DISTINCT a.key || '.' || b.key || :payload AS x "
         "FROM json_each(:payload, '$.l') a, json_each(:payload, '$.l') b)",
         "too much memory"},
        {"INSERT INTO p_evil VALUES (:n, replace(:payload, '1', :payload))", "too big"},
    };
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    buf_cstr(&payload, "{\"l\":[1");
    for (int i = 0; i < 1500; i++) buf_cstr(&payload, ",1");
    buf_cstr(&payload, "],\"text\":\"\"}");
    buf_char(&payload, 0);
    struct catalog_schema one = {.type = SCHEMA_INTEGER, .most = 9},
                          list = {.type = SCHEMA_ARRAY, .most = 9999, .items = &one};
    struct catalog_field fields[] = {{STR("l"), true, list}, {STR("text"), true, {.type = SCHEMA_STRING, .most = 10}}};
    for (size_t i = 0; i < sizeof hungry / sizeof *hungry; i++) {
        struct catalog_kind *evil = change_catalog(NULL, hungry[i].sql);
        evil->payload.fields = fields;
        evil->payload.n_fields = 2;
        struct facts *f = open_facts(&changed);
        struct facts_answer a;
        assert_int_not_equal(try_add(f, "evil", "org", payload.p, NULL, &a), OK);
        if (!strstr(cx.message, hungry[i].why) && !strstr(cx.message, "too long"))
            failed("%s: %s", hungry[i].sql, cx.message);
        add(f, "note", "org", "{\"text\":\"good\"}");
        facts_close(f);
    }
    assert_int_equal(sound_log(), 3);
}

/* --- definitions that change */

static void add_many(struct facts *f, int n)
{
    struct body b[500];
    for (int i = 0; i < n;) {
        size_t k = 0;
        for (; k < 500 && i < n; k++, i++)
            b[k] = i % 3 ? make_body("note", "org", arena_printf(&cx.arena, "{\"text\":\"%d\"}", i).p)
                         : make_body("person", i % 2 ? ANN : BEN, PERSON("x"));
        struct facts_request r = {.facts = b, .n = k};
        struct facts_answer a;
        if (facts_append(&cx, f, &r, &a) != OK) failed("%s", cx.message);
    }
}

static struct catalog_kind *kind_of(const char *key)
{
    for (size_t i = 0; i < changed.n_kinds; i++)
        if (str_eq(kinds[i].key, str_from(key))) return &kinds[i];
    return NULL;
}

/* Notes with the length of their text besides; facts from `fails_at` on cannot be put into the table. */
static void change_notes(int fails_at)
{
    change_catalog(NULL, "INSERT INTO p_evil VALUES (:n, 'x')");
    struct str *texts = arena_array(&cx.arena, struct str, 5);
    texts[0] =
        arena_printf(&cx.arena,
                     "CREATE TABLE p_note (n INTEGER PRIMARY KEY CHECK (n < %d), at INTEGER, subject TEXT, actor "
                     "TEXT, via TEXT, size INTEGER) STRICT",
                     fails_at);
    texts[1] = STR("CREATE INDEX p_note_size ON p_note (size)");
    texts[2] = STR("CREATE VIEW fact_note AS SELECT * FROM p_note");
    texts[3] = STR("INSERT INTO p_note VALUES (:n, :at, :subject, :actor, :via, length(:payload ->> 'text'))");
    struct catalog_kind *note = kind_of("note");
    note->define = texts;
    note->n_define = 3;
    note->project = texts + 3;
    note->n_project = 1;
}

static int steps;

static void count_steps(struct ctx *own, const char *what, int64_t done, int64_t total)
{
    (void)own;
    assert_non_null(what);
    assert_true(done <= total);
    steps++;
}

static void test_facts_tables__changed_definitions(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog), *old;
    add_many(f, 2600);
    facts_close(f);
    old = open_facts(catalog);
    change_notes(1000000);
    cx.progress = count_steps;
    steps = 0;
    f = open_facts(&changed);
    assert_int_equal(steps, 2);
    assert_string_equal(rows("SELECT count(*), sum(size), max(n) FROM fact_note"), "1733|6194|2599\n");
    assert_string_equal(rows("SELECT count(*) FROM fact_person"), "2\n");
    assert_string_equal(rows("SELECT name FROM sqlite_schema WHERE name GLOB 'q_*'"), "");
    add(f, "note", "org", "{\"text\":\"12345\"}");
    assert_string_equal(rows("SELECT size FROM fact_note WHERE n = 2600"), "5\n");
    /* who still works with the old tables is told, and adds nothing */
    struct facts_answer a;
    assert_int_equal(try_add(old, "note", "org", "{\"text\":\"x\"}", NULL, &a), E_CONFLICT);
    assert_non_null(strstr(cx.message, "start again"));
    facts_close(old);
    facts_close(f);
    steps = 0;
    f = open_facts(&changed); /* nothing to do the second time */
    assert_int_equal(steps, 0);
    facts_close(f);
    cx.progress = NULL;
    assert_int_equal(sound_log(), 2601);
}

/* What stops in the middle leaves the old tables as they are, and goes on from there. */
static void test_facts_tables__interrupted(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog), *g;
    add_many(f, 2600);
    change_notes(1500);
    assert_int_equal(try_open(&changed, &g), E_CORRUPT);
    assert_non_null(strstr(cx.message, "fact 1501 cannot be put into its tables"));
    assert_string_equal(rows("SELECT next FROM projecting"), "1000\n");
    assert_string_equal(rows("SELECT count(*) FROM q_note"), "666\n");
    add(f, "note", "org", "{\"text\":\"meanwhile\"}");
    assert_string_equal(rows("SELECT count(*), max(text) FROM fact_note"), "1734|meanwhile\n");
    facts_close(f);
    assert_int_equal(try_open(&changed, &g), E_CORRUPT); /* it goes on, and meets the same */
    assert_string_equal(rows("SELECT next FROM projecting"), "1000\n");
    change_notes(1000000);
    f = open_facts(&changed);
    assert_string_equal(rows("SELECT count(*), sum(size) FROM fact_note"), "1734|6203\n");
    facts_close(f);
    f = open_facts(catalog); /* and back again */
    facts_close(f);
    assert_string_equal(rows("SELECT count(*), max(text) FROM fact_note"), "1734|meanwhile\n");
    struct facts_replayed r;
    assert_int_equal(facts_replay(&cx, folder, catalog, INT64_MAX, path_of("x.db"), &r), OK);
    assert_string_equal(all_tables(path_of("x.db")), all_tables(path_of("ledger.db")));
}

/* Facts that others have put into the log are put into the tables when it is opened. */
static void test_facts_tables__catches_up(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    add(f, "note", "org", "{\"text\":\"a\"}");
    for (int i = 0; i < 3; i++) {
        struct body b = make_body(i ? "note" : "unheard_of", "org", "{\"text\":\"b\"}");
        struct log_fact fact;
        assert_int_equal(log_fact_make(&cx, &b, &fact), OK);
        assert_int_equal(log_put(&cx, facts_log(f), &fact, NULL), OK);
    }
    facts_close(open_facts(catalog));
    assert_string_equal(rows("SELECT n, text FROM fact_note"), "0|a\n2|b\n3|b\n");
    assert_string_equal(rows("SELECT n, kind FROM facts ORDER BY n"), "0|note\n1|unheard_of\n2|note\n3|note\n");
    /* and also when it is open */
    struct body b = make_body("note", "org", "{\"text\":\"c\"}");
    struct log_fact fact;
    assert_int_equal(log_fact_make(&cx, &b, &fact), OK);
    assert_int_equal(log_put(&cx, facts_log(f), &fact, NULL), OK);
    assert_int_equal(add(f, "note", "org", "{\"text\":\"d\"}"), 5);
    assert_string_equal(rows("SELECT n, text FROM fact_note WHERE n > 3"), "4|c\n5|d\n");
    facts_close(f);
}

static void test_facts_tables__schemas_only_grow(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog), *g = NULL;
    facts_close(f);
    change_catalog(NULL, "INSERT INTO p_evil VALUES (:n, 'x')");
    kind_of("person")->kept = true; /* more than before: fine */
    f = open_facts(&changed);
    facts_close(f);
    assert_int_equal(try_open(catalog, &g), E_DENIED); /* it is remembered */
    assert_non_null(strstr(cx.message, "facts/person/schema.yaml: kept is taken back"));
    kind_of("note")->subjects = 1;
    assert_int_equal(try_open(&changed, &g), E_DENIED);
    assert_non_null(strstr(cx.message, "facts/note/schema.yaml: subjects lack a type"));
}

/* --- fsck of the tables: each change by SQL, as an owner of the file could make it */

static struct facts_fsck check_all(struct buf *said)
{
    struct log_reader *r = NULL;
    struct facts_fsck c = {.found = (void (*)(void *, const char *))buf_cstr, .arg = said};
    if (log_reader_open(&cx, folder, &r) != OK || facts_fsck(&cx, r, catalog, &c) != OK) failed("%s", cx.message);
    log_reader_close(r);
    return c;
}

static void change(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(store_open_file(&cx, path_of("ledger.db"), STORE_WRITE, &db), OK);
    if (store_exec(&cx, db, sql) != OK) failed("%s: %s", sql, cx.message);
    store_close(db);
}

static void tamper(const char *sql, const char *names)
{
    struct str bytes = file_bytes(&cx.arena, path_of("ledger.db"));
    FILE *f = fopen(path_of("kept"), "wb");
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
    change(sql);
    scoped_buf said;
    buf_init(&said, 0);
    struct facts_fsck c = check_all(&said);
    if (c.problems == 0 || !str_has(buf_view(&said), str_from(names)))
        failed("%s\n  said: " STR_FMT, sql, STR_ARG(buf_view(&said)));
    assert_int_equal(rename(path_of("kept"), path_of("ledger.db")), 0);
}

static void test_facts_tables__fsck_names_what_was_changed(void **state)
{
    (void)state;
    struct facts *f = open_facts(catalog);
    scoped_buf said;
    buf_init(&said, 0);
    add(f, "person", ANN, PERSON("Ann"));
    add(f, "person", BEN, PERSON("Ben"));
    for (int i = 0; i < 5; i++) add(f, "note", "org", "{\"text\":\"a\"}");
    add(f, "policy", "obligation:a/b",
        "{\"mode\":\"block\",\"parameters\":[],\"tolerance\":0,\"effective_at\":1,\"reason\":\"x\"}");
    facts_close(f);
    struct facts_fsck c = check_all(&said);
    assert_int_equal(c.problems, 0);
    assert_int_equal(c.rows, 8 + 2 + 2 + 5 + 1);
    assert_int_equal(c.others + c.waiting, 0);
    tamper("UPDATE p_policy SET mode = 'observe'", "table p_policy, row (obligation:a/b, ): its mode is not what");
    tamper("UPDATE p_policy SET subject = 'obligation:a/c'", "table p_policy, row (obligation:a/b, ): is missing");
    tamper("UPDATE p_policy SET subject = 'obligation:a/c'", "table p_policy, row (obligation:a/c, ): no fact says so");
    tamper("DELETE FROM p_note WHERE n = 3", "table p_note, row (3): is missing");
    tamper("INSERT INTO p_note SELECT n + 90, at, subject, actor, via, text, project FROM p_note WHERE n = 3",
           "table p_note, row (93): no fact says so");
    tamper("UPDATE p_facts SET subject = NULL WHERE n = 2", "table p_facts, row (2): its subject is not what");
    tamper("UPDATE p_facts SET via = 'gate' WHERE n = 2", "table p_facts, row (2): its via is not what");
    tamper("DELETE FROM p_person", "table p_person, row (" ANN "): is missing");
    tamper("UPDATE p_person_addresses SET value = 'b@example.org'", "table p_person_addresses, row (0, 0): its value");
    tamper("DROP VIEW fact_policy; CREATE VIEW fact_policy AS SELECT * FROM p_policy WHERE mode <> 'block'",
           "fact_policy: is not defined as the catalog does");
    tamper("DROP VIEW fact_policy", "fact_policy: is missing");
    tamper("DROP TABLE p_note", "p_note: is missing");
    tamper("ALTER TABLE p_note ADD COLUMN more TEXT", "p_note: is not defined as the catalog does");
    tamper("CREATE VIEW fact_note_more AS SELECT 1", "fact_note_more: the catalog makes no such");
    tamper("DROP VIEW facts", "facts: is missing");
    /* what another version made is no damage, and is made anew when it is opened */
    change("UPDATE projections SET digest = '' WHERE kind = 'note'; UPDATE p_note SET text = 'z'");
    c = check_all(&said);
    assert_int_equal(c.problems, 0);
    assert_int_equal(c.others, 1);
    facts_close(open_facts(catalog));
    c = check_all(&said);
    assert_int_equal(c.problems + c.others, 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_facts_tables__##name, facts_setup, facts_teardown)
    const struct CMUnitTest tests[] = {
        CASE(sql_stays_at_home), CASE(definitions_stay_at_home),
        CASE(sql_is_stopped),    CASE(changed_definitions),
        CASE(interrupted),       CASE(catches_up),
        CASE(schemas_only_grow), CASE(fsck_names_what_was_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
