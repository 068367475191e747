/* An import is done as it was told, or not at all: also when somebody changes an item in between, and when the unit
 * fails at its last row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "../facts/facts_data.h"
#include "exchange/import.h"

static struct facts *f;
static struct log_reader *reader;
static const struct records_by operator= {.actor = {{"unknown", 7}, {"", 0}, {"operator", 8}}};

static int setup(void **state)
{
    int rc = facts_setup(state);
    if (rc) return rc;
    f = open_facts(catalog);
    add(f, "person", ANN, PERSON("ann"));
    add(f, "person", BEN, PERSON("ben"));
    return log_reader_open(&cx, folder, &reader);
}

static int teardown(void **state)
{
    log_reader_close(reader);
    facts_close(f);
    return facts_teardown(state);
}

static struct exchange *read_text(const char *kind, const char *text)
{
    struct exchange *e;
    FILE *file = tmpfile();
    assert_non_null(file);
    (void)fputs(text, file);
    rewind(file);
    if (log_reader_refresh(&cx, reader) != OK) failed("%s", cx.message);
    const struct exchange_options o = {.ledger = log_reader_db(reader),
                                       .catalog = catalog,
                                       .kind = catalog_find_record(catalog, str_from(kind)),
                                       .match = STR(""),
                                       .owner = STR("")};
    if (exchange_read(&cx, &o, fileno(file), &e) != OK) failed("%s", cx.message);
    (void)fclose(file);
    return e;
}

static int64_t count(void)
{
    int64_t n;
    if (log_reader_refresh(&cx, reader) != OK) failed("%s", cx.message);
    if (store_get_int(&cx, log_reader_db(reader), "SELECT count(*) FROM fact_record_versions", &n) != OK)
        failed("%s", cx.message);
    return n;
}

static void import(const char *kind, const char *text)
{
    struct exchange *e = read_text(kind, text);
    if (exchange_apply(&cx, e, f, &operator, STR("")) != OK) failed("%s", cx.message);
    exchange_close(e);
}

static void test_exchange_import__what_changed_in_between_is_not_overwritten(void **state)
{
    (void)state;
    import("policy", "title\nA\nB\n");
    struct exchange *e = read_text("policy", "number,title\n1,A one\n2,B two\n,C\n");
    assert_int_equal(exchange_counts(e)->changed, 2);
    char outcome[65];
    memcpy(outcome, exchange_outcome(e), sizeof outcome);
    import("policy", "number,title\n2,B else\n");
    assert_int_equal(count(), 3);
    assert_int_equal(exchange_apply(&cx, e, f, &operator, STR("")), E_CONFLICT);
    assert_non_null(strstr(cx.message, "line 3: "));
    assert_int_equal(count(), 3); /* nor the first row, nor the new one */
    exchange_close(e);
    /* read again it is another outcome, and can be done */
    e = read_text("policy", "number,title\n1,A one\n2,B two\n,C\n");
    assert_string_not_equal(exchange_outcome(e), outcome);
    assert_int_equal(exchange_apply(&cx, e, f, &operator, STR("")), OK);
    assert_int_equal(count(), 6);
    exchange_close(e);
}

static void test_exchange_import__an_owner_who_leaves_in_between(void **state)
{
    (void)state;
    struct exchange *e = read_text("policy", "title,owner\nA,\nB,ben@example.org\n");
    assert_int_equal(exchange_counts(e)->faults, 0);
    add(f, "person", BEN, "{\"name\":\"ben\",\"addresses\":[\"ben@example.org\"],\"accounts\":[],\"state\":\"left\"}");
    assert_int_equal(exchange_apply(&cx, e, f, &operator, STR("")), E_INVALID);
    assert_non_null(strstr(cx.message, "line 3: owner: "));
    assert_int_equal(count(), 0);
    exchange_close(e);
}

static void test_exchange_import__same_file_same_outcome(void **state)
{
    (void)state;
    struct exchange *a = read_text("policy", "title\nA\nB\n"), *b = read_text("policy", "title\nA\nB\n");
    struct exchange *c = read_text("policy", "title\nA\nC\n");
    assert_string_equal(exchange_outcome(a), exchange_outcome(b));
    assert_string_not_equal(exchange_outcome(a), exchange_outcome(c));
    exchange_close(a);
    exchange_close(b);
    exchange_close(c);
}

static void test_exchange_import__faults_do_nothing(void **state)
{
    (void)state;
    struct exchange *e = read_text("policy", "title,owner\nA,\nB,nobody@example.org\n");
    assert_int_equal(exchange_counts(e)->faults, 1);
    assert_int_equal(exchange_apply(&cx, e, f, &operator, STR("")), E_INVALID);
    assert_int_equal(count(), 0);
    exchange_close(e);
}

#define T(name) cmocka_unit_test_setup_teardown(test_exchange_import__##name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {T(what_changed_in_between_is_not_overwritten), T(an_owner_who_leaves_in_between),
                                       T(same_file_same_outcome), T(faults_do_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
