/* A small assessment made by hand, for the reports' tests: two tasks, of four points and one; a hostile text wherever
 * something from outside stands. */
#ifndef TESTS_REPORTS_MAKE_H
#define TESTS_REPORTS_MAKE_H

#include "reports/formats.h" /* before cmocka, whose fail is a macro */

#include "unit.h"

#define ID(c) STR("0123456789abcdef0123456789abcde" c)

struct made {
    struct ctx cx;
    struct catalog_control controls[2];
    struct catalog_framework framework;
    struct catalog_mapping mapping;
    struct catalog_obligation defs[5];
    struct catalog_task task_defs[2];
    struct finding findings[6];
    struct shown shown;
    struct obligation_result points[5];
    struct task_result tasks[2];
    const struct task_result *mapped[1];
    struct control_result control_results[2];
    struct framework_result framework_result;
    const struct finding *first[2];
    const struct obligation_result *first_of[2];
    struct str notices[2], needs[1];
    struct assessment a;
};

static struct made m;

static inline struct catalog_obligation make_def(const char *key, enum strength strength)
{
    return (struct catalog_obligation){.task = STR("first-task"),
                                       .key = str_from(key),
                                       .strength = strength,
                                       .aspect = ASPECT_OPERATION,
                                       .type = EVIDENCE_PRACTICE,
                                       .enabled = true,
                                       .text = {STR("Changes are reviewed."), STR("Muutokset katselmoidaan.")}};
}

