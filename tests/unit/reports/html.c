/* The HTML report: nothing from outside gets through unescaped, wherever it stands; the page is well-formed; the same
 * assessment gives the same bytes. */
#include "base/limits.h"
#include "reports/formats.h"

#include <expat.h>
#include <stdio.h>

#include "unit.h"

/* Markup, quotes, a CDATA end, a bidi override, a zero-width space, an escape, bytes that are not UTF-8, a
 * noncharacter. */
#define HOSTILE                                                                                                        \
    "<script>x()</script>\"'&]]>--><!-- \xe2\x80\xae\xe2\x80\x8b\x1b[31m\xff\xc0\x80\xef\xbf\xbf\x01 onload=\"y()\""
static const struct str hostile = {HOSTILE, sizeof HOSTILE - 1};
#define BOTH(s)                                                                                                        \
    {                                                                                                                  \
        (s), (s)                                                                                                       \
    }

struct fixture {
    struct ctx cx;
    struct catalog_control controls[4];
    struct catalog_framework frameworks[2];
    struct catalog_mapping mappings[2];
    struct catalog_obligation obligation;
    struct catalog_task task;
    struct finding findings[LIMIT_FINDINGS];
    struct obligation_result point;
    struct task_result result;
    const struct task_result *mapped[1];
    struct control_result control_results[4];
    struct framework_result framework_results[2];
    const struct finding *first[1];
    const struct obligation_result *first_of[1];
    struct str notices[1];
    struct assessment a;
};

static void fill(struct fixture *f, struct str s)
{
    *f = (struct fixture){0};
    ctx_init(&f->cx);
    f->controls[0] = (struct catalog_control){s, s, s, STR(""), true, false, s};
    f->controls[1] = (struct catalog_control){s, s, s, s, false, false, s};
    f->controls[2] = (struct catalog_control){s, s, s, s, false, true, s};
    f->controls[3] = f->controls[1];
    f->frameworks[0] = (struct catalog_framework){s, s, s, BOTH(s), false, f->controls, 3, s, s};
    f->frameworks[1] = (struct catalog_framework){s, s, s, BOTH(s), true, f->controls + 3, 1, s, s};
    f->mappings[0] = (struct catalog_mapping){&f->frameworks[0], &f->controls[1], STR("page")};
    f->mappings[1] = (struct catalog_mapping){&f->frameworks[1], &f->controls[3], s};
    f->obligation = (struct catalog_obligation){
        .task = s, .key = s, .point = 1, .enabled = true, .text = BOTH(s), .sql = STR("SELECT")};
    f->task = (struct catalog_task){.key = s,
                                    .order = 3,
                                    .theme = s,
                                    .policy = s,
                                    .theme_title = BOTH(s),
                                    .policy_title = BOTH(s),
                                    .title = BOTH(s),
                                    .summary = BOTH(s),
                                    .controls = f->mappings,
                                    .n_controls = 2,
                                    .obligations = &f->obligation,
                                    .n_obligations = 1};
    for (size_t i = 0; i < LIMIT_FINDINGS; i++)
        f->findings[i] = (struct finding){.id = s,
                                          .subject = s,
                                          .message = s,
                                          .fix = s,
                                          .path = s,
                                          .line = 12,
                                          .commit = s,
                                          .baseline = i % 2 == 0,
                                          .baseline_owner = s,
                                          .baseline_until = s};
    f->findings[1].path = f->findings[1].commit = STR_NONE;
    f->findings[1].subject = STR("ref:self/refs/tags/<b>");
    f->point = (struct obligation_result){.def = &f->obligation,
                                          .verdict = VERDICT_VIOLATED,
                                          .population = 9000,
                                          .judged = 8000,
                                          .failing = 7000,
                                          .baselined = 500,
                                          .settles = s,
                                          .findings = f->findings,
                                          .n_findings = LIMIT_FINDINGS,
                                          .places = 7000};
    f->result = (struct task_result){.def = &f->task,
                                     .status = STATUS_PARTLY_DONE,
                                     .exceptions = true,
                                     .designed = VERDICT_MET,
                                     .operating = VERDICT_VIOLATED,
                                     .assurance = ASSURANCE_FAIR,
                                     .obligations = &f->point,
                                     .n_obligations = 1};
    f->mapped[0] = &f->result;
    f->control_results[0] = (struct control_result){&f->controls[0], COVERAGE_OUTSIDE, NULL, 0};
    f->control_results[1] = (struct control_result){&f->controls[1], COVERAGE_ACTIVE, f->mapped, 1};
    f->control_results[2] = (struct control_result){&f->controls[2], COVERAGE_OUTSIDE, NULL, 0};
    f->control_results[3] = (struct control_result){&f->controls[3], COVERAGE_ACTIVE, f->mapped, 1};
    f->framework_results[0] = (struct framework_result){&f->frameworks[0], f->control_results, 3};
    f->framework_results[1] = (struct framework_result){&f->frameworks[1], f->control_results + 3, 1};
    f->first[0] = &f->findings[0];
    f->first_of[0] = &f->point;
    f->notices[0] = s;
    f->a =
        (struct assessment){.run = {.path = s, .now = 1767225600, .since = 1735689600, .preset = s, .cache = s},
                            .repository = {.head = s, .rev = s, .branch = s, .object_format = s, .commits = 12345678},
                            .notices = f->notices,
                            .n_notices = 1,
                            .tasks = &f->result,
                            .n_tasks = 1,
                            .frameworks = f->framework_results,
                            .n_frameworks = 2,
                            .first = f->first,
                            .first_of = f->first_of,
                            .n_first = 1};
    f->a.summary[STATUS_PARTLY_DONE] = 1;
}

