/* assess: what a change brings is told, what was there before it is not; the whole repository; what fails a run. */
#include "assess/assess.h" /* before cmocka, whose fail is a macro */

#include "rules/baseline.h"

#include "git/fixture.h"

#define NOW 1700100000
/* A defect that is found by its form, and its mended twin. */
#define BAD "requests.get(url, verify=False)\\n"
#define GOOD "requests.get(url)\\n"
#define IMPORT "import requests\\n"

static struct catalog *catalog;

/* A script in the repository, beside which the fixture keeps files of its own. */
static const char *in(struct fixture *f, const char *script)
{
    return run(f, arena_printf(&f->cx.arena, "cd r; %s", script).p);
}

static int assess_setup(void **state)
{
    int rc = setup(state);
    struct fixture *f = *state;
    return rc || catalog_builtin(&f->cx, &catalog) != OK;
}

static int assess_teardown(void **state)
{
    catalog_free(catalog);
    return teardown(state);
}

static struct assess_options options(void)
{
    return (struct assess_options){.catalog = catalog,
                                   .path = STR("repository"),
                                   .rev = STR("HEAD"),
                                   .now = NOW,
                                   .since = NOW - 365 * 86400,
                                   .threads = 2};
}

/* "task/point path:line" of each finding of the task, in their order. */
static struct str told(struct fixture *f, const struct assessment *a, const char *task)
{
    scoped_buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < a->n_tasks; i++)
        for (size_t k = 0; k < a->tasks[i].n_obligations; k++) {
            const struct obligation_result *o = &a->tasks[i].obligations[k];
            if (!str_eq(o->def->task, str_from(task))) continue;
            for (size_t m = 0; m < o->n_findings; m++)
                buf_printf(&out, "%s" STR_FMT " " STR_FMT ":%d", out.n ? ", " : "", STR_ARG(o->def->key),
                           STR_ARG(o->findings[m].path), (int)o->findings[m].line);
        }
    return arena_str(&f->cx.arena, buf_view(&out));
}

static struct str change_in(struct fixture *f, struct assess_change *change, enum rc expected)
{
    struct assess_options o = options();
    struct assessment a;
    struct git *g = open_good(f, "r");
    enum rc rc = assess_change(&f->cx, g, &o, change, &a);
    git_close(g);
    if (rc != expected) fail_msg("%s: %s", rc_name(rc), f->cx.message);
    return rc == OK ? told(f, &a, "public-network-encryption") : STR_NONE;
}

/* What HEAD brings since HEAD~1. */
static struct str brought(struct fixture *f)
{
    struct assess_change change = {.base = STR("HEAD~1")};
    return change_in(f, &change, OK);
}

static struct str staged(struct fixture *f)
{
    struct assess_change change = {.staged = true};
    return change_in(f, &change, OK);
}

static void begin(struct fixture *f, const char *script)
{
    run(f, "git init -q r; cd r; printf 'hello\\n' > README; git add README; git commit -q -m zero");
    in(f, script);
}

static void test_assess_assess__new_findings(void **state)
{
    struct fixture *f = *state;
    begin(f, "printf '" IMPORT BAD "' > old.py; git add .; git commit -q -m one");
    assert_str(brought(f), "fraud-prevented old.py:2");
    /* a second beside an old one; the old one has moved by two lines */
    in(f, "printf '\\n\\n" IMPORT BAD "x = 1\\n" BAD "' > old.py; git commit -q -a -m two");
    assert_str(brought(f), "fraud-prevented old.py:6");
    /* another file of the same content is another place */
    in(f, "cp old.py new.py; git add .; git commit -q -m three");
    assert_str(brought(f), "fraud-prevented new.py:4, fraud-prevented new.py:6");
    struct assess_change all = {.base = STR("HEAD~3")};
    assert_str(change_in(f, &all, OK), "fraud-prevented new.py:4, fraud-prevented new.py:6, fraud-prevented old.py:4, "
                                       "fraud-prevented old.py:6");
    assert_int_equal(all.files, 2);
    assert_int_equal(all.commits, 3);
    assert_str(all.base_oid, in(f, "git rev-parse HEAD~3"));
}

