/* rules/first: what is worst comes first, and of equals what can be done at once. */
#include "rules/first.h" /* before cmocka, whose fail is a macro */

#include <stdio.h>

#include "unit.h"

static struct ctx cx;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ctx_release(&cx);
    return 0;
}

enum { MOST = 6 };

/* One task a line, each of one point, which its key names:
 * "key priority strength verdict [line N] [path] [check] [failing N] [baselined N] [excused] [second]
 * [order N] [adopted] [silent]". */
struct made {
    struct catalog_task task_defs[MOST];
    struct catalog_obligation defs[MOST];
    struct task_result tasks[MOST];
    struct obligation_result points[MOST];
    struct finding findings[MOST][2];
    struct assessment a;
};

static int number(struct str s)
{
    int64_t n;
    if (!str_to_i64(s, 0, 1000000, &n)) fail_msg("no number: " STR_FMT, STR_ARG(s));
    return (int)n;
}

static void word_of(struct made *m, size_t i, struct str word, struct str *rest)
{
    static const char *const verdicts[] = {"violated", "no_evidence", "met", "at_risk"};
    static const enum verdict values[] = {VERDICT_VIOLATED, VERDICT_NO_EVIDENCE, VERDICT_MET, VERDICT_AT_RISK};
    struct obligation_result *o = &m->points[i];
    struct str value;
    for (int p = 0; p < PRIORITY_COUNT; p++)
        if (str_eq(word, str_from(priority_name(p)))) m->task_defs[i].priority = p;
    for (int s = 0; s < STRENGTH_COUNT; s++)
        if (str_eq(word, str_from(strength_name(s)))) m->defs[i].strength = s;
    for (int v = 0; v < 4; v++)
        if (str_eq(word, str_from(verdicts[v]))) o->verdict = values[v];
    if (str_eq(word, STR("check"))) m->defs[i].check = true;
    if (str_eq(word, STR("adopted"))) o->adopted = true;
    if (str_eq(word, STR("silent"))) o->settles = STR_NONE;
    if (str_eq(word, STR("path"))) m->findings[i][0].path = STR("a.c");
    if (str_eq(word, STR("excused"))) m->findings[i][0].exception = EXCEPTION_TREATED;
    if (str_eq(word, STR("second"))) o->n_findings = 2;
    if (!str_eq(word, STR("line")) && !str_eq(word, STR("failing")) && !str_eq(word, STR("baselined")) &&
        !str_eq(word, STR("order")))
        return;
    assert_true(str_cut(rest, ' ', &value));
    if (word.p[0] == 'l') {
        m->findings[i][0].path = STR("a.c");
        m->findings[i][0].line = number(value);
    } else if (word.p[0] == 'f') {
        o->failing = number(value);
    } else if (word.p[0] == 'b') {
        o->baselined = number(value);
        m->findings[i][0].baseline = true;
    } else {
        m->task_defs[i].order = number(value);
    }
}

/* The keys of what is first, with "?" behind those that lack evidence. */
static const char *first_of(struct made *m, const char *text)
{
    static char keys[200];
    struct str rest = str_from(text), line, word;
    *m = (struct made){0};
    for (size_t i = 0; str_cut(&rest, '\n', &line); i++) {
        assert_true(i < MOST);
        m->points[i] = (struct obligation_result){
            .def = &m->defs[i], .failing = 1, .findings = m->findings[i], .n_findings = 1, .settles = STR("do this")};
        assert_true(str_cut(&line, ' ', &m->defs[i].key));
        m->task_defs[i] = (struct catalog_task){.key = m->defs[i].key, .order = (int)i, .priority = PRIORITY_NORMAL};
        m->findings[i][1] = (struct finding){.message = STR("the second")};
        while (str_cut(&line, ' ', &word)) word_of(m, i, word, &line);
        if (m->points[i].verdict != VERDICT_VIOLATED) m->points[i].n_findings = 0;
        m->tasks[i] = (struct task_result){.def = &m->task_defs[i], .obligations = &m->points[i], .n_obligations = 1};
        m->a.n_tasks = i + 1;
    }
    m->a.tasks = m->tasks;
    first_fill(&cx, &m->a);
    char *p = keys;
    for (size_t i = 0; i < m->a.n_first; i++)
        p += sprintf(p, "%s" STR_FMT "%s", i ? " " : "", STR_ARG(m->a.first_of[i]->def->key),
                     m->a.first_of[i]->verdict == VERDICT_NO_EVIDENCE ? "?" : "");
    *p = '\0';
    return keys;
}

