/* The report for a terminal: columns of UTF-8, wrapping, cutting; and what `check` prints, place by place. */
#include "reports/text_out.h"
#include "reports/words.h"

#include "make.h"

static struct text_out to(struct buf *out, int width, bool colour)
{
    struct text_out t;
    buf_init(out, 0);
    text_init(&t, &(struct report_style){.width = width, .colour = colour}, out);
    return t;
}

static void is(struct buf *out, const char *expected)
{
    if (!str_eq(buf_view(out), str_from(expected)))
        fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(buf_view(out)), expected);
    buf_release(out);
}

static void test_reports_text__pad(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int columns;
        const char *expected;
    } cases[] = {
        {"abc", 5, "abc  "}, {"abc", 3, "abc"},  {"abcd", 3, "ab…"},
        {"", 2, "  "},       {"äöå", 4, "äöå "}, {"äöå", 3, "äöå"},
        {"äöåä", 3, "äö…"},  {"€€", 1, "…"},     {"\xf0\x9f\x98\x80!", 2, "\xf0\x9f\x98\x80!"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        struct text_out t = to(&out, 0, false);
        text_pad(&t, str_from(cases[i].text), cases[i].columns);
        is(&out, cases[i].expected);
    }
    assert_int_equal(text_columns(STR("aä€\xf0\x9f\x98\x80")), 4);
    assert_int_equal(text_columns(STR("")), 0);
}