static struct fixture f;

static void render(struct buf *out)
{
    buf_init(out, 0);
    report_html(&f.cx, &f.a, &(struct report_style){0}, out);
    assert_int_equal(buf_ok(out), OK);
}

static int setup(void **state)
{
    (void)state;
    fill(&f, hostile);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ctx_release(&f.cx);
    return 0;
}

static size_t count(struct str s, const char *part)
{
    size_t n = 0;
    for (const char *at; (at = str_find(s, str_from(part))); n++) s = str_slice(s, (size_t)(at - s.p) + 1, s.n);
    return n;
}

/* What an element of ours may carry; anything else came in from outside. */
static void open_element(void *arg, const char *name, const char **attributes)
{
    static const char *const known[] = {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "id",
        "class",
        "href",
        "tabindex",
        "width",
        "height",
        "aria-hidden",
        "aria-label",
        "aria-labelledby",
        "viewBox",
        "cx",
        "cy",
        "r",
        "x",
        "y",
        "fill",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "stroke-linecap",
        "stroke-linejoin",
        "pathLength",
        "transform",
        "preserveAspectRatio",
        "d",
        "scope",
        "role",
        "title",
        "datetime",
    };
    (*(size_t *)arg)++;
    assert_string_not_equal(name, "script");
    for (; *attributes; attributes += 2) {
        bool is_known = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) is_known |= !strcmp(*attributes, known[i]);
        if (!is_known) fail_msg("unexpected attribute %s of %s", *attributes, name);
        if (!strcmp(*attributes, "href")) assert_int_equal(attributes[1][0], '#');
    }
}

