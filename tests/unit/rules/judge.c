/* rules/judge: rows added up by subject, findings with ids that stay, limits, documents that are vouched for. */
#include "rules/judge.h" /* before cmocka, whose fail is a macro */
#include "base/limits.h"
#include "rules/baseline.h"
#include "rules/verdicts.h"

#include <stdio.h>

#include "fact_tables.h"
#include "unit.h"

extern const char observe_schema_sql[];

#define NOW 1795514400 /* 2026-11-24T10:00:00Z */
#define DAYS(n) ((n)*86400LL)

static struct ctx cx;
static sqlite3 *db;
static struct rules_options options;
static struct catalog_obligation def;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    options = (struct rules_options){.now = NOW, .since = NOW - DAYS(365)};
    def = (struct catalog_obligation){.task = STR("task"),
                                      .key = STR("point"),
                                      .enabled = true,
                                      .type = EVIDENCE_PRACTICE,
                                      .message = {STR("{subject} is bad"), STR("{subject} on huono")},
                                      .fix = {STR("mend {subject}"), STR("korjaa {subject}")},
                                      .settles = {STR("a way to tell"), STR("keino kertoa")}};
    return store_open_memory(&cx, observe_schema_sql, &db) != OK || rules_ask_all(&cx, db) != OK;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ctx_release(&cx);
    return 0;
}

/* The rule's rows written out: names of columns, then rows as SQL has them. */
static struct str rule_of(const char *names, const char *rows)
{
    return arena_printf(&cx.arena, "WITH r(%s) AS (VALUES %s) SELECT * FROM r", names, rows);
}

static struct obligation_result judge(const char *names, const char *rows)
{
    struct obligation_result out;
    def.sql = rule_of(names, rows);
    if (judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &out) != OK) fail_msg("%s", cx.message);
    return out;
}

static void test_rules_judge__counts_subjects(void **state)
{
    (void)state;
    static const struct {
        const char *rows;
        int population, judged, failing, places;
        enum verdict verdict;
    } cases[] = {
        {"('a', NULL)", 1, 0, 0, 0, VERDICT_NO_EVIDENCE},
        {"('a', 1)", 1, 1, 0, 0, VERDICT_MET},
        {"('a', 0)", 1, 1, 1, 1, VERDICT_VIOLATED},
        {"('a', 1), ('b', 1), ('c', NULL)", 3, 2, 0, 0, VERDICT_PARTLY_MET},
        {"('a', 1), ('b', 0), ('c', NULL)", 3, 2, 1, 1, VERDICT_VIOLATED},
        /* several rows of a subject: it is judged once, and one 0 is enough */
        {"('a', 1), ('a', 1)", 1, 1, 0, 0, VERDICT_MET},
        {"('a', 1), ('a', 0)", 1, 1, 1, 1, VERDICT_VIOLATED},
        {"('a', 0), ('a', 1)", 1, 1, 1, 1, VERDICT_VIOLATED},
        {"('a', 0), ('a', 0), ('a', NULL)", 1, 1, 1, 2, VERDICT_VIOLATED},
        {"('a', NULL), ('a', 1)", 1, 1, 0, 0, VERDICT_MET},
        {"('a', NULL), ('a', NULL), ('b', 1), ('a', 0)", 2, 2, 1, 1, VERDICT_VIOLATED},
        {"('a', 1), ('A', 0)", 2, 2, 1, 1, VERDICT_VIOLATED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct obligation_result o = judge("subject, ok", cases[i].rows);
        if (o.population != cases[i].population || o.judged != cases[i].judged || o.failing != cases[i].failing ||
            o.places != cases[i].places || o.verdict != cases[i].verdict)
            fail_msg("%s: %d in scope, %d judged, %d failing, %d places, %s", cases[i].rows, (int)o.population,
                     (int)o.judged, (int)o.failing, (int)o.places, verdict_name(o.verdict));
        assert_int_equal(o.n_findings, o.places);
        /* what would settle it is said where something was not judged */
        assert_int_equal(o.settles.n != 0, o.judged < o.population);
        assert_int_equal(o.baselined, 0);
        assert_false(o.stopped);
    }
}

static void test_rules_judge__nothing_to_judge(void **state)
{
    (void)state;
    struct obligation_result o;
    def.sql = STR("SELECT subject, 1 AS ok FROM asked WHERE 0");
    assert_int_equal(judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o), OK);
    assert_int_equal(o.verdict, VERDICT_NO_EVIDENCE);
    assert_int_equal(o.assurance, ASSURANCE_NONE);
    assert_true(str_eq(o.settles, STR("a way to tell")));
    /* without a rule, or with one that is switched off: whatever it would say */
    def.sql = rule_of("subject, ok", "('a', 0)");
    def.enabled = false;
    assert_int_equal(judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o), OK);
    assert_int_equal(o.verdict, VERDICT_NO_EVIDENCE);
    assert_int_equal(o.n_findings, 0);
    def.enabled = true;
    def.sql = STR_NONE;
    options.lang = LANG_FI;
    assert_int_equal(judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o), OK);
    assert_int_equal(o.verdict, VERDICT_NO_EVIDENCE);
    assert_true(str_eq(o.settles, STR("keino kertoa")));
}