static void test_assess_assess__what_was_there_is_silent(void **state)
{
    struct fixture *f = *state;
    begin(f, "printf '" IMPORT BAD BAD "' > old.py; git add .; git commit -q -m one");
    static const char *const changes[] = {
        "printf '# why\\n" IMPORT "\\n\\n" BAD BAD "' > old.py",          /* lines moved */
        "git mv old.py renamed.py",                                       /* a file moved */
        "mkdir lib; git mv renamed.py lib/deep.py",                       /* and again */
        "printf '" IMPORT BAD "' > lib/deep.py",                          /* one mended */
        "chmod +x lib/deep.py",                                           /* the same content */
        "printf '" IMPORT GOOD "' > lib/deep.py; printf 'x\\n' > README", /* all mended */
        "git rm -q lib/deep.py",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        in(f, changes[i]);
        in(f, "git add -A; git commit -q -m next");
        struct str s = brought(f);
        if (s.n) fail_msg("\"%s\" brings " STR_FMT, changes[i], STR_ARG(s));
    }
    in(f, "git commit -q --allow-empty -m empty");
    assert_str(brought(f), "");
}

/* A line that comes back is new; one of two alike that goes and one that comes leaves as many as there were. */
static void test_assess_assess__counts_of_the_same(void **state)
{
    struct fixture *f = *state;
    begin(f, "printf '" IMPORT BAD BAD "' > a.py; git add .; git commit -q -m one");
    in(f, "printf '" IMPORT "y = 1\\n" BAD "z = 1\\n" BAD "' > a.py; git commit -q -a -m two");
    assert_str(brought(f), "");
    in(f, "printf '" IMPORT BAD BAD BAD "' > a.py; git commit -q -a -m three");
    assert_str(brought(f), "fraud-prevented a.py:4");
    in(f, "printf '" IMPORT GOOD "' > a.py; git commit -q -a -m four; printf '" IMPORT BAD
          "' > a.py; git commit -q -a -m five");
    assert_str(brought(f), "fraud-prevented a.py:2");
}

static void test_assess_assess__staged(void **state)
{
    struct fixture *f = *state;
    begin(f, "printf '" IMPORT BAD "' > a.py; git add .; git commit -q -m one");
    assert_str(staged(f), "");
    in(f, "printf '" IMPORT BAD "x = 1\\n" BAD "' > a.py");
    assert_str(staged(f), ""); /* the work tree is not looked at */
    in(f, "git add a.py; printf '" IMPORT GOOD "' > a.py");
    assert_str(staged(f), "fraud-prevented a.py:4"); /* what is staged, whatever the work tree says since */
    in(f, "git reset -q --hard; git mv a.py b.py");
    assert_str(staged(f), "");
    in(f, "git reset -q --hard; git rm -q a.py");
    assert_str(staged(f), "");
    in(f, "git reset -q --hard; printf 'other\\n' > README; git add README");
    struct assess_change change = {.staged = true};
    assert_str(change_in(f, &change, OK), "");
    assert_int_equal(change.files, 1);
    assert_int_equal(change.commits, 0);
    assert_str(change.base_oid, in(f, "git rev-parse HEAD"));
}

static void test_assess_assess__staged_on_an_unborn_branch(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q r; cd r; printf '" IMPORT BAD "' > a.py; printf '" IMPORT GOOD "' > b.py; git add .");
    struct assess_change change = {.staged = true};
    assert_str(change_in(f, &change, OK), "fraud-prevented a.py:2");
    assert_null(change.base_oid.p);
    assert_int_equal(change.files, 2);
    in(f, "git rm -q --cached a.py b.py");
    change = (struct assess_change){.staged = true};
    assert_str(change_in(f, &change, OK), "");
    assert_int_equal(change.files, 0);
}

/* Only what the change touches is looked at, and only points that a change is asked about. */
static void test_assess_assess__only_the_change(void **state)
{
    struct fixture *f = *state;
    begin(f, "printf '" IMPORT BAD "' > old.py; printf 'x = 1\\n' > other.py; git add .; git commit -q -m one");
    in(f, "printf 'x = 2\\n' > other.py; git commit -q -a -m two");
    assert_str(brought(f), "");
    struct assess_options o = options();
    struct assess_change change = {.base = STR("HEAD~1")};
    struct assessment a;
    struct git *g = open_good(f, "r");
    assert_int_equal(assess_change(&f->cx, g, &o, &change, &a), OK);
    for (size_t i = 0; i < a.n_tasks; i++)
        for (size_t k = 0; k < a.tasks[i].n_obligations; k++) assert_true(a.tasks[i].obligations[k].def->check);
    assert_int_equal(a.n_frameworks, 0);
    assert_true(a.n_tasks > 3);
    git_close(g);
}

