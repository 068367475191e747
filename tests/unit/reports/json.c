/* The JSON report holds what the assessment holds, value by value, and its SARIF what code hosts read. */
#include "make.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *rendered(void (*report)(struct ctx *, const struct assessment *, const struct report_style *,
                                       struct buf *))
{
    scoped_buf out;
    json_error_t error;
    buf_init(&out, 0);
    report(&m.cx, &m.a, &(struct report_style){0}, &out);
    assert_int_equal(buf_ok(&out), OK);
    json_t *top = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!top) fail_msg("line %d: %s", error.line, error.text);
    return top;
}

/* "tasks.0.key": what stands there. */
static json_t *at(json_t *top, const char *path)
{
    struct str rest = str_from(path), part;
    json_t *v = top;
    while (v && str_cut(&rest, '.', &part)) {
        int64_t index;
        if (json_is_array(v))
            v = str_to_i64(part, 0, 1000000, &index) ? json_array_get(v, (size_t)index) : NULL;
        else
            v = json_object_get(v, arena_cstr(&m.cx.arena, part));
    }
    return v;
}

/* Each path and its value as JSON; NULL: it is not there. */
struct expected {
    const char *path, *value;
};

static void expect(json_t *top, const struct expected *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_t *v = at(top, e[i].path);
        char *text = v ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
        if ((text && e[i].value) ? strcmp(text, e[i].value) != 0 : text || e[i].value)
            fail_msg("%s is %s", e[i].path, text ? text : "absent");
        free(text);
    }
}

#define EXPECT(top, ...)                                                                                               \
    do {                                                                                                               \
        const struct expected e_[] = {__VA_ARGS__};                                                                    \
        expect(top, e_, sizeof e_ / sizeof *e_);                                                                       \
    } while (0)

static void test_reports_json__holds_the_assessment(void **state)
{
    (void)state;
    m.a.repository.branch = STR("refs/heads/main");
    json_t *top = rendered(report_json);
    EXPECT(top, {"tool.name", "\"sinetti\""}, {"tool.version", "\"" SINETTI_VERSION "\""}, {"schema_version", "1"},
           {"run.path", "\"a.c\""}, {"run.now", "\"2026-11-24T10:00:00Z\""}, {"run.since", "\"2025-11-24T10:00:00Z\""},
           {"run.lang", "\"en\""}, {"run.preset", "\"page\""},
           {"run.catalog", "\"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd\""},
           {"repository.head", "\"0123456789abcdef0123456789abcdef01234567\""},
           {"repository.branch", "\"refs/heads/main\""}, {"repository.object_format", "\"sha1\""},
           {"repository.commits", "1234"}, {"repository.period_commits", "56"}, {"repository.files", "78"},
           {"repository.missing", "9"}, {"repository.shallow", "true"}, {"repository.partial", "false"},
           {"notices.1", "\"The history is shallow.\""}, {"notices.2", NULL},
           {"summary", "{\"fully_done\":0,\"mostly_done\":1,\"partly_done\":1,\"not_done\":0,\"not_relevant\":0}"},
           {"first.0",
            "{\"task\":\"first-task\",\"obligation\":\"violated\",\"id\":\"0123456789abcdef0123456789abcde0\","
            "\"message\":\"a.c\"}"},
           {"first.2", NULL});
    EXPECT(top, {"tasks.0.key", "\"first-task\""}, {"tasks.0.order", "1"}, {"tasks.0.title", "\"First task\""},
           {"tasks.0.theme", "\"theme\""}, {"tasks.0.policy", "\"policy\""}, {"tasks.0.priority", "\"high\""},
           {"tasks.0.status", "\"partly_done\""}, {"tasks.0.exceptions", "true"},
           {"tasks.0.designed", "\"not_applicable\""}, {"tasks.0.operating", "\"violated\""},
           {"tasks.0.assurance", "\"none\""},
           {"tasks.0.controls",
            "[{\"framework\":\"ISO/IEC 1\",\"edition\":\"2022\",\"id\":\"A.1\",\"title\":\"Control\","
            "\"source\":\"page\"}]"},
           {"tasks.1.status", "\"mostly_done\""}, {"tasks.1.exceptions", "false"}, {"tasks.2", NULL},
           {"coverage",
            "[{\"framework\":\"ISO/IEC 1\",\"edition\":\"2022\",\"legacy\":false,\"controls\":[{\"id\":\"A.1\","
            "\"title\":\"Control\",\"coverage\":\"active\",\"tasks\":[\"first-task\"]}]}]"});
    /* what depends on the machine's time is left out */
    assert_null(at(top, "run.duration_ms"));
    assert_null(at(top, "run.cache"));
    json_decref(top);
}