static void test_rules_judge__adopted(void **state)
{
    (void)state;
    const struct str names[] = {STR("task/other"), STR("task/point")};
    struct catalog_preset preset = {.adopts = names, .n_adopts = 2};
    options.preset = &preset;
    assert_true(judge("subject, ok", "('a', 1)").adopted);
    preset.n_adopts = 1;
    assert_false(judge("subject, ok", "('a', 1)").adopted);
}

static void test_rules_judge__at_risk(void **state)
{
    (void)state;
    static const struct {
        const char *due;
        enum verdict verdict;
    } cases[] = {
        {"NULL", VERDICT_MET},
        {"1795514400 + 30 * 86400 + 1", VERDICT_MET}, /* one second before the window */
        {"1795514400 + 30 * 86400", VERDICT_AT_RISK},
        {"1795514400", VERDICT_AT_RISK},
        {"1795514400 - 1", VERDICT_AT_RISK},
        {"'soon'", VERDICT_MET}, /* no time */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *rows = arena_printf(&cx.arena, "('a', 1, %s), ('b', 1, NULL)", cases[i].due).p;
        if (judge("subject, ok, due", rows).verdict != cases[i].verdict) fail_msg("due %s", cases[i].due);
    }
    /* what has turned 0 already, or is not judged, is at no risk */
    assert_int_equal(judge("subject, ok, due", "('a', 0, 1795514400)").verdict, VERDICT_VIOLATED);
    assert_int_equal(judge("subject, ok, due", "('a', NULL, 1795514400), ('b', 1, NULL)").verdict, VERDICT_PARTLY_MET);
}

static void test_rules_judge__findings(void **state)
{
    (void)state;
    struct obligation_result o =
        judge("subject, ok, at, due, path, line, commit_oid", "('file:self/b', 0, 5, NULL, 'b.c', 3, NULL),"
                                                              "('file:self/a', 0, 9, NULL, 'a.c', -1, 'abc'),"
                                                              "('repo:self', 0, 7, NULL, NULL, 4, ''),"
                                                              "('file:self/c', 1, 11, NULL, 'c.c', 1, NULL),"
                                                              "('file:self/d', NULL, 12, NULL, 'd.c', 1, NULL)");
    assert_int_equal(o.at, 12);
    assert_int_equal(o.n_findings, 3);
    const struct finding *f = o.findings;
    assert_true(str_eq(f[0].subject, STR("repo:self")));
    assert_null(f[0].path.p);
    assert_int_equal(f[0].line, 0); /* a line of no file */
    assert_null(f[0].commit.p);
    assert_true(str_eq(f[1].path, STR("a.c")));
    assert_int_equal(f[1].line, 0);
    assert_true(str_eq(f[1].commit, STR("abc")));
    assert_true(str_eq(f[1].message, STR("file:self/a is bad")));
    assert_true(str_eq(f[1].fix, STR("mend file:self/a")));
    assert_true(str_eq(f[2].path, STR("b.c")));
    assert_int_equal(f[2].line, 3);
    assert_null(f[2].allow.p);
    assert_false(f[2].baseline);
    assert_int_equal(o.n_keys, 0);
}

