/* rules/own and rules/standing: what an organization made its own, and its repositories put together. */
#include "rules/own.h"

#include "base/time.h"
#include "rules/verdicts.h"

#include <stdio.h>

#include "fact_tables.h"
#include "unit.h"

#define REPO "repo:aaaaaaaaaaaaaaaaaaaa"
#define OTHER "repo:bbbbbbbbbbbbbbbbbbbb"
#define NOW 1767225600

static struct ctx cx;
static sqlite3 *db;
static struct catalog *catalog;
static const struct catalog_obligation *document, *practice; /* two points of the real catalog */

static void run(const char *sql)
{
    assert_int_equal(store_exec(&cx, db, sql), OK);
}

static const struct catalog_obligation *find(const char *task, const char *key)
{
    const struct catalog_task *t = catalog_find_task(catalog, str_from(task));
    assert_non_null(t);
    for (size_t i = 0; i < t->n_obligations; i++)
        if (str_eq(t->obligations[i].key, str_from(key))) return &t->obligations[i];
    fail_msg("no point %s/%s", task, key);
    return NULL;
}

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    assert_int_equal(catalog_builtin(&cx, &catalog), OK);
    forget_rules_over_the_organization(catalog); /* they have a test of their own */
    assert_int_equal(store_open_memory(&cx, FACT_TABLES, &db), OK);
    document = find("code-review-rules", "rules-defined");
    practice = find("code-review-rules", "rules-enforced");
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

static struct own *own_of(const char *repository, int64_t now)
{
    struct own *own;
    assert_int_equal(rules_own_read(&cx, db, now, str_from(repository), &own), OK);
    return own;
}

static void test_rules_own__nothing(void **state)
{
    (void)state;
    struct own *own = own_of(REPO, NOW);
    assert_false(own_adopts(own, NULL, document));
    assert_int_equal(own_tolerance(own, document), 0);
    assert_false(own_waives(own, document));
    assert_int_equal(own_excuses(own, document, STR("repo:self"), 1), EXCEPTION_NONE);
    assert_int_equal(own_excuses(NULL, document, STR("repo:self"), 1), EXCEPTION_NONE);
}

static void test_rules_own__a_projects_own_word_holds_for_its_repositories(void **state)
{
    (void)state;
    run("INSERT INTO fact_repository VALUES (1, '" REPO "', 'a', 'project:pppppppppppppppppppp', 'active')");
    run("INSERT INTO fact_adoption VALUES (9, 'obligation:code-review-rules/rules-enforced', 1, NULL),"
        " (2, 'obligation:code-review-rules/rules-enforced', 0, 'project:pppppppppppppppppppp')");
    run("INSERT INTO fact_policy VALUES (3, 'obligation:code-review-rules/rules-enforced', 20, 5, NULL),"
        " (4, 'obligation:code-review-rules/rules-defined', 30, 1767225601, NULL)");
    assert_false(own_adopts(own_of(REPO, NOW), NULL, practice));
    assert_true(own_adopts(own_of(OTHER, NOW), NULL, practice));
    assert_int_equal(own_tolerance(own_of(OTHER, NOW), practice), 20);
    assert_int_equal(own_tolerance(own_of(OTHER, NOW), document), 0); /* not in force yet */
    assert_int_equal(own_tolerance(own_of(OTHER, NOW + 1), document), 30);
}

static void test_rules_own__waivers_end_and_can_be_withdrawn(void **state)
{
    (void)state;
    run("INSERT INTO fact_waiver VALUES (1, 'obligation:code-review-rules/rules-defined', '*', 1767225601, NULL),"
        " (2, 'obligation:code-review-rules/rules-enforced', '*', 1767225601, 1)");
    assert_true(own_waives(own_of(REPO, NOW), document));
    assert_false(own_waives(own_of(REPO, NOW + 1), document));
    assert_false(own_waives(own_of(REPO, NOW), practice));
}

static void test_rules_own__subjects_of_this_repository_only(void **state)
{
    (void)state;
    run("INSERT INTO fact_waiver VALUES"
        " (1, 'obligation:code-review-rules/rules-enforced', 'commit:aaaaaaaaaaaaaaaaaaaa/0123', 1767225700, NULL),"
        " (2, 'obligation:code-review-rules/rules-enforced', 'file:aaaaaaaaaaaaaaaaaaaa/a%25b%0Ac', 1767225700, NULL)");
    struct own *own = own_of(REPO, NOW), *other = own_of(OTHER, NOW);
    assert_int_equal(own_excuses(own, practice, STR("commit:self/0123"), 0), EXCEPTION_WAIVED);
    assert_int_equal(own_excuses(own, practice, STR("file:self/a%b\nc"), 0), EXCEPTION_WAIVED);
    assert_int_equal(own_excuses(own, document, STR("commit:self/0123"), 0), EXCEPTION_NONE);
    assert_int_equal(own_excuses(own, practice, STR("commit:self/012"), 0), EXCEPTION_NONE);
    assert_int_equal(own_excuses(other, practice, STR("commit:self/0123"), 0), EXCEPTION_NONE);
}

