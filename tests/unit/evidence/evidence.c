/* evidence: what each kind of report says in sum; what is refused, and where; that nothing in a report makes it cost
 * more memory. */
#include "evidence/evidence.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static int file_of(struct str text)
{
    int fd = memfd_create("evidence", MFD_CLOEXEC);
    assert_true(fd >= 0 && file_write_all(fd, text));
    return fd;
}

static enum rc take_finding(void *arg, enum evidence_level level, const uint8_t print[EVIDENCE_PRINT], struct str rule,
                            struct str path, int64_t line)
{
    char hex[9];
    digest_hex(print, 4, hex);
    buf_printf(arg, " [%s " STR_FMT " " STR_FMT ":%d%s]", evidence_level_name(level), STR_ARG(rule), STR_ARG(path),
               (int)line, strlen(hex) == 8 ? "" : "!");
    return OK;
}

static enum rc take_line(void *arg, struct str path, int64_t line, bool ran)
{
    buf_printf(arg, " " STR_FMT ":%d%s", STR_ARG(path), (int)line, ran ? "+" : "-");
    return OK;
}

static void say(struct buf *out, const struct evidence *e)
{
    buf_cstr(out, evidence_format_name(e->type));
    if (e->tests || e->failures || e->errors)
        buf_printf(out, " tests %d, %d failed, %d broken, %d skipped", (int)e->tests, (int)e->failures, (int)e->errors,
                   (int)e->skipped);
    if (e->type == EVIDENCE_SARIF)
        buf_printf(out, " %d/%d/%d, %d suppressed", (int)e->findings[LEVEL_ERROR], (int)e->findings[LEVEL_WARNING],
                   (int)e->findings[LEVEL_NOTE], (int)e->suppressed);
    if (e->type == EVIDENCE_CYCLONEDX)
        buf_printf(out, " %d components, %d vulnerabilities", (int)e->components, (int)e->vulnerabilities);
    if (e->lines) buf_printf(out, " %d of %d lines", (int)e->covered, (int)e->lines);
    if (e->score >= 0) buf_printf(out, " score %d", (int)e->score);
    if (e->effective_at) buf_printf(out, " at %lld", (long long)e->effective_at);
}

static void read_text(struct str text, bool all, struct buf *out)
{
    struct ctx cx;
    struct evidence e;
    scoped_buf more;
    buf_init(&more, 0);
    const struct evidence_sink sink = {&more, take_finding, take_line};
    ctx_init(&cx);
    int fd = file_of(text);
    enum rc rc = evidence_read(&cx, NULL, fd, all ? &sink : NULL, &e);
    if (rc == OK)
        say(out, &e);
    else
        buf_printf(out, "%s! %s", rc == E_INVALID ? "" : "limit", cx.message);
    buf_str(out, buf_view(&more));
    buf_char(out, 0);
    close(fd);
    ctx_release(&cx);
}

#define assert_read(text, all, expected)                                                                               \
    do {                                                                                                               \
        scoped_buf got_;                                                                                               \
        buf_init(&got_, 0);                                                                                            \
        read_text(str_from(text), all, &got_);                                                                         \
        assert_string_equal(got_.p, expected);                                                                         \
    } while (0)

#define X "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static void test_evidence_evidence__junit(void **state)
{
    (void)state;
    assert_read(
        X "<testsuites><testsuite name=\"a\" tests=\"4\" timestamp=\"2026-01-01T00:00:00Z\"><testcase name=\"1\"/>"
          "<testcase name=\"2\"><failure>x</failure></testcase><testcase name=\"3\"><error/></testcase>"
          "<testcase name=\"4\"><skipped/></testcase></testsuite></testsuites>",
        false, "junit tests 4, 1 failed, 1 broken, 1 skipped at 1767225600");
    /* one suite, without a root around it; output of any length in it; a retry that went well is no failure */
    assert_read("<testsuite><testcase/><system-out><![CDATA[<failure/>]]></system-out><testcase><flakyFailure/>"
                "</testcase></testsuite>",
                false, "junit tests 2, 0 failed, 0 broken, 0 skipped");
    /* what a suite says counts where its cases do not show it; what is said twice counts once */
    assert_read("<testsuites failures=\"3\" errors=\"1\"><testsuite failures=\"3\" errors=\"1\"><testcase><failure/>"
                "<failure/></testcase></testsuite></testsuites>",
                false, "junit tests 1, 3 failed, 1 broken, 0 skipped");
    assert_read("<testsuites><testsuite failures=\"1\"/><testsuite failures=\"2\"><failure/></testsuite></testsuites>",
                false, "junit tests 0, 3 failed, 0 broken, 0 skipped");
    assert_read("<testsuite><testcase status=\"notrun\"/><testcase status=\"run\" result=\"suppressed\"/></testsuite>",
                false, "junit tests 2, 0 failed, 0 broken, 2 skipped");
    assert_read("<testsuites/>", false, "junit");
    assert_read("<testsuite><testcase>", false, "! line 1, byte 21: it ends before its root is closed");
    assert_read("<testsuite>\n<testcase></testsuite>", false, "! line 2, byte 24: this end tag closes another element");
    assert_read("<suite/>", false,
                "! it is none of JUnit XML, SARIF 2.1.0, CycloneDX, LCOV, Cobertura, an in-toto statement in a DSSE "
                "envelope, and Scorecard's JSON");
}

