/* Rules over the organization: judged like those over repositories, put together with these, asked again when what they
 * read has changed. */
#include "base/time.h"
#include "catalog/views.h"
#include "rules/case_items.h"
#include "rules/rules.h"

#include "unit.h"

#define NOW 1780272000 /* 2026-06-01T00:00:00Z */

static struct ctx cx;
static struct catalog *catalog;
static sqlite3 *db;
static struct obligation_result *results;
static size_t removed, authorized; /* places of two points */

static size_t place(const char *task, const char *key)
{
    size_t at = 0;
    for (size_t i = 0; i < catalog->n_tasks; i++)
        for (size_t k = 0; k < catalog->tasks[i].n_obligations; k++, at++)
            if (str_eq(catalog->tasks[i].key, str_from(task)) &&
                str_eq(catalog->tasks[i].obligations[k].key, str_from(key)))
                return at;
    fail_msg("no point %s/%s", task, key);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    assert_int_equal(catalog_builtin(&cx, &catalog), OK);
    assert_int_equal(store_open_memory(&cx, NULL, &db), OK);
    assert_int_equal(views_make_facts(&cx, db, catalog->kinds, catalog->n_kinds), OK);
    results = arena_array(&cx.arena, struct obligation_result, rules_count_points(catalog) + 1);
    removed = place("production-data-safeguards", "copy-removed");
    authorized = place("production-data-safeguards", "copy-authorized");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    catalog_free(catalog);
    ctx_release(&cx);
    return 0;
}

static void put(const char *items)
{
    json_t *j = json_loads(items, 0, NULL);
    if (case_items_put(&cx, db, catalog, j, NOW) != OK) fail_msg("%s", cx.message);
    json_decref(j);
}

static void ask(const bool *wanted)
{
    struct own *own;
    assert_int_equal(rules_own_read(&cx, db, NOW, STR_NONE, &own), OK);
    const struct organization_options o = {.at = NOW, .own = own, .texts = true, .wanted = wanted};
    if (rules_organization(&cx, db, catalog, &o, results) != OK) fail_msg("%s", cx.message);
}

static const struct obligation_result *stands(size_t at)
{
    struct standing s;
    const struct standing_options o = {.at = NOW};
    if (rules_standing(&cx, db, catalog, &o, &s) != OK) fail_msg("%s", cx.message);
    for (size_t i = 0; i < s.n_tasks; at -= s.tasks[i++].n_obligations)
        if (at < s.tasks[i].n_obligations) return &s.tasks[i].obligations[at];
    fail_msg("there is no such point");
    return NULL;
}

static const char copies[] =
    "{\"data_copy\": [{\"id\": \"late\", \"state\": \"approved\", \"approved\": true, \"content\": {\"until\": "
    "\"2026-05-20\"}},"
    "{\"id\": \"used\", \"state\": \"approved\", \"approved\": true, \"content\": {\"until\": \"2026-06-10\"}},"
    "{\"id\": \"gone\", \"state\": \"destroyed\", \"content\": {\"until\": \"2026-05-01\"}}]}";

static void test_rules_organization__counts_and_findings(void **state)
{
    (void)state;
    put(copies);
    ask(NULL);
    const struct obligation_result *o = &results[removed];
    assert_int_equal(o->verdict, VERDICT_VIOLATED);
    assert_int_equal(o->population, 3);
    assert_int_equal(o->judged, 2);
    assert_int_equal(o->failing, 1);
    assert_int_equal(o->n_findings, 1);
    assert_true(str_eq(o->findings[0].subject, STR("record:data_copy/late")));
    assert_true(str_has(o->findings[0].texts[LANG_EN].message, STR("COP-1")));
    assert_true(str_has(o->findings[0].texts[LANG_FI].fix, STR("COP-1")));
    assert_int_equal(o->findings[0].at, NOW - 11 * DAY_SECONDS); /* the day after its last */
    assert_int_equal(o->n_shown, 1);
    assert_int_equal(o->next, NOW + 10 * DAY_SECONDS); /* when the one in use is past its end */
    size_t at = 0;
    for (size_t i = 0; i < catalog->n_tasks; i++)
        for (size_t t = 0; t < catalog->tasks[i].n_obligations; t++, at++)
            assert_int_equal(results[at].def != NULL, catalog->tasks[i].obligations[t].org.sql.n > 0);
}