static void test_assess_assess__ranges(void **state)
{
    struct fixture *f = *state;
    begin(f, "git branch base; printf '" IMPORT BAD "' > a.py; git add .; git commit -q -m ours;"
             "git checkout -q base; printf '" IMPORT BAD
             "' > theirs.py; git add .; git commit -q -m theirs; git checkout -q main");
    struct assess_change change = {.base = STR("base")}; /* from where they part: theirs is no removal of ours */
    assert_str(change_in(f, &change, OK), "fraud-prevented a.py:2");
    assert_int_equal(change.files, 1);
    change = (struct assess_change){.base = STR("HEAD")};
    assert_str(change_in(f, &change, OK), "");
    assert_int_equal(change.files, 0);
    change = (struct assess_change){.base = STR("nowhere")};
    (void)change_in(f, &change, E_NOTFOUND);
    /* histories that have nothing in common: all of it is the change */
    in(f, "git checkout -q --orphan alone; git commit -q -m alone");
    change = (struct assess_change){.base = STR("main")};
    assert_str(change_in(f, &change, OK), "fraud-prevented a.py:2");
    assert_null(change.base_oid.p);
}

static void test_assess_assess__repository(void **state)
{
    struct fixture *f = *state;
    begin(f, "printf '" IMPORT BAD "' > a.py; git add .; git commit -q -m one");
    struct assess_options o = options();
    struct assessment a, again;
    struct git *g = open_good(f, "r");
    o.lang = LANG_FI;
    assert_int_equal(assess_repository(&f->cx, g, &o, &a), OK);
    assert_str(told(f, &a, "public-network-encryption"), "fraud-prevented a.py:2");
    assert_int_equal(a.n_tasks, catalog->n_tasks);
    assert_int_equal(a.n_frameworks, catalog->n_frameworks);
    assert_int_equal(a.repository.commits, 2);
    assert_int_equal(a.repository.period_commits, 2);
    assert_int_equal(a.repository.files, 2);
    assert_str(a.repository.branch, "refs/heads/main");
    assert_str(a.repository.object_format, "sha1");
    assert_true(str_eq(a.repository.head, resolve(f, g, "HEAD")));
    assert_str(a.run.path, "repository");
    assert_str(a.run.cache, "none");
    assert_int_equal(a.run.lang, LANG_FI);
    assert_int_equal(a.run.now, NOW);
    assert_null(a.run.preset.p);
    assert_string_equal(a.run.catalog_digest, catalog->digest);
    int64_t tasks = 0;
    for (int s = 0; s < STATUS_COUNT; s++) tasks += a.summary[s];
    assert_int_equal(tasks, catalog->n_tasks);
    /* one task, at an older revision */
    o.task = STR("public-network-encryption");
    o.rev = STR("HEAD~1");
    assert_int_equal(assess_repository(&f->cx, g, &o, &again), OK);
    assert_int_equal(again.n_tasks, 1);
    assert_int_equal(again.n_frameworks, 0);
    assert_str(told(f, &again, "public-network-encryption"), "");
    o.task = STR("no-such-task");
    assert_int_equal(assess_repository(&f->cx, g, &o, &again), E_NOTFOUND);
    o.task = STR_NONE;
    o.rev = STR("nowhere");
    assert_int_equal(assess_repository(&f->cx, g, &o, &again), E_NOTFOUND);
    git_close(g);
}