#define RUNS "{\"version\":\"2.1.0\",\"runs\":[{"
#define PLACE(path, line)                                                                                              \
    "\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"" path                                      \
    "\"},\"region\":{\"startLine\":" line "}}}]"

static void test_evidence_evidence__sarif(void **state)
{
    (void)state;
    /* levels: said, of the rule by id, by number, of an extension's, and the usual one */
    assert_read(
        RUNS
        "\"tool\":{\"driver\":{\"name\":\"x\",\"rules\":[{\"id\":\"A\",\"defaultConfiguration\":{\"level\":\"error\"}},"
        "{\"id\":\"B\",\"defaultConfiguration\":{\"level\":\"note\"}}]},\"extensions\":[{\"rules\":[{\"id\":\"E\","
        "\"defaultConfiguration\":{\"level\":\"error\"}}]}]},\"results\":[{\"ruleId\":\"A\",\"level\":\"note\"},"
        "{\"ruleId\":\"A\"},{\"ruleIndex\":1},{\"rule\":{\"id\":\"E\"}},{\"ruleId\":\"other\"},{\"level\":\"none\"}]}]"
        "}",
        false, "sarif 2/1/2, 0 suppressed");
    /* ids below a rule's: the nearest above counts, a name that only begins alike does not, and the number tells the
     * rest */
    assert_read(RUNS
                "\"tool\":{\"driver\":{\"rules\":[{\"id\":\"CWE-79\",\"defaultConfiguration\":{\"level\":\"error\"}},"
                "{\"id\":\"CWE-79/xss\",\"defaultConfiguration\":{\"level\":\"note\"}}]}},\"results\":["
                "{\"ruleId\":\"CWE-79/sql\"},{\"ruleId\":\"CWE-79/a/b\"},{\"ruleId\":\"CWE-79/\"},"
                "{\"ruleId\":\"CWE-79/xss/dom\"},{\"ruleId\":\"CWE-791/x\"},{\"ruleId\":\"CWE\"},"
                "{\"ruleId\":\"/CWE-79\"},{\"ruleId\":\"x/y\",\"ruleIndex\":0}]}]}",
                false, "sarif 4/3/1, 0 suppressed");
    /* rules that stand behind the results, of each run its own */
    assert_read(
        RUNS "\"results\":[{\"ruleId\":\"A\"," PLACE(
            "a.c", "7") "}],\"tool\":{\"driver\":{\"rules\":[{\"id\":\"A\","
                        "\"defaultConfiguration\":{\"level\":\"error\"}}]}}},{\"results\":[{\"ruleId\":\"A\"}]}]}",
        true, "sarif 1/1/0, 0 suppressed [error A a.c:7] [warning A :0]");
    assert_read(
        RUNS
        "\"results\":[{\"kind\":\"pass\"},{\"baselineState\":\"absent\"},{\"suppressions\":[{\"kind\":\"inSource\"}]},"
        "{\"suppressions\":[{\"status\":\"rejected\"}]},{\"suppressions\":[]}]}]}",
        false, "sarif 0/2/0, 1 suppressed");
    /* without results nothing was looked for; a run that failed shows nothing */
    assert_read("{\"version\":\"2.1.0\",\"runs\":[]}", false, "! it has no runs");
    assert_read(RUNS "\"tool\":{}}]}", false, "! a run has no results: it has not looked");
    assert_read(RUNS "\"results\":null},{\"results\":[]}]}", false, "! a run has no results: it has not looked");
    assert_read(RUNS "\"results\":[]}]}", false, "sarif 0/0/0, 0 suppressed");
    assert_read(RUNS "\"results\":[],\"invocations\":[{\"executionSuccessful\":false}]}]}", false,
                "! line 1, byte 84: the tool says that its run failed");
    assert_read("{\"version\":\"2.0.0\",\"runs\":[{\"results\":[]}]}", false,
                "! version is not 2.1.0, which is the SARIF that is read here");
    assert_read(RUNS "\"results\":[{\"level\":\"bad\"}]}]}", false, "! line 1, byte 53: there is no such level");
    assert_read(RUNS "\"results\":[\"no\", [], 7]}]}", true, "sarif 0/0/0, 0 suppressed");
}