/* A treatment excuses what was before it was checked, not what came after, nor what still stands. */
static void test_rules_own__treatments_excuse_the_past(void **state)
{
    (void)state;
    run("INSERT INTO fact_treatment VALUES"
        " (1, 'obligation:code-review-rules/rules-enforced', 'commit:aaaaaaaaaaaaaaaaaaaa/0123', 100)");
    struct own *own = own_of(REPO, NOW);
    assert_int_equal(own_excuses(own, practice, STR("commit:self/0123"), 100), EXCEPTION_TREATED);
    assert_int_equal(own_excuses(own, practice, STR("commit:self/0123"), 101), EXCEPTION_NONE);
    assert_int_equal(own_excuses(own, practice, STR("commit:self/0123"), 0), EXCEPTION_NONE);
}

static struct standing standing_at(int64_t at)
{
    struct standing s;
    const struct standing_options o = {.at = at};
    assert_int_equal(rules_standing(&cx, db, catalog, &o, &s), OK);
    return s;
}

static struct standing standing_of(const char *project, int64_t at)
{
    struct standing s;
    const struct standing_options o = {.at = at, .project = str_from(project)};
    assert_int_equal(rules_standing(&cx, db, catalog, &o, &s), OK);
    return s;
}

static int64_t adopted_points(const struct standing *s)
{
    int64_t n = 0;
    for (size_t i = 0; i < s->n_tasks; i++)
        for (size_t k = 0; k < s->tasks[i].n_obligations; k++) n += s->tasks[i].obligations[k].adopted;
    return n;
}

static const struct obligation_result *result(const struct standing *s, const struct catalog_obligation *def)
{
    for (size_t i = 0; i < s->n_tasks; i++)
        for (size_t k = 0; k < s->tasks[i].n_obligations; k++)
            if (s->tasks[i].obligations[k].def == def) return &s->tasks[i].obligations[k];
    static const struct obligation_result none;
    fail_msg("the point is not there");
    return &none;
}

static void record(const char *repository, const char *obligation, const char *verdict, int64_t at)
{
    static int n = 100;
    char sql[1000];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO fact_verdicts (n, subject, at, catalog) VALUES (%d, '%s', %lld, 'c');"
                   "INSERT INTO fact_verdicts_points VALUES (%d, '%s', '%s', 'strong', 10, 8, %d, NULL, NULL)",
                   n, repository, (long long)at, n, obligation, verdict, strcmp(verdict, "violated") == 0);
    n++;
    run(sql);
}

static void two_repositories(void)
{
    run("INSERT INTO fact_repository VALUES (1, '" REPO "', 'a', '', 'active'), (2, '" OTHER "', 'b', '', 'active')");
}

static void test_rules_standing__nothing_recorded(void **state)
{
    (void)state;
    run("INSERT INTO fact_repository VALUES (1, '" REPO "', 'a', '', 'active')");
    struct standing s = standing_at(NOW);
    assert_int_equal(s.n_repositories, 1);
    assert_int_equal(s.repositories[0].verdicts, -1);
    assert_int_equal(s.n_tasks, catalog->n_tasks);
    assert_int_equal(s.summary[STATUS_NOT_DONE], (int64_t)catalog->n_tasks);
    assert_int_equal(result(&s, document)->verdict, VERDICT_NO_EVIDENCE);
}

static void test_rules_standing__the_newest_of_each_counts(void **state)
{
    (void)state;
    two_repositories();
    record(REPO, "code-review-rules/rules-enforced", "violated", NOW - 20);
    record(REPO, "code-review-rules/rules-enforced", "met", NOW - 10);
    record(OTHER, "code-review-rules/rules-enforced", "met", NOW - 5);
    struct standing s = standing_at(NOW);
    const struct obligation_result *o = result(&s, practice);
    assert_int_equal(o->verdict, VERDICT_MET);
    assert_int_equal(o->population, 20);
    assert_int_equal(o->judged, 16);
    assert_int_equal(o->failing, 0);
    assert_int_equal(o->assurance, ASSURANCE_STRONG);
    record(OTHER, "code-review-rules/rules-enforced", "violated", NOW - 1);
    s = standing_at(NOW);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_VIOLATED);
    assert_int_equal(result(&s, practice)->failing, 1);
    run("UPDATE fact_repository SET state = 'closed' WHERE name = 'b'");
    s = standing_at(NOW);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_MET);
}