static void test_reports_json__points(void **state)
{
    (void)state;
    json_t *top = rendered(report_json);
    json_t *points = at(top, "tasks.0.obligations");
    EXPECT(points, {"0.key", "\"violated\""}, {"0.point", "1"}, {"0.strength", "\"must\""}, {"0.adopted", "false"},
           {"0.aspect", "\"operation\""}, {"0.type", "\"practice\""}, {"0.text", "\"Changes are reviewed.\""},
           {"0.verdict", "\"violated\""}, {"0.assurance", "\"strong\""}, {"0.population", "40"}, {"0.judged", "30"},
           {"0.failing", "20"}, {"0.baselined", "1"}, {"0.treated", "1"}, {"0.waived", NULL}, {"0.stopped", NULL},
           {"0.observed_at", "\"2026-11-24T10:00:00Z\""}, {"0.settles", "\"a way to tell\""}, {"0.needs", "[]"},
           {"0.shown_by", "[]"}, {"0.findings_total", "5000"});
    EXPECT(points, {"1.baselined", NULL}, {"1.observed_at", NULL}, {"1.settles", NULL}, {"2.strength", "\"example\""},
           {"2.adopted", "true"}, {"2.verdict", "\"met\""}, {"2.findings", "[]"},
           {"2.shown_by",
            "[{\"subject\":\"file:self/good.c\",\"path\":\"good.c\",\"line\":9,\"at\":\"2026-11-24T10:00:00Z\"}]"},
           {"3.verdict", "\"no_evidence\""}, {"3.stopped", "true"}, {"3.needs", "[\"register\"]"}, {"4", NULL});
    json_decref(top);
}

static void test_reports_json__findings(void **state)
{
    (void)state;
    json_t *top = rendered(report_json);
    json_t *findings = at(top, "tasks.0.obligations.0.findings");
    assert_int_equal(json_array_size(findings), 4);
    EXPECT(findings,
           {"0", "{\"id\":\"0123456789abcdef0123456789abcde0\",\"subject\":\"a.c\",\"message\":\"a.c\",\"fix\":\"a.c\","
                 "\"path\":\"a.c\",\"line\":7,\"commit\":\"cccccccccccccccccccccccccccccccccccccccc\","
                 "\"allow\":\"private_key\"}"},
           {"1", "{\"id\":\"0123456789abcdef0123456789abcde1\",\"subject\":\"repo:self\",\"message\":\"a.c\","
                 "\"fix\":\"mend it\"}"},
           {"2.baseline", "{\"owner\":\"Team Ä\",\"until\":\"2026-12-31\"}"}, {"2.exception", NULL},
           {"3.baseline", NULL}, {"3.exception", "\"treated\""});
    json_decref(top);
}

static void test_reports_json__language_and_emptiness(void **state)
{
    (void)state;
    m.a.run.lang = LANG_FI;
    m.a.run.preset = STR_NONE;
    m.a.repository.branch = STR_NONE;
    json_t *top = rendered(report_json);
    EXPECT(top, {"run.lang", "\"fi\""}, {"run.preset", NULL}, {"repository.branch", NULL},
           {"tasks.0.title", "\"Ensimmäinen tehtävä\""},
           {"tasks.0.obligations.0.text", "\"Muutokset katselmoidaan.\""});
    json_decref(top);
    m.a.n_tasks = m.a.n_frameworks = m.a.n_first = m.a.n_notices = 0;
    top = rendered(report_json);
    EXPECT(top, {"tasks", "[]"}, {"coverage", "[]"}, {"first", "[]"}, {"notices", "[]"});
    json_decref(top);
}