/* What somebody typed in is weak; that somebody else approved it makes it fair. */
static void test_rules_organization__assurance(void **state)
{
    (void)state;
    put("{\"data_copy\": [{\"id\": \"a\", \"state\": \"approved\", \"approved\": true, \"content\": {}}]}");
    ask(NULL);
    assert_int_equal(results[authorized].verdict, VERDICT_MET);
    assert_int_equal(results[authorized].assurance, ASSURANCE_FAIR);
    put("{\"data_copy\": [{\"id\": \"b\", \"state\": \"approved\", \"content\": {}}]}");
    ask(NULL);
    assert_int_equal(results[authorized].verdict, VERDICT_VIOLATED);
    assert_int_equal(results[authorized].assurance, ASSURANCE_WEAK);
}

static void test_rules_organization__in_the_standing(void **state)
{
    (void)state;
    assert_int_equal(stands(removed)->verdict, VERDICT_NO_EVIDENCE);
    assert_int_equal(stands(removed)->population, 0);
    put(copies);
    const struct obligation_result *o = stands(removed);
    assert_int_equal(o->verdict, VERDICT_VIOLATED);
    assert_int_equal(o->population, 3);
    assert_int_equal(o->failing, 1);
    assert_int_equal(o->n_findings, 1);
    ask(NULL);
    const struct standing_options known = {.at = NOW, .organization = results};
    struct standing s;
    assert_int_equal(rules_standing(&cx, db, catalog, &known, &s), OK);
    assert_int_equal(s.next, NOW + DAY_SECONDS);
}

static void test_rules_organization__exceptions(void **state)
{
    (void)state;
    put(copies);
    assert_int_equal(store_exec(&cx, db,
                                "INSERT INTO p_waiver (n, at, subject, actor, via, about, until, reason) VALUES (50, 1,"
                                " 'obligation:production-data-safeguards/copy-removed', '', '',"
                                " 'record:data_copy/late', 1790000000, 'r')"),
                     OK);
    ask(NULL);
    assert_int_equal(results[removed].verdict, VERDICT_WAIVED);
    assert_int_equal(results[removed].failing, 0);
    assert_int_equal(results[removed].findings[0].exception, EXCEPTION_WAIVED);
}

static void test_rules_organization__only_those_wanted(void **state)
{
    (void)state;
    bool *wanted = arena_array(&cx.arena, bool, rules_count_points(catalog));
    wanted[removed] = true;
    ask(wanted);
    assert_non_null(results[removed].def);
    assert_null(results[authorized].def);
}