/* A document serves all repositories; a practice has to hold in each. */
static void test_rules_standing__what_one_repository_shows(void **state)
{
    (void)state;
    two_repositories();
    run("INSERT INTO fact_verdicts (n, subject, at, catalog) VALUES (1, '" REPO "', 5, 'c'), (2, '" OTHER "', 5, 'c')");
    run("INSERT INTO fact_verdicts_points VALUES"
        " (1, 'code-review-rules/rules-defined', 'met', 'fair', 1, 1, 0, NULL, NULL),"
        " (2, 'code-review-rules/rules-defined', 'no_evidence', 'none', 1, 0, 0, NULL, NULL),"
        " (1, 'code-review-rules/rules-enforced', 'met', 'strong', 9, 9, 0, NULL, NULL),"
        " (2, 'code-review-rules/rules-enforced', 'no_evidence', 'none', 4, 0, 0, NULL, NULL)");
    struct standing s = standing_at(NOW);
    assert_int_equal(result(&s, document)->verdict, VERDICT_MET);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_PARTLY_MET);
    assert_true(result(&s, practice)->settles.n > 0);
}

static void test_rules_standing__old_verdicts_weigh_less(void **state)
{
    (void)state;
    two_repositories();
    record(REPO, "code-review-rules/rules-enforced", "met", NOW - 35 * DAY_SECONDS);
    struct standing s = standing_at(NOW);
    assert_false(s.repositories[0].stale);
    assert_int_equal(result(&s, practice)->assurance, ASSURANCE_STRONG);
    s = standing_at(NOW + 1);
    assert_true(s.repositories[0].stale);
    assert_int_equal(result(&s, practice)->assurance, ASSURANCE_FAIR);
}

static void test_rules_standing__a_waived_point_is_an_exception(void **state)
{
    (void)state;
    two_repositories();
    record(REPO, "code-review-rules/rules-enforced", "violated", NOW - 1);
    run("INSERT INTO fact_waiver VALUES (1, 'obligation:code-review-rules/rules-enforced', '*', 1767225700, NULL)");
    struct standing s = standing_at(NOW);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_WAIVED);
    s = standing_at(1767225700);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_VIOLATED);
}

/* Words that this program does not know (of a later one) show nothing. */
static void test_rules_standing__unknown_words(void **state)
{
    (void)state;
    two_repositories();
    record(REPO, "code-review-rules/rules-enforced", "splendid", NOW - 1);
    struct standing s = standing_at(NOW);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_NO_EVIDENCE);
}

/* Exceptions and tolerance in a verdict. */
static void test_rules_standing__verdicts_with_exceptions(void **state)
{
    (void)state;
    struct evidence e = {.population = 100, .judged = 100, .failing = 2, .tolerance = 20};
    assert_int_equal(verdict_of(EVIDENCE_PRACTICE, &e), VERDICT_PARTLY_MET);
    e.failing = 3;
    assert_int_equal(verdict_of(EVIDENCE_PRACTICE, &e), VERDICT_VIOLATED);
    e.waived_whole = true;
    assert_int_equal(verdict_of(EVIDENCE_PRACTICE, &e), VERDICT_WAIVED);
    e = (struct evidence){.population = 3, .judged = 3, .waived = 1, .treated = 1};
    assert_int_equal(verdict_of(EVIDENCE_PRACTICE, &e), VERDICT_WAIVED);
    e.waived = 0;
    assert_int_equal(verdict_of(EVIDENCE_PRACTICE, &e), VERDICT_TREATED);
    e.failing = 1;
    assert_int_equal(verdict_of(EVIDENCE_PRACTICE, &e), VERDICT_VIOLATED);
}