/* Examples of what is fine, where somebody can look: not the repository as a whole. */
static void test_rules_judge__shown(void **state)
{
    (void)state;
    struct obligation_result o =
        judge("subject, ok, at, path, line, commit_oid",
              "('repo:self', 1, 5, NULL, NULL, NULL), ('file:self/z', 1, 5, 'z.c', 3, NULL),"
              "('repo:self', 1, 5, 'y.c', 2, NULL), ('repo:self', 1, 6, NULL, 7, 'abc'),"
              "('file:self/x', 0, 5, 'x.c', 1, NULL), ('file:self/w', NULL, 5, 'w.c', 1, NULL),"
              "('ref:self/v1', 1, NULL, NULL, NULL, NULL)");
    assert_int_equal(o.n_shown, LIMIT_SHOWN);
    assert_true(str_eq(o.shown[0].subject, STR("ref:self/v1")));
    assert_true(str_eq(o.shown[1].commit, STR("abc")));
    assert_int_equal(o.shown[1].line, 0); /* of no file */
    assert_int_equal(o.shown[1].at, 6);
    assert_true(str_eq(o.shown[2].path, STR("y.c")));
    assert_int_equal(o.shown[2].line, 2);
    assert_int_equal(judge("subject, ok", "('repo:self', 1)").n_shown, 0);
}

static bool has_id(const struct obligation_result *o, struct str id)
{
    for (size_t i = 0; i < o->n_findings; i++)
        if (str_eq(o->findings[i].id, id)) return true;
    return false;
}

static void test_rules_judge__ids_stay(void **state)
{
    (void)state;
    static const char names[] = "subject, ok, at, path, line, what_en, what_fi";
    struct obligation_result before =
        judge(names, "('s', 0, 1, 'a.c', 10, 'bad', 'paha'), ('s', 0, 1, 'b.c', 1, 'bad', 'paha')");
    assert_true(has_id(&before, before.findings[1].id) && !str_eq(before.findings[0].id, before.findings[1].id));
    /* another language, a later time, other lines, another order, a new neighbour */
    options.lang = LANG_FI;
    struct obligation_result after =
        judge(names, "('s', 0, 9, 'b.c', 7, 'bad', 'ilkeä'), ('t', 0, 9, 'a.c', 1, 'bad', 'ilkeä'),"
                     "('s', 0, 9, 'a.c', 12, 'bad', 'ilkeä')");
    assert_int_equal(after.n_findings, 3);
    assert_true(has_id(&after, before.findings[0].id));
    assert_true(has_id(&after, before.findings[1].id));
    assert_true(str_eq(after.findings[0].message, STR("t on huono")));
    def.key = STR("other-point");
    after = judge(names, "('s', 0, 1, 'a.c', 10, 'bad', 'paha')");
    assert_false(has_id(&after, before.findings[0].id));
}

/* Exact duplicates are told apart by number, whatever their order; the numbers go by the findings' order. */
static void test_rules_judge__duplicates(void **state)
{
    (void)state;
    static const char names[] = "subject, ok, path, line";
    struct obligation_result one = judge(names, "('s', 0, 'a.c', 1)"),
                             three = judge(names, "('s', 0, 'a.c', 30), ('s', 0, 'a.c', 10), ('s', 0, 'a.c', 20)"),
                             copies = judge(names, "('s', 0, 'a.c', 1), ('s', 0, 'a.c', 1)");
    assert_int_equal(three.places, 3);
    assert_int_equal(three.failing, 1);
    assert_int_equal(three.findings[0].line, 10);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < i; k++) assert_false(str_eq(three.findings[i].id, three.findings[k].id));
    assert_true(str_eq(three.findings[0].id, one.findings[0].id));
    assert_true(str_eq(three.findings[0].id, copies.findings[0].id));
    assert_true(str_eq(three.findings[1].id, copies.findings[1].id));
}

/* What was there before a change is no finding of it; of duplicates as many as there were. */
static void test_rules_judge__known(void **state)
{
    (void)state;
    static const char names[] = "subject, ok, path, line";
    struct obligation_result before = judge(names, "('s', 0, 'a.c', 1), ('s', 0, 'b.c', 1)");
    struct str known[] = {before.findings[1].id, STR("0"), before.findings[0].id};
    rules_sort_known(known, 3);
    options.known = known;
    options.n_known = 3;
    struct obligation_result same = judge(names, "('s', 0, 'a.c', 8), ('s', 0, 'b.c', 8)");
    assert_int_equal(same.n_findings, 0);
    assert_int_equal(same.places, 0);
    assert_int_equal(same.failing, 0);
    assert_int_equal(same.judged, 1);
    assert_int_equal(same.verdict, VERDICT_MET);
    struct obligation_result more = judge(names, "('s', 0, 'a.c', 8), ('s', 0, 'a.c', 9), ('s', 0, 'b.c', 8)");
    assert_int_equal(more.n_findings, 1);
    assert_int_equal(more.failing, 1);
    assert_true(str_eq(more.findings[0].path, STR("a.c")));
    options.n_known = 0;
    struct obligation_result all = judge(names, "('s', 0, 'a.c', 8), ('s', 0, 'a.c', 9)");
    assert_true(str_eq(more.findings[0].id, all.findings[1].id));
}

