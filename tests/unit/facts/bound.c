/* facts/bound: `:payload ->> 'key'` as a parameter means what SQLite's ->> means. */
#include "facts/bound.h" /* before cmocka, whose fail is a macro */
#include "ledger/canonical.h"
#include "store/store.h"

#include "unit.h"

static struct ctx cx;
static sqlite3 *db;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return store_open_memory(&cx, "CREATE TABLE t (a, b)", &db) != OK;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ctx_release(&cx);
    return 0;
}

static const struct catalog_field fields[] = {{STR("a"), false, {.type = SCHEMA_STRING}},
                                              {STR("l"), false, {.type = SCHEMA_ARRAY}},
                                              {STR("o"), false, {.type = SCHEMA_OBJECT}}};
static const struct catalog_schema schema = {.type = SCHEMA_OBJECT, .fields = fields, .n_fields = 3};

static const char *rewritten(const char *sql, struct bound *b)
{
    return arena_cstr(&cx.arena, bound_rewrite(&cx.arena, str_from(sql), &schema, b));
}

static void test_facts_bound__rewritten(void **state)
{
    (void)state;
    static const struct {
        const char *is, *should;
    } cases[] = {
        {"SELECT :payload ->> 'a'", "SELECT :payload_a"},
        {"VALUES (:n, :payload->>'a', :payload  ->>\n 'b_2')", "VALUES (:n, :payload_a, :payload_b_2)"},
        {"SELECT coalesce(:payload ->> 'a', '') = :payload ->> 'a'", "SELECT coalesce(:payload_a, '') = :payload_a"},
        {"SELECT :payload ->> 'a' ->> 'b'", "SELECT :payload_a ->> 'b'"},
        {"SELECT key, value ->> 'x' FROM json_each(:payload, '$.l')",
         "SELECT key, value ->> 'x' FROM json_each(:payload_l)"},
        {"SELECT idle FROM json_each(:payload,  '$.l') AS paths", "SELECT idle FROM json_each(:payload_l) AS paths"},
    };
    static const char *const same[] = {
        "SELECT 'x' || :payload ->> 'a'",
        "SELECT -:payload ->> 'a'",
        "SELECT :payload ->> 'a' COLLATE NOCASE",
        "SELECT :payload ->> '$.a'",
        "SELECT :payload -> 'a'",
        "SELECT :payload ->> 'A'",
        "SELECT :payload ->> ''",
        "SELECT :payload ->> a",
        "SELECT :payload",
        "SELECT :payloads ->> 'a'",
        "SELECT json(:n) -> :payload ->> 'a'",
        "SELECT json(:payload)",
        "SELECT path FROM json_each(:payload, '$.l')",
        "SELECT j.id FROM json_each(:payload, '$.l') j",
        "SELECT ROOT FROM json_each(:payload, '$.l') j",
        "SELECT key FROM json_each(:payload, '$.o')", /* its keys could be anything */
        "SELECT key FROM json_each(:payload, '$.a')",
        "SELECT key FROM json_each(:payload, '$.l.m')",
        "SELECT key FROM json_each(:payload, '$.l[1]')",
        "SELECT key FROM json_tree(:payload, '$.l')",
        "SELECT key FROM my_json_each(:payload, '$.l')",
        "SELECT ~ :payload ->> 'a'",
        "SELECT 1 * :payload ->> 'a'",
        "SELECT :payload ->> 'a",
    };
    struct bound b;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(rewritten(cases[i].is, &b), cases[i].should);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_string_equal(rewritten(same[i], &b), same[i]);
        assert_int_equal(b.n, 0);
    }
}