static void test_reports_json__hostile_bytes(void **state)
{
    (void)state;
    make_again(STR("a\"}],\\\x1b[2J\xff\xe2\x80\xae\n\0z"));
    json_t *top = rendered(report_json);
    json_t *path = at(top, "tasks.0.obligations.0.findings.0.path");
    struct str s = {json_string_value(path), json_string_length(path)};
    assert_true(
        str_eq(s, STR("a\"}],\\\x1b[2J\xef\xbf\xbd\xe2\x80\xae\n\0z"))); /* the bytes, but for what is no UTF-8 */
    assert_int_equal(json_array_size(at(top, "tasks")), 2);
    json_decref(top);
}

/* The same assessment gives the same bytes, however long it took and whatever the cache did. */
static void test_reports_json__same_bytes(void **state)
{
    (void)state;
    for (int format = 0; format < REPORT_FORMAT_COUNT; format++) {
        scoped_buf one, two;
        buf_init(&one, 0);
        buf_init(&two, 0);
        assert_int_equal(report_write(&m.cx, &m.a, format, NULL, &one), OK);
        m.a.run.duration_ms++;
        m.a.run.cache = STR("rebuilt");
        assert_int_equal(report_write(&m.cx, &m.a, format, NULL, &two), OK);
        assert_true(one.n > 500 && str_eq(buf_view(&one), buf_view(&two)));
    }
}

static void test_reports_sarif__results(void **state)
{
    (void)state;
    json_t *top = rendered(report_sarif);
    EXPECT(top, {"version", "\"2.1.0\""}, {"runs.1", NULL}, {"runs.0.tool.driver.name", "\"sinetti\""},
           {"runs.0.tool.driver.semanticVersion", "\"" SINETTI_VERSION "\""}, {"runs.0.tool.driver.language", "\"en\""},
           {"runs.0.tool.driver.rules.4.id", "\"second-task/second\""}, {"runs.0.tool.driver.rules.5", NULL},
           {"runs.0.tool.driver.rules.0.defaultConfiguration.level", "\"error\""},
           {"runs.0.tool.driver.rules.0.properties.tags", "[\"ISO/IEC 1:2022 A.1\"]"},
           {"runs.0.properties.head", "\"0123456789abcdef0123456789abcdef01234567\""});
    json_t *results = at(top, "runs.0.results");
    assert_int_equal(json_array_size(results), 5); /* of violated points alone */
    EXPECT(results, {"0.ruleId", "\"first-task/violated\""}, {"0.ruleIndex", "0"}, {"0.level", "\"error\""},
           {"0.message.text", "\"a.c\\n\\na.c\""},
           {"0.locations.0.physicalLocation",
            "{\"artifactLocation\":{\"uri\":\"a.c\",\"uriBaseId\":\"%SRCROOT%\"},\"region\":{\"startLine\":7}}"},
           {"0.locations.0.logicalLocations", "[{\"fullyQualifiedName\":\"a.c\"}]"}, {"0.suppressions", NULL},
           {"0.partialFingerprints", "{\"sinettiFindingId/v1\":\"0123456789abcdef0123456789abcde0\"}"},
           {"1.locations.0.physicalLocation", NULL},
           {"2.locations.0.physicalLocation", "{\"artifactLocation\":{\"uri\":\"b.c\",\"uriBaseId\":\"%SRCROOT%\"}}"},
           {"2.suppressions",
            "[{\"kind\":\"external\",\"status\":\"accepted\",\"justification\":\"Team Ä, 2026-12-31\"}]"},
           {"3.suppressions", "[{\"kind\":\"external\",\"status\":\"accepted\",\"justification\":\"treated\"}]"},
           {"4.ruleId", "\"first-task/advice\""}, {"4.ruleIndex", "1"}, {"4.level", "\"note\""});
    json_decref(top);
}

static void test_reports_sarif__levels(void **state)
{
    (void)state;
    static const char *const of[PRIORITY_COUNT] = {"\"error\"", "\"error\"", "\"warning\"", "\"warning\""};
    for (int p = 0; p < PRIORITY_COUNT; p++) {
        m.task_defs[0].priority = p;
        json_t *top = rendered(report_sarif);
        EXPECT(top, {"runs.0.results.0.level", of[p]}, {"runs.0.results.4.level", "\"note\""},
               {"runs.0.tool.driver.rules.2.defaultConfiguration.level", of[p]}); /* an example that is adopted */
        json_decref(top);
    }
}