static void test_rules_judge__keys(void **state)
{
    (void)state;
    char rows[64 * 200], *p = rows;
    options.keys = true;
    for (int i = 0; i < 200; i++) p += sprintf(p, "%s('s%d', %d, 'a.c', %d)", i ? ", " : "", i / 2, i % 4 == 3, i);
    struct obligation_result o = judge("subject, ok, path, line", rows);
    assert_int_equal(o.places, 150);
    assert_int_equal(o.n_keys, 150);
    for (size_t i = 0; i < o.n_keys; i++) assert_true(has_id(&o, o.keys[i].id));
    assert_true(str_eq(o.keys[0].subject, STR("s0")));
    assert_true(str_eq(o.keys[149].subject, STR("s99")));
}

static void test_rules_judge__findings_are_cut(void **state)
{
    (void)state;
    struct obligation_result o;
    def.sql = STR("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
                  "SELECT 's' || (i % 1250) AS subject, 0 AS ok, 'a.c' AS path, 2501 - i AS line FROM n");
    options.keys = true;
    assert_int_equal(judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o), OK);
    assert_int_equal(o.failing, 1250);
    assert_int_equal(o.places, 2500);
    assert_int_equal(o.n_findings, LIMIT_FINDINGS);
    assert_int_equal(o.findings[0].line, 1);
    assert_int_equal(o.findings[LIMIT_FINDINGS - 1].line, LIMIT_FINDINGS);
    assert_int_equal(o.n_keys, 2500);
}

/* A rule that reaches a limit says nothing, whatever it had found. */
static void test_rules_judge__stopped(void **state)
{
    (void)state;
    struct obligation_result o;
    def.sql =
        STR("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)"
            "SELECT 's' || i AS subject, 0 AS ok, i AS at, CASE WHEN i = 40 THEN zeroblob(2000000) END AS x FROM n");
    options.keys = true;
    assert_int_equal(judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o), OK);
    assert_true(o.stopped);
    assert_int_equal(o.verdict, VERDICT_NO_EVIDENCE);
    assert_int_equal(o.assurance, ASSURANCE_NONE);
    assert_int_equal(o.population + o.judged + o.failing + o.places + o.at + o.baselined, 0);
    assert_int_equal(o.n_findings + o.n_shown + o.n_keys, 0);
    assert_true(str_starts(o.settles, STR("The rule was stopped")));
    options.lang = LANG_FI;
    assert_int_equal(judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o), OK);
    assert_true(str_starts(o.settles, STR("Sääntö keskeytettiin")));
}

/* What the organization decided, read from its facts. */
static void own(const char *facts)
{
    static struct own *read;
    int64_t made;
    assert_int_equal(store_get_int(&cx, db, "SELECT count(*) FROM sqlite_schema WHERE name = 'fact_waiver'", &made),
                     OK);
    if (!made) assert_int_equal(store_exec(&cx, db, FACT_TABLES), OK);
    assert_int_equal(store_exec(&cx, db,
                                "DELETE FROM fact_waiver; DELETE FROM fact_treatment; DELETE FROM fact_policy;"
                                "DELETE FROM fact_applicability"),
                     OK);
    assert_int_equal(store_exec(&cx, db, facts), OK);
    assert_int_equal(rules_own_read(&cx, db, NOW, STR_NONE, &read), OK);
    options.own = read;
}