/* `s` stands for what comes from outside: paths and subjects are its bytes, messages what is safe to show of it. */
static inline void make(struct str s)
{
    ctx_init(&m.cx);
    scoped_buf b;
    buf_init(&b, 0);
    buf_visible(&b, s);
    struct str safe = arena_str(&m.cx.arena, buf_view(&b));
    m.controls[0] = (struct catalog_control){.id = STR("A"), .title = STR("Heading"), .heading = true};
    m.controls[1] = (struct catalog_control){.id = STR("A.1"), .title = STR("Control"), .group = STR("A")};
    m.framework = (struct catalog_framework){
        .key = STR("one"), .name = STR("ISO/IEC 1"), .edition = STR("2022"), .controls = m.controls, .n_controls = 2};
    m.mapping = (struct catalog_mapping){&m.framework, &m.controls[1], STR("page")};
    m.defs[0] = make_def("violated", STRENGTH_MUST);
    m.defs[1] = make_def("advice", STRENGTH_RECOMMENDED);
    m.defs[2] = make_def("met", STRENGTH_EXAMPLE);
    m.defs[3] = make_def("unknown", STRENGTH_MUST);
    m.defs[4] = make_def("second", STRENGTH_MUST);
    m.defs[4].task = STR("second-task");
    for (int i = 0; i < 5; i++) m.defs[i].point = i + 1;
    m.needs[0] = STR("register");
    m.defs[3].needs = m.needs;
    m.defs[3].n_needs = 1;
    m.task_defs[0] = (struct catalog_task){.key = STR("first-task"),
                                           .order = 1,
                                           .theme = STR("theme"),
                                           .policy = STR("policy"),
                                           .priority = PRIORITY_HIGH,
                                           .title = {STR("First task"), STR("Ensimmäinen tehtävä")},
                                           .summary = {STR("What it is about."), STR("Mistä on kyse.")},
                                           .controls = &m.mapping,
                                           .n_controls = 1,
                                           .obligations = m.defs,
                                           .n_obligations = 4};
    m.task_defs[1] = m.task_defs[0];
    m.task_defs[1].key = STR("second-task");
    m.task_defs[1].order = 2;
    m.task_defs[1].priority = PRIORITY_LOW;
    m.task_defs[1].title[0] = STR("Second task");
    m.findings[0] = (struct finding){.id = ID("0"),
                                     .subject = s,
                                     .message = safe,
                                     .fix = safe,
                                     .path = s,
                                     .line = 7,
                                     .commit = STR("cccccccccccccccccccccccccccccccccccccccc"),
                                     .allow = STR("private_key")};
    m.findings[1] =
        (struct finding){.id = ID("1"), .subject = STR("repo:self"), .message = safe, .fix = STR("mend it")};
    m.findings[2] = (struct finding){.id = ID("2"),
                                     .subject = STR("file:self/b.c"),
                                     .message = STR("known"),
                                     .fix = STR("mend it"),
                                     .path = STR("b.c"),
                                     .baseline = true,
                                     .baseline_owner = STR("Team Ä"),
                                     .baseline_until = STR("2026-12-31")};
    m.findings[3] = (struct finding){.id = ID("3"),
                                     .subject = STR("file:self/c.c"),
                                     .message = STR("excused"),
                                     .fix = STR("mend it"),
                                     .path = STR("c.c"),
                                     .exception = EXCEPTION_TREATED};
    m.findings[4] = (struct finding){.id = ID("4"),
                                     .subject = STR("file:self/a.c"),
                                     .message = STR("advised"),
                                     .fix = STR("think"),
                                     .path = STR("a.c"),
                                     .line = 3};
    m.findings[5] =
        (struct finding){.id = ID("5"), .subject = STR("repo:self"), .message = STR("not violated"), .fix = STR("")};
    m.shown = (struct shown){.subject = STR("file:self/good.c"), .path = STR("good.c"), .line = 9, .at = 1795514400};
    m.points[0] = (struct obligation_result){.def = &m.defs[0],
                                             .verdict = VERDICT_VIOLATED,
                                             .population = 40,
                                             .judged = 30,
                                             .failing = 20,
                                             .baselined = 1,
                                             .treated = 1,
                                             .assurance = ASSURANCE_STRONG,
                                             .settles = STR("a way to tell"),
                                             .at = 1795514400,
                                             .findings = m.findings,
                                             .n_findings = 4,
                                             .places = 5000};
    m.points[1] = (struct obligation_result){.def = &m.defs[1],
                                             .verdict = VERDICT_VIOLATED,
                                             .population = 2,
                                             .judged = 2,
                                             .failing = 1,
                                             .assurance = ASSURANCE_STRONG,
                                             .findings = &m.findings[4],
                                             .n_findings = 1,
                                             .places = 1};
    m.points[2] = (struct obligation_result){.def = &m.defs[2],
                                             .adopted = true,
                                             .verdict = VERDICT_MET,
                                             .population = 1,
                                             .judged = 1,
                                             .assurance = ASSURANCE_STRONG,
                                             .shown = &m.shown,
                                             .n_shown = 1};
    m.points[3] = (struct obligation_result){
        .def = &m.defs[3], .verdict = VERDICT_NO_EVIDENCE, .stopped = true, .settles = STR("a way to tell")};
    m.points[4] = (struct obligation_result){.def = &m.defs[4],
                                             .verdict = VERDICT_PARTLY_MET, /* within its tolerance */
                                             .population = 1000,
                                             .judged = 1000,
                                             .failing = 1,
                                             .assurance = ASSURANCE_WEAK,
                                             .findings = &m.findings[5],
                                             .n_findings = 1,
                                             .places = 1};
    m.tasks[0] = (struct task_result){.def = &m.task_defs[0],
                                      .status = STATUS_PARTLY_DONE,
                                      .exceptions = true,
                                      .designed = VERDICT_NOT_APPLICABLE,
                                      .operating = VERDICT_VIOLATED,
                                      .assurance = ASSURANCE_NONE,
                                      .obligations = m.points,
                                      .n_obligations = 4};
    m.tasks[1] = (struct task_result){.def = &m.task_defs[1],
                                      .status = STATUS_MOSTLY_DONE,
                                      .designed = VERDICT_NOT_APPLICABLE,
                                      .operating = VERDICT_PARTLY_MET,
                                      .assurance = ASSURANCE_WEAK,
                                      .obligations = &m.points[4],
                                      .n_obligations = 1};
    m.mapped[0] = &m.tasks[0];
    m.control_results[0] = (struct control_result){.def = &m.controls[0], .coverage = COVERAGE_OUTSIDE};
    m.control_results[1] = (struct control_result){&m.controls[1], COVERAGE_ACTIVE, m.mapped, 1};
    m.framework_result = (struct framework_result){&m.framework, m.control_results, 2};
    m.first[0] = &m.findings[0];
    m.first_of[0] = &m.points[0];
    m.first[1] = &m.findings[1];
    m.first_of[1] = &m.points[0];
    m.notices[0] = safe;
    m.notices[1] = STR("The history is shallow.");
    m.a = (struct assessment){.run = {.path = safe,
                                      .now = 1795514400,
                                      .since = 1763978400,
                                      .preset = STR("page"),
                                      .duration_ms = 123456789,
                                      .cache = STR("used")},
                              .repository = {.head = STR("0123456789abcdef0123456789abcdef01234567"),
                                             .rev = safe,
                                             .branch = s,
                                             .object_format = STR("sha1"),
                                             .commits = 1234,
                                             .period_commits = 56,
                                             .files = 78,
                                             .missing = 9,
                                             .shallow = true},
                              .notices = m.notices,
                              .n_notices = 2,
                              .tasks = m.tasks,
                              .n_tasks = 2,
                              .frameworks = &m.framework_result,
                              .n_frameworks = 1,
                              .first = m.first,
                              .first_of = m.first_of,
                              .n_first = 2};
    memset(m.a.run.catalog_digest, 'd', 64);
    m.a.summary[STATUS_PARTLY_DONE] = 1;
    m.a.summary[STATUS_MOSTLY_DONE] = 1;
}

static inline int setup(void **state)
{
    (void)state;
    memset(&m, 0, sizeof m);
    make(STR("a.c"));
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    ctx_release(&m.cx);
    return 0;
}

static inline void make_again(struct str s)
{
    ctx_release(&m.cx);
    memset(&m, 0, sizeof m);
    make(s);
}

static inline size_t count(struct str s, const char *part)
{
    size_t n = 0;
    for (const char *at; (at = str_find(s, str_from(part))); n++) s = str_slice(s, (size_t)(at - s.p) + 1, s.n);
    return n;
}

#define REPORT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