/* Of a project, the organization's own and the project's; what does not apply shows nothing, and counts again later. */
static void test_rules_standing__what_does_not_apply(void **state)
{
    (void)state;
    run("INSERT INTO fact_repository VALUES (1, '" REPO "', 'a', 'project:pppppppppppppppppppp', 'active'),"
        " (2, '" OTHER "', 'b', '', 'active')");
    record(REPO, "code-review-rules/rules-enforced", "violated", NOW - 1);
    record(OTHER, "code-review-rules/rules-enforced", "met", NOW - 1);
    run("INSERT INTO fact_applicability VALUES"
        " (1, 'obligation:code-review-rules/rules-enforced', 1767225700, NULL, 'project:pppppppppppppppppppp')");
    struct standing s = standing_at(NOW);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_MET);
    assert_int_equal(s.next, 1767225700);
    s = standing_of("project:pppppppppppppppppppp", NOW);
    assert_int_equal(s.n_repositories, 1);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_NOT_APPLICABLE);
    assert_int_equal(result(&s, practice)->assurance, ASSURANCE_NONE);
    s = standing_at(1767225700);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_VIOLATED);
    run("INSERT INTO fact_applicability VALUES (2, 'task:code-review-rules', NULL, NULL, NULL)");
    s = standing_at(NOW);
    for (size_t i = 0; i < s.n_tasks; i++)
        if (str_eq(s.tasks[i].def->key, STR("code-review-rules")))
            assert_int_equal(s.tasks[i].status, STATUS_NOT_RELEVANT);
    assert_int_equal(s.summary[STATUS_NOT_RELEVANT], 1);
    run("UPDATE fact_applicability SET withdrawn = 1");
    s = standing_at(NOW);
    assert_int_equal(s.summary[STATUS_NOT_RELEVANT], 0);
}

/* Recorded as not applicable or waived, and no longer so: the counts decide. */
static void test_rules_standing__counts_decide_when_an_exception_has_ended(void **state)
{
    (void)state;
    static const struct {
        const char *was;
        int judged, failing;
        const char *waivers; /* of subjects of this repository, in force until NOW + 1 (a), withdrawn (w), long (l) */
        int64_t at;
        enum verdict expected;
    } cases[] = {
        {"not_applicable", 9, 0, "", NOW, VERDICT_MET},
        {"not_applicable", 9, 2, "", NOW, VERDICT_VIOLATED},
        {"not_applicable", 0, 0, "", NOW, VERDICT_NO_EVIDENCE},
        {"waived", 9, 2, "", NOW, VERDICT_VIOLATED},
        {"waived", 9, 0, "", NOW, VERDICT_MET},
        {"waived", 9, 0, "a", NOW, VERDICT_WAIVED},
        {"waived", 9, 0, "a", NOW + 1, VERDICT_VIOLATED},
        {"waived", 9, 0, "al", NOW + 1, VERDICT_PARTLY_MET},
        {"waived", 9, 0, "w", NOW, VERDICT_VIOLATED},
        {"waived", 9, 0, "l", NOW + 1, VERDICT_WAIVED},
    };
    two_repositories();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sql[600];
        run("DELETE FROM fact_verdicts; DELETE FROM fact_verdicts_points; DELETE FROM fact_waiver");
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO fact_verdicts (n, subject, at, catalog) VALUES (1, '" REPO "', %lld, 'c');"
                       "INSERT INTO fact_verdicts_points VALUES"
                       " (1, 'code-review-rules/rules-enforced', '%s', 'strong', 9, %d, %d, NULL, NULL)",
                       NOW - 5LL, cases[i].was, cases[i].judged, cases[i].failing);
        run(sql);
        for (const char *w = cases[i].waivers; *w; w++) {
            (void)snprintf(sql, sizeof sql,
                           "INSERT INTO fact_waiver VALUES (1, 'obligation:code-review-rules/rules-enforced',"
                           " 'file:aaaaaaaaaaaaaaaaaaaa/%c', %lld, %s)",
                           *w, *w == 'l' ? NOW + 999LL : NOW + 1LL, *w == 'w' ? "1" : "NULL");
            run(sql);
        }
        struct standing s = standing_at(cases[i].at);
        if (result(&s, practice)->verdict != cases[i].expected)
            fail_msg("case %zu is %s", i, verdict_name(result(&s, practice)->verdict));
    }
}