/* RFC 3986: any path is a relative reference of its own, whatever its bytes. */
static void test_reports_sarif__uris(void **state)
{
    (void)state;
    static const struct {
        const char *path, *uri;
    } cases[] = {
        {"src/base/str.c", "\"src/base/str.c\""},
        {"a-b_c.d~e/0", "\"a-b_c.d~e/0\""},
        {"a b", "\"a%20b\""},
        {"100%", "\"100%25\""},
        {"a?b#c", "\"a%3Fb%23c\""},
        {"http://example.org", "\"http%3A//example.org\""}, /* no scheme */
        {"c:\\x", "\"c%3A%5Cx\""},
        {"[x]{y}\"<z>`|^", "\"%5Bx%5D%7By%7D%22%3Cz%3E%60%7C%5E\""},
        {"ä", "\"%C3%A4\""},
        {"\xff\n\x1b", "\"%FF%0A%1B\""},
        {"+&=;@,!$'()*", "\"%2B%26%3D%3B%40%2C%21%24%27%28%29%2A\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        m.findings[0].path = str_from(cases[i].path);
        json_t *top = rendered(report_sarif);
        EXPECT(top, {"runs.0.results.0.locations.0.physicalLocation.artifactLocation.uri", cases[i].uri});
        json_decref(top);
    }
}

static void test_reports_reports__formats(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        int format; /* -1: none */
    } files[] = {
        {"a.txt", REPORT_TEXT},
        {"a.json", REPORT_JSON},
        {"a.html", REPORT_HTML},
        {"a.HTM", REPORT_HTML},
        {"a.sarif", REPORT_SARIF},
        {"a.sarif.json", REPORT_SARIF},
        {"a.md", REPORT_MARKDOWN},
        {"a.markdown", REPORT_MARKDOWN},
        {"dir.json/a.md", REPORT_MARKDOWN},
        {"a", -1},
        {"json", -1},
        {"a.json.gz", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        enum report_format f = REPORT_FORMAT_COUNT;
        enum rc rc = report_format_of_file(&m.cx, str_from(files[i].file), &f);
        if ((rc == OK) != (files[i].format >= 0) || (rc == OK && (int)f != files[i].format))
            fail_msg("%s is format %d", files[i].file, (int)f);
    }
    static const char *const names[] = {"text", "json", "html", "sarif", "markdown"};
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++) {
        enum report_format f = REPORT_FORMAT_COUNT;
        assert_int_equal(report_format_parse(&m.cx, str_from(names[i]), &f), OK);
        assert_int_equal(f, i);
        assert_int_equal(report_format_parse(&m.cx, arena_printf(&m.cx.arena, "%s ", names[i]), &f), E_INVALID);
    }
    enum report_format f;
    assert_int_equal(report_format_parse(&m.cx, STR("pdf\x1b"), &f), E_INVALID);
    assert_non_null(strstr(m.cx.message, "\"pdf\\x1b\" (text, json, html, sarif, markdown)"));
}

static void test_reports_reports__too_large(void **state)
{
    (void)state;
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++) {
        scoped_buf out;
        buf_init(&out, 100);
        assert_int_equal(report_write(&m.cx, &m.a, i, NULL, &out), E_LIMIT);
        assert_non_null(strstr(m.cx.message, "--task"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPORT_TEST(test_reports_json__holds_the_assessment),
        REPORT_TEST(test_reports_json__points),
        REPORT_TEST(test_reports_json__findings),
        REPORT_TEST(test_reports_json__language_and_emptiness),
        REPORT_TEST(test_reports_json__hostile_bytes),
        REPORT_TEST(test_reports_json__same_bytes),
        REPORT_TEST(test_reports_sarif__results),
        REPORT_TEST(test_reports_sarif__levels),
        REPORT_TEST(test_reports_sarif__uris),
        REPORT_TEST(test_reports_reports__formats),
        REPORT_TEST(test_reports_reports__too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