static void test_rules_judge__excused(void **state)
{
    (void)state;
    static const char rows[] =
        "('a', 0, 5, 'a.c'), ('b', 0, 5, 'b.c'), ('b', 0, 6, 'c.c'), ('c', 0, NULL, 'd.c'), ('d', 1, 5, NULL)";
    options.keys = true;
    own("INSERT INTO fact_waiver VALUES (1, 'obligation:task/point', 'a', 9000000000, NULL),"
        " (2, 'obligation:task/other', 'b', 9000000000, NULL), (3, 'obligation:task/point', 'c', 100, NULL)");
    struct obligation_result o = judge("subject, ok, at, path", rows);
    assert_int_equal(o.judged, 4);
    assert_int_equal(o.failing, 2);
    assert_int_equal(o.waived, 1);
    assert_int_equal(o.places, 4);
    assert_int_equal(o.n_keys, 3); /* what is excused needs no baseline */
    assert_int_equal(o.findings[0].exception, EXCEPTION_WAIVED);
    assert_int_equal(o.findings[1].exception, EXCEPTION_NONE);
    /* a treatment excuses what was before its check, and nothing that still stands */
    own("INSERT INTO fact_treatment VALUES (1, 'obligation:task/point', 'b', 5), (2, 'obligation:task/point', 'c', "
        "99)");
    o = judge("subject, ok, at, path", rows);
    assert_int_equal(o.failing, 3);
    assert_int_equal(o.treated, 1);
    assert_int_equal(o.findings[1].exception, EXCEPTION_TREATED);
    assert_int_equal(o.findings[2].exception, EXCEPTION_NONE);
    assert_int_equal(o.findings[3].exception, EXCEPTION_NONE);
    o = judge("subject, ok, at", "('b', 0, 5), ('d', 1, 5)");
    assert_int_equal(o.verdict, VERDICT_TREATED);
    assert_int_equal(o.failing, 0);
    own("INSERT INTO fact_policy VALUES (1, 'obligation:task/point', 500, 0, NULL)");
    assert_int_equal(judge("subject, ok", "('a', 0), ('b', 1)").verdict, VERDICT_PARTLY_MET);
    assert_int_equal(judge("subject, ok", "('a', 0), ('b', 0), ('c', 1)").verdict, VERDICT_VIOLATED);
}

/* A point that is waived as a whole is so whatever its rule says, and whether it comes to an end. */
static void test_rules_judge__waived_whole(void **state)
{
    (void)state;
    struct obligation_result o;
    own("INSERT INTO fact_waiver VALUES (1, 'obligation:task/point', '*', 9000000000, NULL)");
    assert_int_equal(judge("subject, ok", "('a', 0)").verdict, VERDICT_WAIVED);
    assert_int_equal(judge("subject, ok", "('a', NULL)").verdict, VERDICT_WAIVED);
    def.sql = STR("SELECT 's' AS subject, 0 AS ok, zeroblob(2000000) AS x");
    assert_int_equal(judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o), OK);
    assert_true(o.stopped);
    assert_int_equal(o.verdict, VERDICT_WAIVED);
    def.sql = STR_NONE;
    assert_int_equal(judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o), OK);
    assert_int_equal(o.verdict, VERDICT_WAIVED);
}

/* What does not apply has no findings and no assurance; what was counted stays, for when it applies again. */
static void test_rules_judge__not_applicable(void **state)
{
    (void)state;
    options.keys = true;
    own("INSERT INTO fact_applicability VALUES (1, 'obligation:task/point', NULL, NULL, NULL)");
    struct obligation_result o = judge("subject, ok, due", "('a', 0, NULL), ('b', 1, 9000000000), ('c', NULL, NULL)");
    assert_int_equal(o.verdict, VERDICT_NOT_APPLICABLE);
    assert_int_equal(o.assurance, ASSURANCE_NONE);
    assert_int_equal(o.population, 3);
    assert_int_equal(o.failing, 1);
    assert_int_equal(o.due, 9000000000);
    assert_int_equal(o.n_findings + o.n_keys + o.n_shown + (size_t)o.places + (size_t)o.baselined, 0);
    assert_null(o.settles.p);
    own("INSERT INTO fact_applicability VALUES (1, 'task:task', 9000000000, NULL, NULL)");
    assert_int_equal(judge("subject, ok", "('a', 0)").verdict, VERDICT_NOT_APPLICABLE);
    own("INSERT INTO fact_applicability VALUES (1, 'task:task', 5, NULL, NULL)," /* ended */
        " (2, 'obligation:task/point', NULL, 1, NULL), (3, 'obligation:task/points', NULL, NULL, NULL),"
        " (4, 'task:task', NULL, NULL, 'project:pppppppppppppppppppp')");
    assert_int_equal(judge("subject, ok", "('a', 0)").verdict, VERDICT_VIOLATED);
}