/* By the rule's own word what was fine turns out of date; nobody has to look again for that. */
static void test_rules_standing__what_is_due(void **state)
{
    (void)state;
    two_repositories();
    run("INSERT INTO fact_verdicts (n, subject, at, catalog) VALUES (1, '" REPO "', 1767225599, 'c');"
        "INSERT INTO fact_verdicts_points VALUES"
        " (1, 'code-review-rules/rules-defined', 'met', 'fair', 1, 1, 0, NULL, 1769817600)");
    struct standing s = standing_at(NOW - 1);
    assert_int_equal(result(&s, document)->verdict, VERDICT_MET);
    assert_int_equal(result(&s, document)->due, 1769817600);
    assert_int_equal(s.next, NOW); /* 30 days before */
    s = standing_at(NOW);
    assert_int_equal(result(&s, document)->verdict, VERDICT_AT_RISK);
    s = standing_at(1769817599);
    assert_int_equal(result(&s, document)->verdict, VERDICT_AT_RISK);
    assert_int_equal(s.next, 1769817600);
    s = standing_at(1769817600);
    assert_int_equal(result(&s, document)->verdict, VERDICT_VIOLATED);
    assert_int_equal(result(&s, document)->failing, 1);
    run("INSERT INTO fact_policy VALUES (3, 'obligation:code-review-rules/rules-defined', 1000, 5, NULL)");
    s = standing_at(1769817600);
    assert_int_equal(result(&s, document)->verdict, VERDICT_PARTLY_MET);
}

/* What somebody typed in is worth that somebody said so. */
static void test_rules_standing__how_it_came_in(void **state)
{
    (void)state;
    static const struct {
        const char *via;
        enum assurance expected;
    } cases[] = {{"probe", ASSURANCE_STRONG}, {"operator", ASSURANCE_WEAK}, {"import", ASSURANCE_FAIR},
                 {"person", ASSURANCE_WEAK},  {"gate", ASSURANCE_STRONG},   {"hearsay", ASSURANCE_NONE}};
    two_repositories();
    record(REPO, "code-review-rules/rules-enforced", "met", NOW - 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sql[100];
        (void)snprintf(sql, sizeof sql, "UPDATE fact_verdicts SET via = '%s'", cases[i].via);
        run(sql);
        struct standing s = standing_at(NOW);
        assert_int_equal(result(&s, practice)->assurance, cases[i].expected);
    }
}

static void test_rules_standing__preset_and_priority_by_facts(void **state)
{
    (void)state;
    struct standing s = standing_at(NOW);
    int64_t adopted = adopted_points(&s);
    run("INSERT INTO fact_organization VALUES ('page');"
        "INSERT INTO fact_task VALUES ('task:code-review-rules', 'low'), ('task:no-such', 'high')");
    s = standing_at(NOW);
    assert_int_equal(adopted, 0);
    assert_true(adopted_points(&s) > 20);
    for (size_t i = 0; i < s.n_tasks; i++)
        if (str_eq(s.tasks[i].def->key, STR("code-review-rules")))
            assert_int_equal(rules_priority(&s.tasks[i]), PRIORITY_LOW);
        else
            assert_int_equal(rules_priority(&s.tasks[i]), s.tasks[i].def->priority);
}

/* A past day as it was recorded: statuses by what was adopted then. */
static void test_rules_standing__recorded(void **state)
{
    (void)state;
    struct standing s;
    run("INSERT INTO fact_organization VALUES ('page');"
        "INSERT INTO fact_task VALUES ('task:code-review-rules', 'critical');" /* of the present */
        "INSERT INTO fact_verdicts_priorities VALUES (7, 'code-review-rules', 'low'), (7, 'no-such', 'low'),"
        " (7, 'release-log', 'whatever'), (8, 'release-log', 'low')");
    run("INSERT INTO fact_verdicts_points VALUES"
        " (7, 'code-review-rules/rules-defined', 'violated', 'weak', 1, 1, 1, 1, NULL),"
        " (7, 'code-review-rules/rules-enforced', 'met', 'strong', 9, 9, 0, 0, 1800000000),"
        " (7, 'no-such/point', 'met', 'strong', 9, 9, 0, 0, NULL)");
    assert_int_equal(rules_recorded(&cx, db, catalog, 7, NOW, &s), OK);
    assert_int_equal(result(&s, document)->verdict, VERDICT_VIOLATED);
    assert_true(result(&s, document)->adopted);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_MET);
    assert_int_equal(result(&s, practice)->due, 1800000000);
    assert_int_equal(s.n_tasks, catalog->n_tasks);
    assert_int_equal(adopted_points(&s), 1);
    for (size_t i = 0; i < s.n_tasks; i++)
        assert_int_equal(rules_priority(&s.tasks[i]), str_eq(s.tasks[i].def->key, STR("code-review-rules"))
                                                          ? PRIORITY_LOW
                                                          : s.tasks[i].def->priority);
    assert_int_equal(s.summary[STATUS_PARTLY_DONE], 1);
    assert_int_equal(s.summary[STATUS_NOT_DONE], (int64_t)catalog->n_tasks - 1);
}