static void test_reports_text__wrap(void **state)
{
    (void)state;
    static const struct {
        int indent, at;
        const char *text, *expected;
    } cases[] = {
        {0, 0, "", "\n"},
        {0, 0, "one two", "one two\n"},
        {0, 0, "  one   two  ", "one two\n"},
        /* 40 columns are the least */
        {0, 0, "123456789 123456789 123456789 1234567890", "123456789 123456789 123456789 1234567890\n"},
        {0, 0, "123456789 123456789 123456789 12345678901", "123456789 123456789 123456789\n12345678901\n"},
        {2, 2, "123456789 123456789 123456789 1234567890", "123456789 123456789 123456789\n  1234567890\n"},
        {2, 12, "123456789 123456789 123456789", "123456789 123456789\n  123456789\n"},
        /* the first goes on where it is, also when it is too long */
        {2, 39, "word word", "word\n  word\n"},
        {4, 4, "a 12345678901234567890123456789012345678901234567890 b",
         "a\n    12345678901234567890123456789012345678901234567890\n    b\n"},
        {0, 0, "äääääääää äääääääää äääääääää ääääääääää", "äääääääää äääääääää äääääääää ääääääääää\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        struct text_out t = to(&out, 10, false);
        text_wrap(&t, cases[i].indent, cases[i].at, str_from(cases[i].text));
        is(&out, cases[i].expected);
    }
}

static void test_reports_text__tones(void **state)
{
    (void)state;
    struct buf out;
    struct text_out t = to(&out, 0, true);
    text_tone(&t, TONE_BAD, STR("x"));
    text_tone(&t, TONE_PLAIN, STR("y"));
    is(&out, "\x1b[31mx\x1b[0my");
    t = to(&out, 0, false);
    text_tone(&t, TONE_BAD, STR("x"));
    is(&out, "x");
    for (int a = 0; a < VERDICT_COUNT; a++) { /* told apart without colour too */
        assert_int_equal(text_columns(str_from(mark_of_verdict(a))), 1);
        for (int b = 0; b < a; b++) assert_string_not_equal(mark_of_verdict(a), mark_of_verdict(b));
    }
}

static void test_reports_text__place(void **state)
{
    (void)state;
    static const struct {
        struct finding f;
        const char *expected;
    } cases[] = {
        {{.message = STR("m")}, ""},
        {{.message = STR("m"), .path = STR("a.c")}, "a.c  "},
        {{.message = STR("m"), .path = STR("a.c"), .line = 12}, "a.c:12  "},
        {{.message = STR("a.c is bad"), .path = STR("a.c"), .line = 12}, ""}, /* it says so itself */
        {{.message = STR("m"), .path = STR("ä\x1b[2J\xff"), .line = 1}, "ä\\x1b[2J\\xff:1  "},
        {{.message = STR("\\x1b is bad"), .path = STR("\x1b")}, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        struct text_out t = to(&out, 0, false);
        assert_int_equal(text_place(&t, &cases[i].f), text_columns(str_from(cases[i].expected)));
        is(&out, cases[i].expected);
    }
}

static struct str render(struct report_style style)
{
    scoped_buf out;
    buf_init(&out, 0);
    report_text(&m.cx, &m.a, &style, &out);
    assert_int_equal(buf_ok(&out), OK);
    return arena_str(&m.cx.arena, buf_view(&out));
}

static void test_reports_text__says_what_there_is(void **state)
{
    (void)state;
    m.a.repository.branch = STR("refs/heads/main");
    struct str s = render((struct report_style){0});
    static const char *const parts[] = {
        "Looked at: a.c  main 0123456789ab\n",
        "2025-11-24 – 2026-11-24 · 1234 commits, 56 ",
        "  · The history is shallow.\n",
        "  Fully done 0  Mostly done 1  Partly done 1  Not done 0  Not relevant 0\n",
        "  1. First task (High)\n",
        "     How to fix: mend it\n",
        "  1  First task  ",
        "  ✗2 ✓1 ?1\n",
        "  2  Second task ",
        "  ✗ Changes are reviewed. (40 in scope, 30 judged, 20 failing)\n",
        "      b.c  known\n",
        "      … 4997 ",
        "  ✗ Changes are reviewed. (2 in scope, 2 judged, 1 failing)\n      a.c:3  advised\n      How to fix: think\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!str_has(s, str_from(parts[i]))) fail_msg("\"%s\" is not in\n" STR_FMT, parts[i], STR_ARG(s));
    assert_true(str_has(s, arena_printf(&m.cx.arena, "      %s 2026-12-31, Team Ä\n", word(WORD_BASELINE, LANG_EN))));
    assert_false(str_has(s, STR("\x1b")));
    assert_false(str_has(s, STR("not violated"))); /* findings of violated points alone */
    m.a.run.lang = LANG_FI;
    s = render((struct report_style){0});
    assert_true(str_has(s, STR("Ensimmäinen tehtävä")));
    assert_false(str_has(s, STR("Fully done")));
}

/* What is excused is said to be, as what a baseline holds is. */
static void test_reports_text__says_what_is_excused(void **state)
{
    (void)state;
    m.findings[1].exception = EXCEPTION_WAIVED;
    m.findings[2] = m.findings[3];
    struct str s = render((struct report_style){0});
    assert_true(str_has(s, STR("      c.c  excused\n      Treated\n")));
    assert_true(str_has(s, STR("      a.c\n      Waived\n")));
    assert_int_equal(count(s, "\n      Treated\n"), 1);
}

/* No line is wider than asked but for a word that is; colours take no columns. */
static void test_reports_text__width(void **state)
{
    (void)state;
    m.findings[0].message = m.findings[0].fix =
        STR("a long message of many words, some with letters like äöå, that goes on over more than one line of any "
            "terminal, and then some more, so that it is wrapped a number of times whatever its width");
    for (int width = 60; width <= 140; width += 7) {
        struct str plain = render((struct report_style){.width = width}), rest = plain, line;
        bool listing = false;
        while (str_cut(&rest, '\n', &line)) {
            listing = listing || str_eq(line, str_from(word(WORD_FINDINGS, LANG_EN)));
            if (listing && text_columns(line) > width) fail_msg("%d columns: " STR_FMT, width, STR_ARG(line));
        }
        assert_true(listing);
        struct str coloured = render((struct report_style){.width = width, .colour = true});
        scoped_buf stripped;
        buf_init(&stripped, 0);
        for (size_t i = 0; i < coloured.n; i++) {
            if (coloured.p[i] == '\x1b')
                while (coloured.p[i] != 'm') i++;
            else
                buf_char(&stripped, coloured.p[i]);
        }
        assert_true(str_eq(buf_view(&stripped), plain));
        assert_true(coloured.n > plain.n);
    }
}

static void test_reports_text__hostile(void **state)
{
    (void)state;
    make_again(STR("x\x1b[2J\x07\xff\xe2\x80\xae\xc2\x9b\ny"));
    struct str s = render((struct report_style){0});
    for (size_t i = 0; i < s.n;) {
        uint32_t cp = 0;
        size_t n = str_char(s, i, &cp);
        assert_true(n > 0 && (cp == '\n' || !char_is_deceptive(cp)));
        i += n;
    }
    assert_true(count(s, "x\\x1b[2J\\x07\\xff\\u202e\\x9b y") > 5);
}

static struct str check(void)
{
    scoped_buf out;
    buf_init(&out, 0);
    report_check(&m.cx, &m.a, &(struct report_style){0}, &out);
    return arena_str(&m.cx.arena, buf_view(&out));
}

/* A change with these findings, all of the first point or as said. */
static void change(struct finding *findings, size_t n, size_t of_first)
{
    m.a.n_notices = 0;
    m.a.n_tasks = 1;
    m.points[0] = (struct obligation_result){.def = &m.defs[0],
                                             .verdict = VERDICT_VIOLATED,
                                             .findings = findings,
                                             .n_findings = of_first,
                                             .places = (int64_t)of_first};
    m.points[1] = (struct obligation_result){.def = &m.defs[1],
                                             .verdict = VERDICT_VIOLATED,
                                             .findings = findings + of_first,
                                             .n_findings = n - of_first,
                                             .places = (int64_t)(n - of_first)};
    m.points[2].n_findings = m.points[3].n_findings = 0;
}

static struct finding find(const char *path, int line, const char *message)
{
    return (struct finding){
        .id = STR(""), .message = str_from(message), .fix = STR("mend"), .path = str_from(path), .line = line};
}

static void test_reports_check__worst_first(void **state)
{
    (void)state;
    struct finding f[] = {find("b.c", 9, "third"), find("b.c", 2, "second"), find("a.c", 1, "first"),
                          find("a.c", 1, "advice of a.c"), find("0.c", 1, "advice")};
    change(f, 5, 3);
    struct str s = check();
    const char *expected = "✗ a.c:1  first\n  How to fix: mend\n  first-task/violated, first-task/advice (High)\n"
                           "✗ b.c:2  second\n  How to fix: mend\n  first-task/violated (High)\n"
                           "✗ b.c:9  third\n  How to fix: mend\n  first-task/violated (High)\n"
                           "! 0.c:1  advice\n  How to fix: mend\n  first-task/advice (High)\n";
    if (!str_eq(s, str_from(expected))) fail_msg(STR_FMT, STR_ARG(s));
    /* among musts by the priority of their tasks, then by place */
    struct finding urgent = find("z.c", 1, "urgent");
    m.a.n_tasks = 2;
    m.task_defs[1].priority = PRIORITY_CRITICAL;
    m.points[4].findings = &urgent;
    s = check();
    assert_true(str_starts(s, STR("✗ z.c:1  urgent\n")));
    m.task_defs[1].priority = PRIORITY_NORMAL;
    s = check();
    assert_true(str_find(s, STR("urgent")) > str_find(s, STR("third")));
    assert_true(str_find(s, STR("urgent")) < str_find(s, STR("0.c")));
}

/* One line is told once, by its worst point; places without a line are each their own. */
static void test_reports_check__groups_places(void **state)
{
    (void)state;
    struct finding f[] = {find("a.c", 5, "one"),  find("a.c", 5, "two"), find("a.c", 0, "three"),
                          find("a.c", 0, "four"), find(NULL, 0, "five"), find(NULL, 0, "six")};
    change(f, 6, 6);
    struct str s = check();
    assert_int_equal(count(s, "✗ "), 5);
    assert_true(str_has(s, STR("first-task/violated, first-task/violated (High)\n")));
    assert_false(str_has(s, STR("two")));
    f[0].allow = STR("private_key");
    assert_true(str_has(check(), STR(" sinetti:allow private_key …\n")));
}

static void test_reports_check__at_most_a_screenful(void **state)
{
    (void)state;
    static struct finding f[300];
    for (int i = 0; i < 300; i++) f[i] = find("a.c", i / 2 + 1, "m");
    change(f, 300, 300);
    m.points[0].places = 1000;
    struct str s = check();
    assert_int_equal(count(s, "✗ "), 6);
    assert_true(str_has(s, STR("… 988 "))); /* six places hold twelve of the thousand */
    assert_true(count(s, "\n") <= 24);
    change(f, 12, 12);
    s = check();
    assert_int_equal(count(s, "✗ "), 6);
    assert_false(str_has(s, STR("… ")));
    change(f, 13, 13);
    assert_true(str_has(check(), STR("… 1 ")));
}

static void test_reports_check__leaves_out_what_is_accepted(void **state)
{
    (void)state;
    struct finding f[] = {find("a.c", 5, "one"), find("b.c", 5, "two"), find("c.c", 5, "three")};
    f[0].baseline = true;
    f[2].exception = EXCEPTION_WAIVED;
    change(f, 3, 3);
    struct str s = check();
    assert_true(str_has(s, STR("two")));
    assert_false(str_has(s, STR("one")) || str_has(s, STR("three")));
    f[1].baseline = true;
    assert_true(str_eq(check(), arena_printf(&m.cx.arena, "%s\n", word(WORD_ALL_FINE, LANG_EN))));
    change(f, 0, 0);
    m.a.n_notices = 2;
    assert_true(
        str_eq(check(), arena_printf(&m.cx.arena, "a.c\nThe history is shallow.\n%s\n", word(WORD_ALL_FINE, LANG_EN))));
}

static void test_reports_words__in_both_languages(void **state)
{
    (void)state;
    for (int l = 0; l < LANG_COUNT; l++) {
        for (int i = 0; i < WORD_COUNT; i++) assert_true(word(i, l) && *word(i, l));
        for (int i = 0; i < VERDICT_COUNT; i++) assert_true(*word_verdict(i, l));
        for (int i = 0; i < STATUS_COUNT; i++) assert_true(*word_status(i, l));
        for (int i = 0; i < ASSURANCE_COUNT; i++) assert_true(*word_assurance(i, l));
        for (int i = 0; i < COVERAGE_COUNT; i++) assert_true(*word_coverage(i, l));
        for (int i = 0; i < PRIORITY_COUNT; i++) assert_true(*word_priority(i, l));
        for (int i = 0; i < STRENGTH_COUNT; i++) assert_true(*word_strength(i, l));
        for (int i = 0; i < ASPECT_COUNT; i++) assert_true(*word_aspect(i, l));
        assert_non_null(word_source(STR("own_judgement"), l));
        assert_null(word_source(STR("hearsay"), l));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPORT_TEST(test_reports_text__pad),
        REPORT_TEST(test_reports_text__wrap),
        REPORT_TEST(test_reports_text__tones),
        REPORT_TEST(test_reports_text__place),
        REPORT_TEST(test_reports_text__says_what_there_is),
        REPORT_TEST(test_reports_text__says_what_is_excused),
        REPORT_TEST(test_reports_text__width),
        REPORT_TEST(test_reports_text__hostile),
        REPORT_TEST(test_reports_check__worst_first),
        REPORT_TEST(test_reports_check__groups_places),
        REPORT_TEST(test_reports_check__at_most_a_screenful),
        REPORT_TEST(test_reports_check__leaves_out_what_is_accepted),
        REPORT_TEST(test_reports_words__in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