static void test_rules_judge__the_earliest_due(void **state)
{
    (void)state;
    assert_int_equal(judge("subject, ok, due", "('a', 1, 700), ('b', 1, 600), ('c', 0, 5), ('d', NULL, 6)").due, 600);
    assert_int_equal(judge("subject, ok, due", "('a', 1, NULL)").due, 0);
}

/* The weakest way in which a fact behind it came in bounds its assurance. */
static void test_rules_judge__assurance_by_via(void **state)
{
    (void)state;
    assert_int_equal(judge("subject, ok, via", "('a', 1, 'host'), ('b', 1, 'gate')").assurance, ASSURANCE_STRONG);
    assert_int_equal(judge("subject, ok, via", "('a', 1, 'import'), ('b', 1, 'host')").assurance, ASSURANCE_FAIR);
    assert_int_equal(judge("subject, ok, via", "('a', 1, 'person'), ('b', 1, 'host')").assurance, ASSURANCE_WEAK);
    assert_int_equal(judge("subject, ok, via", "('a', 1, NULL)").assurance, ASSURANCE_STRONG);
    /* what is not judged shows nothing */
    assert_int_equal(judge("subject, ok, via", "('a', NULL, 'person'), ('b', 1, 'host')").assurance, ASSURANCE_STRONG);
    def.type = EVIDENCE_DOCUMENT;
    assert_int_equal(judge("subject, ok, approved, via", "('a', 1, 1, 'person')").assurance, ASSURANCE_WEAK);
    assert_int_equal(judge("subject, ok, approved, via", "('a', 1, 1, 'host')").assurance, ASSURANCE_FAIR);
}

static void test_rules_judge__faults_name_the_rule(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *says;
    } cases[] = {
        {"SELECT 's' AS subject, 2 AS ok", "ok is not 1, 0 or NULL for s"},
        {"SELECT 's' AS subject, -1 AS ok", "ok is not 1, 0 or NULL for s"},
        {"SELECT 's' AS subject, 'yes' AS ok", "ok is not 1, 0 or NULL for s"},
        {"SELECT 's' || char(27) AS subject, 0.5 AS ok", "ok is not 1, 0 or NULL for s\\x1b"},
        {"SELECT '' AS subject, 1 AS ok", "a row without subject"},
        {"SELECT 5 AS subject, 1 AS ok", "a row without subject"},
        {"SELECT 's' AS subject", "no column subject or ok"},
        {"SELECT 's' AS subject, 1 AS ok FROM nowhere", "no such table: nowhere"},
        {"SELECT 's' AS subject, random() & 1 AS ok", "not authorized"},
        {"DELETE FROM d_file", "not authorized"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct obligation_result o;
        def.sql = str_from(cases[i].sql);
        if (judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o) != E_INTERNAL ||
            !strstr(cx.message, "rule task/point: ") || !strstr(cx.message, cases[i].says))
            fail_msg("%s: %s", cases[i].sql, cx.message);
    }
    scoped_buf wide;
    struct obligation_result o;
    buf_init(&wide, 0);
    buf_cstr(&wide, "SELECT 's' AS subject, 1 AS ok");
    for (int i = 0; i < 63; i++) buf_printf(&wide, ", %d AS c%d", i, i);
    def.sql = buf_view(&wide);
    assert_int_equal(judge_obligation(&cx, db, &def, JUDGE_REPOSITORY, &options, NULL, &o), E_INTERNAL);
    assert_non_null(strstr(cx.message, "more than 64 columns"));
    assert_int_equal(store_exec(&cx, db, "DELETE FROM d_file"), OK); /* it is trusted again */
}