static void add_item(int n, const char *phase, int64_t due, const struct catalog_obligation *shows)
{
    char sql[1000];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO fact_record VALUES (%d, 'record:policy/%d');"
                   "INSERT INTO fact_record_shows VALUES (%d, '" STR_FMT "/" STR_FMT "', 'record:policy/%d');"
                   "INSERT INTO fact_step_last VALUES (%d, %d, 'record:policy/%d', '%s', %lld)",
                   n, n, n, STR_ARG(shows->task), STR_ARG(shows->key), n, n + 1, NOW - 86400, n, phase, (long long)due);
    run(sql);
}

static void test_rules_standing__what_items_show(void **state)
{
    (void)state;
    const int64_t later = NOW + 100 * DAY_SECONDS;
    const struct catalog_obligation *only_items = find("change-management", "process-followed-other");
    run("INSERT INTO fact_repository VALUES (1, '" REPO "', 'a', '', 'active')");
    run("INSERT INTO fact_verdicts (n, subject, at, catalog) VALUES (5, '" REPO "', 1767225590, 'c');"
        "INSERT INTO fact_verdicts_points SELECT 5, value, 'no_evidence', 'none', 0, 0, 0, NULL, NULL FROM json_each("
        "'[\"code-review-rules/rules-defined\", \"code-review-rules/rules-enforced\", "
        "\"change-management/process-followed-other\"]')");
    assert_int_equal(only_items->sql.n, 0);

    add_item(10, "open", later, document); /* nobody has approved it */
    struct standing s = standing_at(NOW);
    assert_int_equal(result(&s, document)->verdict, VERDICT_NO_EVIDENCE);

    add_item(20, "in_force", later, document);
    add_item(30, "in_force", later, practice);
    add_item(40, "in_force", later, only_items);
    s = standing_at(NOW);
    assert_int_equal(result(&s, document)->verdict, VERDICT_MET);
    assert_int_equal(result(&s, document)->assurance, ASSURANCE_FAIR);
    assert_int_equal(result(&s, practice)->verdict, VERDICT_PARTLY_MET); /* the repository shows none of it */
    assert_int_equal(result(&s, only_items)->verdict, VERDICT_MET);      /* where repositories can show nothing */
    assert_int_equal(standing_at(NOW + 50 * DAY_SECONDS).next, later - WARNING_WINDOW);

    assert_int_equal(standing_at(later - DAY_SECONDS).summary[STATUS_FULLY_DONE], s.summary[STATUS_FULLY_DONE]);
    s = standing_at(later - DAY_SECONDS);
    assert_int_equal(result(&s, document)->verdict, VERDICT_AT_RISK);
    s = standing_at(later);
    assert_int_equal(result(&s, document)->verdict, VERDICT_VIOLATED); /* its review has passed */
    assert_int_equal(result(&s, document)->failing, 1);

    run("UPDATE fact_record SET n = 99 WHERE n = 20"); /* edited: the approval is of what was there before */
    run("INSERT INTO fact_record_shows SELECT 99, value, subject FROM fact_record_shows WHERE n = 20");
    s = standing_at(NOW);
    assert_int_equal(result(&s, document)->verdict, VERDICT_NO_EVIDENCE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_rules_own__nothing),
        TEST(test_rules_own__a_projects_own_word_holds_for_its_repositories),
        TEST(test_rules_own__waivers_end_and_can_be_withdrawn),
        TEST(test_rules_own__subjects_of_this_repository_only),
        TEST(test_rules_own__treatments_excuse_the_past),
        TEST(test_rules_standing__nothing_recorded),
        TEST(test_rules_standing__the_newest_of_each_counts),
        TEST(test_rules_standing__what_one_repository_shows),
        TEST(test_rules_standing__old_verdicts_weigh_less),
        TEST(test_rules_standing__a_waived_point_is_an_exception),
        TEST(test_rules_standing__unknown_words),
        TEST(test_rules_standing__what_does_not_apply),
        TEST(test_rules_standing__counts_decide_when_an_exception_has_ended),
        TEST(test_rules_standing__what_is_due),
        TEST(test_rules_standing__how_it_came_in),
        TEST(test_rules_standing__preset_and_priority_by_facts),
        TEST(test_rules_standing__recorded),
        TEST(test_rules_standing__what_items_show),
        TEST(test_rules_standing__verdicts_with_exceptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