static enum rc copy(void *arg, enum evidence_level level, const uint8_t print[EVIDENCE_PRINT], struct str rule,
                    struct str path, int64_t line)
{
    (void)level;
    (void)rule;
    (void)path;
    (void)line;
    memcpy(arg, print, EVIDENCE_PRINT);
    return OK;
}

static void print_of(const char *result, uint8_t out[EVIDENCE_PRINT])
{
    scoped_buf text;
    struct ctx cx;
    struct evidence e;
    const struct evidence_sink sink = {out, copy, NULL};
    buf_init(&text, 0);
    buf_printf(&text, RUNS "\"results\":[%s]}]}", result);
    int fd = file_of(buf_view(&text));
    ctx_init(&cx);
    assert_int_equal(evidence_read(&cx, NULL, fd, &sink, &e), OK);
    close(fd);
    ctx_release(&cx);
}

static void test_evidence_evidence__prints(void **state)
{
    static const char *const same[][2] = {
        /* the line has moved */
        {"{\"ruleId\":\"A\",\"message\":{\"text\":\"x\"}," PLACE("a.c", "7") "}",
         "{\"ruleId\":\"A\",\"message\":{\"text\":\"x\"}," PLACE("a.c", "9") "}"},
        /* words that hold a number have changed, but the tool knows it again; keys are in another order */
        {"{\"ruleId\":\"A\",\"message\":{\"text\":\"x 1\"},\"partialFingerprints\":{\"p\":\"1\"}," PLACE("a.c",
                                                                                                         "7") "}",
         "{\"partialFingerprints\":{\"p\":\"1\"}," PLACE("a.c", "8") ",\"ruleId\":\"A\"}"},
        {"{\"ruleId\":\"A\",\"fingerprints\":{\"f/v1\":\"1\"}," PLACE("a.c", "7") "}",
         "{\"ruleId\":\"A\",\"fingerprints\":{\"f/v1\":\"1\"}," PLACE("moved.c", "7") "}"},
    };
    static const char *const other[][2] = {
        {"{\"ruleId\":\"A\"," PLACE("a.c", "7") "}", "{\"ruleId\":\"B\"," PLACE("a.c", "7") "}"},
        {"{\"ruleId\":\"A\"," PLACE("a.c", "7") "}", "{\"ruleId\":\"A\"," PLACE("b.c", "7") "}"},
        {"{\"ruleId\":\"A\",\"partialFingerprints\":{\"p\":\"1\"}}",
         "{\"ruleId\":\"A\",\"partialFingerprints\":{\"p\":\"2\"}}"},
    };
    uint8_t a[EVIDENCE_PRINT], b[EVIDENCE_PRINT];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        print_of(same[i][0], a);
        print_of(same[i][1], b);
        assert_memory_equal(a, b, sizeof a);
        print_of(other[i][0], a);
        print_of(other[i][1], b);
        assert_memory_not_equal(a, b, sizeof a);
    }
}