static void test_assess_assess__baseline(void **state)
{
    struct fixture *f = *state;
    begin(f, "printf '" IMPORT BAD "' > a.py; git add .; git commit -q -m one");
    struct assess_options o = options();
    struct assessment a;
    struct git *g = open_good(f, "r");
    const char *file = arena_printf(&f->cx.arena, "%s/baseline.json", f->dir).p;
    o.task = STR("public-network-encryption");
    o.keys = true;
    assert_int_equal(assess_repository(&f->cx, g, &o, &a), OK);
    assert_true(assess_fails(&a, PRIORITY_LOW));
    assert_int_equal(baseline_write(&f->cx, &a, NULL, STR("Team"), NOW + 86400, file), OK);
    o.baseline = file;
    assert_int_equal(assess_repository(&f->cx, g, &o, &a), OK);
    assert_str(told(f, &a, "public-network-encryption"), "fraud-prevented a.py:2"); /* reported as such */
    assert_false(assess_fails(&a, PRIORITY_LOW));
    assert_int_equal(a.n_notices, 0);
    /* once it has ended it counts again, and that is said */
    o.now = NOW + 3 * 86400;
    assert_int_equal(assess_repository(&f->cx, g, &o, &a), OK);
    assert_true(assess_fails(&a, PRIORITY_LOW));
    assert_int_equal(a.n_notices, 1);
    assert_true(str_starts(a.notices[0], STR("1 of the baseline's entries have ended")));
    o.baseline = f->dir;
    assert_int_equal(assess_repository(&f->cx, g, &o, &a), E_IO);
    git_close(g);
}

static void test_assess_assess__fails(void **state)
{
    (void)state;
    static const struct {
        enum priority priority;
        enum strength strength;
        bool adopted;
        enum verdict verdict;
        int failing, baselined;
        int fails_at; /* the highest priority asked about with which it fails; PRIORITY_COUNT never */
    } cases[] = {
        {PRIORITY_CRITICAL, STRENGTH_MUST, false, VERDICT_VIOLATED, 1, 0, PRIORITY_CRITICAL},
        {PRIORITY_HIGH, STRENGTH_MUST, false, VERDICT_VIOLATED, 1, 0, PRIORITY_HIGH},
        {PRIORITY_LOW, STRENGTH_MUST, false, VERDICT_VIOLATED, 1, 0, PRIORITY_LOW},
        {PRIORITY_HIGH, STRENGTH_RECOMMENDED, false, VERDICT_VIOLATED, 1, 0, PRIORITY_COUNT},
        {PRIORITY_HIGH, STRENGTH_EXAMPLE, true, VERDICT_VIOLATED, 1, 0, PRIORITY_HIGH},
        {PRIORITY_CRITICAL, STRENGTH_MUST, false, VERDICT_VIOLATED, 2, 2, PRIORITY_COUNT},
        {PRIORITY_CRITICAL, STRENGTH_MUST, false, VERDICT_VIOLATED, 2, 1, PRIORITY_CRITICAL},
        {PRIORITY_CRITICAL, STRENGTH_MUST, false, VERDICT_PARTLY_MET, 1, 0, PRIORITY_COUNT}, /* tolerated */
        {PRIORITY_CRITICAL, STRENGTH_MUST, false, VERDICT_NO_EVIDENCE, 0, 0, PRIORITY_COUNT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct catalog_task task_def = {.priority = cases[i].priority};
        struct catalog_obligation def = {.strength = cases[i].strength};
        struct obligation_result point = {.def = &def,
                                          .adopted = cases[i].adopted,
                                          .verdict = cases[i].verdict,
                                          .failing = cases[i].failing,
                                          .baselined = cases[i].baselined};
        struct task_result task = {.def = &task_def, .obligations = &point, .n_obligations = 1};
        struct assessment a = {.tasks = &task, .n_tasks = 1};
        for (int p = 0; p < PRIORITY_COUNT; p++)
            if (assess_fails(&a, p) != (p >= cases[i].fails_at)) fail_msg("case %zu at %s", i, priority_name(p));
    }
}

#define ASSESS_TEST(name) cmocka_unit_test_setup_teardown(name, assess_setup, assess_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASSESS_TEST(test_assess_assess__new_findings),
        ASSESS_TEST(test_assess_assess__what_was_there_is_silent),
        ASSESS_TEST(test_assess_assess__counts_of_the_same),
        ASSESS_TEST(test_assess_assess__staged),
        ASSESS_TEST(test_assess_assess__staged_on_an_unborn_branch),
        ASSESS_TEST(test_assess_assess__only_the_change),
        ASSESS_TEST(test_assess_assess__ranges),
        ASSESS_TEST(test_assess_assess__repository),
        ASSESS_TEST(test_assess_assess__baseline),
        cmocka_unit_test(test_assess_assess__fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