static void test_rules_organization__what_is_read(void **state)
{
    (void)state;
    struct view_reads of =
        view_reads_of(&cx, catalog, STR("SELECT 1 FROM item_data_copy JOIN item_service__endpoints"));
    struct view_reads all = view_reads_of(&cx, catalog, STR("SELECT 1 FROM Record_Steps, fact_verdicts_points"));
    struct view_reads none = view_reads_of(&cx, catalog, STR("SELECT 1 FROM commits"));
    struct view_reads roles = view_reads_of(&cx, catalog, STR("SELECT 1 FROM role_holders"));
    assert_true(of.any && all.any && !none.any && roles.any);
    const struct {
        const char *kind, *subject;
        bool of, all, roles;
    } rows[] = {
        {"record", "record:data_copy/a", true, true, false},
        {"step", "record:service/a", true, true, false},
        {"record", "record:policy/a", false, true, false},
        {"verdicts", "repo:a", false, true, false},
        {"note", "record:data_copy/a", false, false, false},
        {"erasure", "fact:3", true, true, true},
        {"role", "person:a", false, false, true},
        {"group", "group:a", false, false, true},
        {"person", "person:a", false, false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct view_reads new = view_reads_none(&cx, catalog);
        view_reads_add(&new, catalog, str_from(rows[i].kind), str_from(rows[i].subject));
        assert_int_equal(view_reads_meet(&of, &new, catalog), rows[i].of);
        assert_int_equal(view_reads_meet(&all, &new, catalog), rows[i].all);
        assert_int_equal(view_reads_meet(&roles, &new, catalog), rows[i].roles);
        assert_false(view_reads_meet(&none, &new, catalog));
    }
}

/* Every kind of field, those of many values and tables too, dates as seconds, nothing as NULL. */
static void test_rules_organization__views_of_items(void **state)
{
    (void)state;
    int64_t n;
    put("{\"service\": [{\"id\": \"a\", \"state\": \"confirmed\", \"approved\": true, \"content\": {\"public\": true,"
        " \"purpose\": \"\", \"repositories\": [\"repo:aaaaaaaaaaaaaaaaaaaa\"], \"endpoints\": [{\"address\": \"x\","
        " \"public\": false}]}}], \"release\": [{\"id\": \"r\", \"content\": {\"version\": \"1.2\", \"released\":"
        " \"2026-01-02\"}}]}");
    assert_int_equal(views_of_items(&cx, db, catalog->records, catalog->n_records), OK);
    static const char *const holds[] = {
        "SELECT public = 1 AND purpose IS NULL AND approved AND state = 'confirmed' AND name = 'SER-1' FROM "
        "item_service",
        "SELECT value = 'repo:aaaaaaaaaaaaaaaaaaaa' AND seq = 0 FROM item_service__repositories",
        "SELECT address = 'x' AND public = 0 AND protocol IS NULL FROM item_service__endpoints",
        "SELECT version = '1.2' AND released = 1767312000 AND revision = 1 AND NOT approved FROM item_release",
        "SELECT count(*) = 1 FROM record_steps WHERE current AND approves",
    };
    for (size_t i = 0; i < sizeof holds / sizeof *holds; i++) {
        if (store_get_int(&cx, db, holds[i], &n) != OK) fail_msg("%s: %s", holds[i], cx.message);
        if (n != 1) fail_msg("%s", holds[i]);
    }
}

/* A rule that an organization wrote wrong costs its own point, and no other. */
static void test_rules_organization__a_faulty_rule_takes_nothing_else_along(void **state)
{
    static const char *const faulty[] = {
        "SELECT 'record:data_copy/late' AS subject, 7 AS ok, NULL AS at, NULL AS due, 'probe' AS via",
        "SELECT 'record:data_copy/late' AS subject, json('{') AS ok, NULL AS at, NULL AS due, 'probe' AS via"};
    (void)state;
    struct catalog_obligation *o = NULL;
    size_t at = removed;
    for (size_t i = 0; i < catalog->n_tasks && !o; at -= catalog->tasks[i++].n_obligations)
        if (at < catalog->tasks[i].n_obligations)
            o = (struct catalog_obligation *)(uintptr_t)&catalog->tasks[i].obligations[at];
    assert_non_null(o);
    if (!o) return; /* which the compiler cannot know */
    const struct str was = o->org.sql;
    ask(NULL);
    const int64_t others = results[authorized].judged;
    assert_false(results[removed].stopped);
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        o->org.sql = str_from(faulty[i]);
        ask(NULL);
        assert_true(results[removed].stopped);
        assert_int_equal(results[removed].verdict, VERDICT_NO_EVIDENCE);
        assert_true(str_has(results[removed].settles, STR("faulty")));
        assert_int_equal(results[authorized].judged, others);
    }
    o->org.sql = was;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_rules_organization__counts_and_findings),
        TEST(test_rules_organization__assurance),
        TEST(test_rules_organization__in_the_standing),
        TEST(test_rules_organization__exceptions),
        TEST(test_rules_organization__only_those_wanted),
        TEST(test_rules_organization__what_is_read),
        TEST(test_rules_organization__views_of_items),
        TEST(test_rules_organization__a_faulty_rule_takes_nothing_else_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