static void test_evidence_evidence__coverage(void **state)
{
    (void)state;
    assert_read(
        "TN:\nSF:/build/a.c\nFN:1,main\nFNDA:1,main\nDA:1,1\nDA:2,0\nDA:3,12,abc=\nLF:3\nLH:2\nend_of_record\r\n"
        "SF:b.c\nDA:1,0\nend_of_record\n",
        true, "lcov 2 of 4 lines /build/a.c:1+ /build/a.c:2- /build/a.c:3+ b.c:1-");
    assert_read("SF:a\nDA:1\nend_of_record", false, "! line 2, byte 5: DA: wants a line and how often it ran");
    assert_read("TN:x\nDA:1,1\n", false, "! line 2, byte 5: a line outside a file's section");
    assert_read("SF:a\nDA:1,1\n", false, "! line 3, byte 12: it ends in the middle: end_of_record is missing");
    assert_read("SF:a\nhello\nend_of_record\n", false, "! line 2, byte 5: no record of LCOV");
    assert_read("TN:\n", false, "! line 2, byte 4: it names no file");
    assert_read(
        "<coverage line-rate=\"0.5\" version=\"x\"><sources><source>/s</source></sources><packages><package><classes>"
        "<class filename=\"a/b.py\"><methods><method><lines><line number=\"1\" hits=\"1\"/></lines></method></methods>"
        "<lines><line number=\"1\" hits=\"1\"/><line number=\"2\" hits=\"0\"/></lines></class></classes></package>"
        "</packages></coverage>",
        true, "cobertura 1 of 2 lines a/b.py:1+ a/b.py:2-");
    assert_read("<coverage line-rate=\"0.5\"><class filename=\"a\"><lines><line/></lines></class></coverage>", false,
                "! line 1, byte 53: a line of a without number or hits");
    assert_read("<coverage line-rate=\"0.5\">\n<class/></coverage>", false,
                "! line 2, byte 27: a class without a filename");
}

static void test_evidence_evidence__inventories(void **state)
{
    (void)state;
    assert_read("\xef\xbb\xbf{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"metadata\":{\"timestamp\":"
                "\"2026-01-01T00:00:00Z\",\"component\":{}},\"components\":[{\"components\":[{}]},{}],"
                "\"vulnerabilities\":[{}]}",
                false, "cyclonedx 3 components, 1 vulnerabilities at 1767225600");
    assert_read("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"2.0\"}", false, "! specVersion is none of CycloneDX 1");
    assert_read("{\"bomFormat\":\"x\",\"specVersion\":\"1.6\"}", false, "! bomFormat is not CycloneDX");
    assert_read("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><metadata><tools><component/></tools></metadata>"
                "<components><component type=\"library\"/><component type=\"file\"/></components></bom>",
                false, "cyclonedx 2 components, 0 vulnerabilities");
    assert_read("{\"date\":\"2026-01-01T00:00:00Z\",\"repo\":{},\"scorecard\":{\"version\":\"v5\"},\"score\":7.3,"
                "\"checks\":[{}]}",
                false, "scorecard score 73 at 1767225600");
    assert_read("{\"scorecard\":{},\"score\":-1,\"checks\":[{}]}", false, "scorecard");
    assert_read("{\"scorecard\":{},\"score\":17,\"checks\":[{}]}", false, "! score is no number from 0 to 10");
    assert_read("{\"scorecard\":{},\"score\":7}", false, "! it has no checks");
    assert_read("{\"_type\":\"https://in-toto.io/Statement/v1\"}", false,
                "! an in-toto statement that is not signed: put it into a DSSE envelope");
}

static void test_evidence_evidence__malformed(void **state)
{
    (void)state;
    assert_read("", false, "! it is empty");
    assert_read("{\"a\":1}", false,
                "! it is none of JUnit XML, SARIF 2.1.0, CycloneDX, LCOV, Cobertura, an in-toto statement in a DSSE "
                "envelope, and Scorecard's JSON");
    assert_read(RUNS "\"results\":[]}]}x", false, "! line 1, byte 43: something follows behind the end");
    assert_read(RUNS "\"results\":[", false, "! line 1, byte 39: it ends in the middle");
    assert_read(RUNS "\n\"results\":[,]}]}", false, "! line 2, byte 40: no value of JSON");
    assert_read(RUNS "\"x\":tru}]}", false, "! line 1, byte 35: no value of JSON");
    assert_read(RUNS "\"x\":01}]}", false, "! line 1, byte 33: a comma or } is expected");
    assert_read(RUNS "\"x\":\"\\q\"}]}", false, "! line 1, byte 34: there is no such escape");
    assert_read(RUNS "\"results\":[{\"ruleId\":\"\xff\"}]}]}", false, "! line 1, byte 52: a text that is no UTF-8");
    assert_read(RUNS "\"results\":[{\"ruleId\":\"a\tb\"}]}]}", false,
                "! line 1, byte 51: a control character within a text");
    assert_read(RUNS "\"results\":[{\"ruleId\":\"\\ud83d\\ude00\\u00e4\\ud83d\"," PLACE("a", "1") "}]}]}", true,
                "sarif 0/1/0, 0 suppressed [warning \xf0\x9f\x98\x80\xc3\xa4\xef\xbf\xbd a:1]");
}