/* Of a document: whether it, or the row itself, states its approval or review. */
static void test_rules_judge__vouched(void **state)
{
    (void)state;
    def.type = EVIDENCE_DOCUMENT;
    assert_int_equal(store_exec(&cx, db,
                                "INSERT INTO d_document(path, kind, words, placeholder, approved, reviewed_at) VALUES"
                                " ('plain.md', 'other', 99, 0, 0, NULL), ('approved.md', 'other', 99, 0, 1, NULL),"
                                " ('reviewed.md', 'other', 99, 0, 0, 5)"),
                     OK);
    static const struct {
        const char *names, *row;
        enum assurance expected;
    } cases[] = {
        {"subject, ok, path", "('s', 1, 'plain.md')", ASSURANCE_WEAK},
        {"subject, ok, path", "('s', 1, 'approved.md')", ASSURANCE_FAIR},
        {"subject, ok, path", "('s', 1, 'reviewed.md')", ASSURANCE_FAIR},
        {"subject, ok, path", "('s', 1, 'absent.md')", ASSURANCE_WEAK},
        {"subject, ok, path", "('s', 1, 'plain.md'), ('t', 1, 'approved.md')", ASSURANCE_FAIR},
        {"subject, ok, path", "('s', 1, 'plain.md'), ('t', 0, 'approved.md')",
         ASSURANCE_WEAK}, /* a bad one vouches not */
        {"subject, ok, path", "('s', NULL, 'approved.md')", ASSURANCE_NONE},
        {"subject, ok", "('s', 1)", ASSURANCE_WEAK},
        {"subject, ok, approved", "('s', 1, 1)", ASSURANCE_FAIR},
        {"subject, ok, approved", "('s', 1, 0)", ASSURANCE_WEAK},
        {"subject, ok, reviewed_at", "('s', 1, 7)", ASSURANCE_FAIR},
        {"subject, ok, reviewed_at", "('s', 1, NULL)", ASSURANCE_WEAK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum assurance a = judge(cases[i].names, cases[i].row).assurance;
        if (a != cases[i].expected) fail_msg("(%s) %s is %s", cases[i].names, cases[i].row, assurance_name(a));
    }
    def.type = EVIDENCE_RECORD; /* no document: somebody said so */
    assert_int_equal(judge("subject, ok, approved", "('s', 1, 1)").assurance, ASSURANCE_WEAK);
}

/* A finding that is a hit of the scanner tells by which word it can be allowed. */
static void test_rules_judge__allow(void **state)
{
    (void)state;
    assert_int_equal(
        store_exec(&cx, db,
                   "INSERT INTO d_hit(path, line, seq, rule, category, confidence, what, fingerprint, allowed,"
                   " count) VALUES ('a.c', 3, 0, 'private_key', 'secret', 'structure', 'a key', 'f1', 0, 1),"
                   " ('a.c', 3, 1, 'aws_access_key', 'secret', 'structure', 'a key', 'f2', 0, 1)"),
        OK);
    struct obligation_result o = judge("subject, ok, path, line, fingerprint",
                                       "('s', 0, 'a.c', 3, 'f2'), ('s', 0, 'a.c', 4, 'f2'), ('s', 0, 'b.c', 3, 'f2'),"
                                       "('s', 0, 'c.c', 3, NULL)");
    assert_int_equal(o.n_findings, 4);
    assert_true(str_eq(o.findings[0].allow, STR("aws_access_key")));
    for (int i = 1; i < 4; i++) assert_null(o.findings[i].allow.p);
}

#define JUDGE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(test_rules_judge__counts_subjects),
        JUDGE_TEST(test_rules_judge__nothing_to_judge),
        JUDGE_TEST(test_rules_judge__adopted),
        JUDGE_TEST(test_rules_judge__at_risk),
        JUDGE_TEST(test_rules_judge__findings),
        JUDGE_TEST(test_rules_judge__shown),
        JUDGE_TEST(test_rules_judge__ids_stay),
        JUDGE_TEST(test_rules_judge__duplicates),
        JUDGE_TEST(test_rules_judge__known),
        JUDGE_TEST(test_rules_judge__keys),
        JUDGE_TEST(test_rules_judge__findings_are_cut),
        JUDGE_TEST(test_rules_judge__stopped),
        JUDGE_TEST(test_rules_judge__faults_name_the_rule),
        JUDGE_TEST(test_rules_judge__vouched),
        JUDGE_TEST(test_rules_judge__allow),
        JUDGE_TEST(test_rules_judge__excused),
        JUDGE_TEST(test_rules_judge__waived_whole),
        JUDGE_TEST(test_rules_judge__not_applicable),
        JUDGE_TEST(test_rules_judge__the_earliest_due),
        JUDGE_TEST(test_rules_judge__assurance_by_via),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