static void test_rules_first__order(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"a met\nb at_risk", ""},
        {"a violated", "a"},
        {"a violated\nb violated\nc violated\nd violated", "a b c"}, /* three */
        /* priority */
        {"a low violated\nb critical violated\nc high violated", "b c a"},
        /* what is violated before what lacks evidence, whatever its priority */
        {"a critical no_evidence\nb low violated", "b a?"},
        {"a no_evidence silent\nb no_evidence", "b?"}, /* nothing to say about it */
        /* musts first among equals, adopted points are musts */
        {"a recommended violated\nb must violated", "b a"},
        {"a recommended violated\nb recommended violated adopted", "b a"},
        {"a example violated adopted\nb must violated", "b a"},
        /* a find of the scanner counts one priority more, and comes first among equals */
        {"a high violated\nb normal violated check line 7", "b a"},
        {"a critical violated\nb normal violated check line 7", "a b"},
        {"a critical violated\nb critical violated check line 7", "b a"},
        {"a high violated\nb normal violated check path", "a b"}, /* no line: no find */
        {"a high violated\nb normal violated line 7", "a b"},     /* a point that no change is asked about */
        /* a line, then a file, then a habit */
        {"a violated\nb violated path\nc violated line 3", "c b a"},
        /* few before many, not counting what the baseline holds */
        {"a violated failing 300\nb violated failing 2", "b a"},
        {"a violated failing 9 second baselined 8\nb violated failing 2", "a b"},
        /* the catalog's order, then keys */
        {"a violated order 9\nb violated order 2", "b a"},
        {"b violated order 2\na violated order 2", "a b"},
        /* all in the baseline: nothing to do */
        {"a violated failing 1 baselined 1\nb no_evidence", "b?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m;
        const char *got = first_of(&m, cases[i].text);
        if (strcmp(got, cases[i].expected) != 0) fail_msg("case %zu: \"%s\"", i, got);
    }
}

/* One line broken by two rules is one thing to do. */
static void test_rules_first__one_place_once(void **state)
{
    (void)state;
    struct made m;
    assert_string_equal(first_of(&m, "a violated line 7\nb violated line 7\nc violated line 8"), "a c");
    assert_string_equal(first_of(&m, "a violated line 7\nb violated line 7 second"), "a b");
    assert_true(str_eq(m.a.first[1]->message, STR("the second")));
    assert_string_equal(first_of(&m, "a violated path\nb violated path"), "a b"); /* a file has many places */
}

static void test_rules_first__which_finding(void **state)
{
    (void)state;
    struct made m;
    first_of(&m, "a violated failing 2 second baselined 1\nb no_evidence\nc no_evidence");
    assert_int_equal(m.a.n_first, 3);
    assert_ptr_equal(m.a.first[0], &m.findings[0][1]); /* not the one that is accepted */
    first_of(&m, "a violated excused second");
    assert_ptr_equal(m.a.first[0], &m.findings[0][1]); /* nor one that is excused */
    first_of(&m, "a violated\nb no_evidence\nc no_evidence");
    const struct finding *f = m.a.first[1];
    assert_true(str_eq(f->message, STR("do this")));
    assert_int_equal(f->id.n, 32);
    assert_null(f->path.p);
    assert_non_null(f->fix.p);
    assert_true(str_eq(f->subject, STR("repo:self")));
    assert_false(str_eq(f->id, m.a.first[2]->id));
    assert_ptr_equal(m.a.first_of[1], &m.points[1]);
}

/* Points that a task's status is not measured by come after those of other tasks that it is. */
static void test_rules_first__what_counts(void **state)
{
    (void)state;
    static struct finding finding;
    struct catalog_task defs[] = {{.key = STR("a"), .order = 1, .priority = PRIORITY_CRITICAL},
                                  {.key = STR("b"), .order = 2, .priority = PRIORITY_LOW}};
    struct catalog_obligation points[] = {{.key = STR("advice"), .strength = STRENGTH_RECOMMENDED},
                                          {.key = STR("must"), .strength = STRENGTH_MUST},
                                          {.key = STR("only"), .strength = STRENGTH_RECOMMENDED},
                                          {.key = STR("unseen"), .strength = STRENGTH_RECOMMENDED}};
    struct obligation_result of_a[] = {
        {.def = &points[0], .verdict = VERDICT_VIOLATED, .failing = 1, .findings = &finding, .n_findings = 1},
        {.def = &points[1], .verdict = VERDICT_MET},
        {.def = &points[3], .verdict = VERDICT_NO_EVIDENCE, .settles = STR("advice again")}};
    struct obligation_result of_b[] = {
        {.def = &points[2], .verdict = VERDICT_VIOLATED, .failing = 1, .findings = &finding, .n_findings = 1}};
    struct task_result tasks[] = {{.def = &defs[0], .obligations = of_a, .n_obligations = 3},
                                  {.def = &defs[1], .obligations = of_b, .n_obligations = 1}};
    struct assessment a = {.tasks = tasks, .n_tasks = 2};
    first_fill(&cx, &a);
    assert_int_equal(a.n_first, 2); /* advice that lacks evidence is nothing to do first */
    assert_ptr_equal(a.first_of[0], &of_b[0]);
    assert_ptr_equal(a.first_of[1], &of_a[0]);
}

#define FIRST_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIRST_TEST(test_rules_first__order), FIRST_TEST(test_rules_first__one_place_once),
        FIRST_TEST(test_rules_first__which_finding), FIRST_TEST(test_rules_first__what_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