/* Bytes held at most while it is read. */
static long peak(void)
{
    struct rusage u;
    assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
    return u.ru_maxrss / 1024;
}

static void test_evidence_evidence__bombs(void **state)
{
    scoped_buf b;
    scoped_buf got;
    (void)state;
    buf_init(&b, 0);
    buf_init(&got, 0);
    assert_read("<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
                "<testsuites>&b;</testsuites>",
                false, "! line 1, byte 36: a document type (DOCTYPE) is refused, and entities with it");
    assert_read("<!DOCTYPE testsuites SYSTEM \"file:///etc/passwd\"><testsuites/>", false,
                "! line 1, byte 48: a document type (DOCTYPE) is refused, and entities with it");
    /* depth */
    for (int i = 0; i < 100000; i++) buf_cstr(&b, i ? "<a>" : "<testsuites>");
    read_text(buf_view(&b), false, &got);
    assert_true(str_has(buf_view(&got), STR("it is nested too deep")));
    buf_clear(&b);
    buf_clear(&got);
    buf_cstr(&b, "{\"runs\":");
    for (int i = 0; i < 1000000; i++) buf_char(&b, '[');
    read_text(buf_view(&b), false, &got);
    assert_true(str_has(buf_view(&got), STR("it is nested too deep")));
    /* a tag without end; names without end */
    buf_clear(&b);
    buf_clear(&got);
    buf_cstr(&b, "<testsuites><!-- ");
    for (int i = 0; i < 4 << 20; i++) buf_char(&b, 'x');
    read_text(buf_view(&b), false, &got);
    assert_true(str_has(buf_view(&got), STR("one tag or comment is too long")));
    buf_clear(&b);
    buf_clear(&got);
    buf_cstr(&b, "<testsuites>");
    for (int i = 0; i < 5000; i++) buf_printf(&b, "<n%d/>", i);
    read_text(buf_view(&b), false, &got);
    assert_true(str_has(buf_view(&got), STR("too many different names")));
}

/* A gigabyte (of holes, so that it costs no disk) is refused at the limit, and nothing of it is kept. */
static void test_evidence_evidence__large(void **state)
{
    struct ctx cx;
    struct evidence e;
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    int fd = fileno(file);
    assert_int_equal(ftruncate(fd, 1L << 30), 0);
    long before = peak();
    static const char *const heads[] = {"{\"bomFormat\":\"CycloneDX\",\"x\":\"", "<testsuites><testsuite><![CDATA[",
                                        "SF:a\nend_of_record\nDA:1,"};
    static const char *const said[] = {"a control character within a text", "not well-formed", "too long"};
    for (size_t i = 0; i < 3; i++) {
        ctx_init(&cx);
        assert_int_equal(pwrite(fd, heads[i], strlen(heads[i]), 0), strlen(heads[i]));
        assert_int_equal(evidence_read(&cx, NULL, fd, NULL, &e), E_INVALID);
        assert_non_null(strstr(cx.message, said[i]));
        ctx_release(&cx);
    }
    (void)fclose(file);
    /* what is well-formed all along, up to the limit */
    file = tmpfile();
    assert_non_null(file);
    fd = fileno(file);
    assert_true(file_write_all(fd, STR("{\"bomFormat\":\"CycloneDX\",\"x\":\"")));
    char *part = malloc(1 << 20);
    memset(part, 'y', 1 << 20);
    for (int i = 0; i < 257; i++) assert_true(file_write_all(fd, (struct str){part, 1 << 20}));
    free(part);
    ctx_init(&cx);
    assert_int_equal(evidence_read(&cx, NULL, fd, NULL, &e), E_LIMIT);
    assert_string_equal(cx.message, "it is larger than 256 MiB");
    ctx_release(&cx);
    (void)fclose(file);
    assert_true(peak() - before < 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence_evidence__junit),     cmocka_unit_test(test_evidence_evidence__sarif),
        cmocka_unit_test(test_evidence_evidence__prints),    cmocka_unit_test(test_evidence_evidence__coverage),
        cmocka_unit_test(test_evidence_evidence__malformed), cmocka_unit_test(test_evidence_evidence__inventories),
        cmocka_unit_test(test_evidence_evidence__bombs),     cmocka_unit_test(test_evidence_evidence__large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