static void check_well_formed(struct str page)
{
    size_t elements = 0;
    XML_Parser x = XML_ParserCreate("UTF-8");
    XML_SetUserData(x, &elements);
    XML_SetStartElementHandler(x, open_element);
    if (XML_Parse(x, page.p, (int)page.n, 1) != XML_STATUS_OK)
        fail_msg("line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(x), XML_ErrorString(XML_GetErrorCode(x)));
    XML_ParserFree(x);
    assert_true(elements > 200);
}

static void test_reports_html__hostile_texts(void **state)
{
    (void)state;
    for (int lang = 0; lang < LANG_COUNT; lang++) {
        scoped_buf out;
        f.a.run.lang = (enum lang)lang;
        render(&out);
        struct str page = buf_view(&out);
        check_well_formed(page);
        static const char *const never[] = {"<script", "]]>",          "\xe2\x80\xae", "\xe2\x80\x8b", "\x1b",
                                            "\xff",    "\xef\xbf\xbf", "\x01",         "onload=\"",    "x()<",
                                            "http://", "https://",     "url(",         "@import"};
        for (size_t i = 0; i < sizeof never / sizeof *never; i++)
            if (count(page, never[i])) fail_msg("the page holds %s", never[i]);
        assert_true(str_is_utf8(page));
        assert_true(count(page, "&lt;script&gt;x()&lt;/script&gt;&quot;&#39;&amp;]]&gt;") > 100);
        assert_true(count(page, "\\u202e\\u200b\\x1b[31m\\xff\\xc0\\x80\\uffff\\x01") > 100);
    }
}

static void test_reports_html__same_bytes(void **state)
{
    (void)state;
    scoped_buf one, two;
    render(&one);
    f.a.run.duration_ms = 987654321;
    f.a.run.cache = STR("used");
    render(&two);
    assert_true(str_eq(buf_view(&one), buf_view(&two)));
}

static void test_reports_html__cuts_long_lists(void **state)
{
    (void)state;
    scoped_buf out;
    render(&out);
    struct str page = buf_view(&out);
    assert_int_equal(count(page, "<p class=\"accepted\">"), 25); /* every other of 50 */
    assert_int_equal(count(page, "45 more findings"), 1);
    assert_int_equal(count(page, "6,950 further findings are not shown here. The JSON report lists the first 1,000."),
                     1);
    assert_int_equal(count(page, "9,000 in scope, 8,000 judged, 7,000 failing (500 in the baseline)"), 1);
}

static void test_reports_html__few_findings_stay_in_sight(void **state)
{
    (void)state;
    scoped_buf out;
    f.point.n_findings = 6;
    f.point.places = 6;
    f.findings[1].exception = EXCEPTION_TREATED;
    render(&out);
    assert_int_equal(count(buf_view(&out), "<p class=\"accepted\">"), 4);
    assert_int_equal(count(buf_view(&out), "<b>Treated</b>"), 1);
    assert_int_equal(count(buf_view(&out), "class=\"more\""), 0);
    assert_int_equal(count(buf_view(&out), "further findings"), 0);
}

static void test_reports_html__says_a_fix_once(void **state)
{
    (void)state;
    scoped_buf out;
    static const char *const oid[] = {"1111111111111111111111111111111111111111",
                                      "2222222222222222222222222222222222222222",
                                      "3333333333333333333333333333333333333333"};
    fill(&f, STR("x"));
    for (size_t i = 0; i < 3; i++)
        f.findings[i] = (struct finding){.subject = STR("repo:self"), .message = STR("m"), .commit = str_from(oid[i])};
    f.findings[0].fix = STR("Read 1111111111 again.");
    f.findings[1].fix = STR("Read 2222222222 again.");
    f.findings[2].fix = STR("Read 3333333333 once more.");
    f.point.n_findings = 3;
    f.a.n_first = 0;
    render(&out);
    assert_int_equal(count(buf_view(&out), "Read 1111111111 again."), 1);
    assert_int_equal(count(buf_view(&out), "as above."), 1);
    assert_int_equal(count(buf_view(&out), "Read 3333333333 once more."), 1);
    assert_int_equal(count(buf_view(&out), "<code>222222222222</code>"), 1);
}

static void test_reports_html__part_of_the_catalog(void **state)
{
    (void)state;
    scoped_buf out;
    f.a.n_frameworks = f.a.n_tasks = f.a.n_first = f.a.n_notices = 0;
    f.a.run.preset = f.a.repository.branch = STR_NONE;
    f.a.run.path = STR(".");
    render(&out);
    check_well_formed(buf_view(&out));
    assert_int_equal(count(buf_view(&out), "id=\"coverage\""), 0);
    assert_int_equal(count(buf_view(&out), "href=\"#coverage\""), 0);
    assert_int_equal(count(buf_view(&out), "<title>Secure development assessment</title>"), 1);
}

static void test_reports_html__command_is_quoted(void **state)
{
    (void)state;
    scoped_buf out;
    f.a.run.path = STR("/srv/it's here");
    render(&out);
    assert_int_equal(count(buf_view(&out), "&#39;/srv/it&#39;\\&#39;&#39;s here&#39;</code>"), 1);
    assert_int_equal(count(buf_view(&out), "<title>it&#39;s here: secure development assessment</title>"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reports_html__hostile_texts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reports_html__same_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reports_html__cuts_long_lists, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reports_html__few_findings_stay_in_sight, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reports_html__says_a_fix_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reports_html__part_of_the_catalog, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reports_html__command_is_quoted, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