/* Every value that a payload may hold, in every place where the SQL of kinds has one. */
static void test_facts_bound__means_the_same(void **state)
{
    (void)state;
    static const char *const payloads[] = {
        "{\"a\":\"text\",\"b\":1}",
        "{\"a\":\"\",\"b\":-9007199254740991}",
        "{\"a\":\"q\\\"b\\\\s\\n\\u001fx\",\"b\":true}",
        "{\"a\":\"\xc3\xa4 \xf0\x9f\x98\x80\",\"b\":false}",
        "{\"a\":[1,\"x\",{\"c\":null}],\"b\":{\"a\":\"inner\",\"c\":[true]}}",
        "{\"a\":null}",
        "{\"l\":[{\"x\":\"q\\\"\\u0007\"},{},[2],\"s\",null,true,-3]}",
        "{\"l\":[]}",
        "{\"b\":\"true\",\"aa\":5}",
        "{\"a\":\"12\",\"b\":\"null\"}",
        "{}",
    };
    static const char *const statements[] = {
        "SELECT quote(:payload ->> 'a'), typeof(:payload ->> 'a')",
        "SELECT quote(:payload ->> 'b'), typeof(:payload ->> 'b')",
        "SELECT quote(coalesce(:payload ->> 'a', 'none')), quote(nullif(:payload ->> 'b', 1))",
        "SELECT quote(:payload ->> 'b' ->> 'a'), :payload ->> 'a' = :payload ->> 'b'",
        "SELECT group_concat(key || quote(value) || type || quote(atom)),"
        " count(*) FROM json_each(:payload, '$.l')",
        "SELECT group_concat(quote(iif(type = 'object', value ->> 'x', 5))), :n FROM json_each(:payload, '$.l')",
        "SELECT CASE WHEN :payload ->> 'a' = 'text' THEN 1 ELSE 2 END, (SELECT count(*) FROM json_each(:payload))",
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        for (size_t k = 0; k < sizeof payloads / sizeof *payloads; k++) {
            scoped_stmt *plain = NULL, *bound = NULL;
            struct bound b;
            struct str payload = str_from(payloads[k]);
            bool row;
            assert_int_equal(store_prepare(&cx, db, str_from(statements[i]), &plain), OK);
            assert_int_equal(
                store_prepare(&cx, db, bound_rewrite(&cx.arena, str_from(statements[i]), &schema, &b), &bound), OK);
            assert_true(b.n > 0);
            bound_find(&b, bound);
            bound_bind(&cx.arena, &b, bound, payload);
            sqlite3_stmt *both[] = {plain, bound};
            for (size_t s = 0; s < 2; s++) {
                int at = sqlite3_bind_parameter_index(both[s], ":payload");
                if (at) store_bind_str(both[s], at, payload);
                assert_int_equal(store_step(&cx, both[s], &row), OK);
                assert_true(row);
            }
            for (int c = 0; c < 2; c++) {
                struct str x = store_column_str(plain, c), y = store_column_str(bound, c);
                if (sqlite3_column_type(plain, c) != sqlite3_column_type(bound, c) || !str_eq(x, y))
                    fail_msg("%s with %s, column %d: " STR_FMT ", not " STR_FMT, statements[i], payloads[k], c,
                             STR_ARG(y), STR_ARG(x));
            }
        }
}

/* More fields than there is room for stay as they are. */
static void test_facts_bound__very_many(void **state)
{
    (void)state;
    scoped_buf sql;
    struct bound b;
    scoped_stmt *st = NULL;
    bool row;
    buf_init(&sql, 0);
    buf_cstr(&sql, "SELECT 0");
    for (int i = 0; i < 40; i++) buf_printf(&sql, ", :payload ->> 'f%d'", i);
    assert_int_equal(store_prepare(&cx, db, bound_rewrite(&cx.arena, buf_view(&sql), &schema, &b), &st), OK);
    assert_int_equal(b.n, BOUND_FIELDS);
    bound_find(&b, st);
    bound_bind(&cx.arena, &b, st, STR("{\"f0\":7,\"f39\":8}"));
    store_bind_str(st, sqlite3_bind_parameter_index(st, ":payload"), STR("{\"f0\":7,\"f39\":8}"));
    assert_int_equal(store_step(&cx, st, &row), OK);
    assert_int_equal(sqlite3_column_int(st, 1), 7);
    assert_int_equal(sqlite3_column_int(st, 40), 8);
    assert_int_equal(sqlite3_column_type(st, 20), SQLITE_NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_facts_bound__rewritten),
        TEST(test_facts_bound__means_the_same),
        TEST(test_facts_bound__very_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
