/* The Markdown report: whatever comes from outside stays text. It neither formats, links nor calls anybody, breaks no
 * table, and is still readable. */
#include "reports/words.h"

#include "make.h"

#include <ctype.h>

static struct str render(void)
{
    scoped_buf out;
    buf_init(&out, 0);
    report_markdown(&m.cx, &m.a, &(struct report_style){0}, &out);
    assert_int_equal(buf_ok(&out), OK);
    return arena_str(&m.cx.arena, buf_view(&out));
}

/* The line that begins with `start`, without it. */
static struct str line_of(struct str text, const char *start)
{
    struct str line;
    while (str_cut(&text, '\n', &line))
        if (str_starts(line, str_from(start))) return str_slice(line, strlen(start), line.n);
    fail_msg("no line begins with \"%s\"", start);
    return STR_NONE;
}

/* As a reader sees it: escapes and entities resolved. Fails on anything that would mean something in Markdown. */
static struct str shown(struct str s)
{
    scoped_buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        struct str rest = str_slice(s, i, s.n);
        if (c == '\\') {
            assert_true(i + 1 < s.n && ispunct((unsigned char)s.p[i + 1]));
            buf_char(&out, s.p[++i]);
        } else if (c == '&') {
            static const struct {
                struct str entity, text;
            } known[] = {{STR("&lt;"), STR("<")},  {STR("&amp;"), STR("&")},  {STR("&#64;"), STR("@")},
                         {STR("&#58;"), STR(":")}, {STR("&#119;"), STR("w")}, {STR("&#8203;"), STR("\xe2\x80\x8b")}};
            size_t k = 0;
            while (k < 6 && !str_starts(rest, known[k].entity)) k++;
            if (k == 6) fail_msg("an entity of somebody else in \"" STR_FMT "\"", STR_ARG(s));
            buf_str(&out, known[k].text);
            i += known[k].entity.n - 1;
        } else if (strchr("`*_[]<>|~$#", c)) {
            fail_msg("'%c' stands free in \"" STR_FMT "\"", c, STR_ARG(s));
        } else
            buf_char(&out, c);
    }
    return arena_str(&m.cx.arena, buf_view(&out));
}

/* Hosts look for links, names and numbers in what is shown. */
static void assert_calls_nobody(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        struct str rest = str_slice(s, i, s.n);
        unsigned char next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : ' ';
        bool reference = (s.p[i] == '@' && isalnum(next)) ||
                         (strchr("#!$&%~", s.p[i]) && (isalnum(next) || next == '"')) || str_starts(rest, STR("://")) ||
                         str_starts_nocase(rest, STR("www.")) ||
                         (str_starts_nocase(rest, STR("GH-")) && i + 3 < s.n && isdigit((unsigned char)s.p[i + 3]));
        if (reference) fail_msg("\"" STR_FMT "\" in \"" STR_FMT "\"", STR_ARG(str_slice(rest, 0, 10)), STR_ARG(s));
    }
}

static struct str without(struct str s, struct str part)
{
    scoped_buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < s.n;) {
        bool skip = str_starts(str_slice(s, i, s.n), part);
        if (!skip) buf_char(&out, s.p[i]);
        i += skip ? part.n : 1;
    }
    return arena_str(&m.cx.arena, buf_view(&out));
}

static void check(const char *text)
{
    /* a message without a place, as a fix and as a notice: at the beginning of a line */
    make_again(str_from(text));
    struct str visible = m.findings[1].message, s = render();
    static const char *const starts[] = {"2. ", "> ", "   **How to fix:** ", "- "};
    m.findings[0].path = STR_NONE;
    s = render();
    for (size_t i = 0; i < 4; i++) {
        struct str seen = shown(line_of(s, starts[i]));
        assert_calls_nobody(seen);
        seen = without(seen, STR("\xe2\x80\x8b"));
        if (!str_eq(str_trim(seen), str_trim(visible)))
            fail_msg("\"" STR_FMT "\" is shown as \"" STR_FMT "\"", STR_ARG(visible), STR_ARG(seen));
    }
}

static void test_reports_markdown__text_stays_text(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "plain words, with commas; and (brackets)",
        "**bold** _it_ ~~gone~~ `code` ***x***",
        "[link](https://example.org) ![image](https://example.org/a.png) [ref][1] [x]",
        "<script>alert(1)</script> <b>x</b> <!-- --> <https://example.org>",
        "&lt;b&gt; &amp; &copy; &#64;ann &#x40;",
        "https://example.org http://example.org ftp://x.org HTTPS://EXAMPLE.ORG a://b",
        "www.example.org WWW.example.org (www.example.org)",
        "@ann @org/team @all ann@example.org mailto:ann@example.org",
        "#1 owner/repo#12 GH-12 gh-12 !12 group/project!12 $12 &12 %12 %milestone ~bug ~\"two words\" %\"one two\"",
        "a | b | c |--|--|",
        "back\\slash \\* \\",
        "# heading",
        "- item",
        "+ item",
        "* item",
        "1. item",
        "12) item",
        "> quote",
        "---",
        "===",
        "    code",
        "\tcode",
        "|x|",
        "```",
        "~~~",
        "[^1]: note",
        "[x]: https://example.org",
        "$x$ $$y$$",
        "a\nb\r\nc",
        "\x1b[2J\xff\xe2\x80\xae",
        "- [ ] todo",
        "1986. A great year",
        "-",
        "7",
        "&",
        "@",
        "&#8203;",
        "\\&lt;",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check(texts[i]);
}

/* At the beginning of a line more signs mean something. */
static void test_reports_markdown__no_blocks(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line;
    } cases[] = {
        {"- x", "\\- x"}, {"+ x", "\\+ x"}, {"-", "\\-"},         {"12. x", "12\\. x"},         {"1) x", "1\\) x"},
        {"# x", "\\# x"}, {"> x", "\\> x"}, {"1.5 x", "1\\.5 x"}, {"a - b 1. c", "a - b 1. c"}, {"---", "\\---"},
        {"===", "\\==="}, {"    x", "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make_again(str_from(cases[i].text));
        struct str got = line_of(render(), "2. ");
        if (!str_eq(got, str_from(cases[i].line)))
            fail_msg("\"%s\" becomes \"" STR_FMT "\"", cases[i].text, STR_ARG(got));
    }
}

static void test_reports_markdown__any_bytes(void **state)
{
    (void)state;
    static const char signs[] = "@#!$&%~|`*_[]()<>\\\"'w.:/-+=123abcGH {}^?,;\n";
    uint32_t random = 99;
    for (int round = 0; round < 400; round++) {
        char text[40];
        size_t n = 0;
        while (n < sizeof text - 1) {
            random = random * 1664525 + 1013904223;
            text[n++] = signs[(random >> 16) % (sizeof signs - 1)];
        }
        text[n] = '\0';
        text[0] = 'x'; /* what a trim would take away */
        text[n - 1] = 'x';
        check(text);
    }
}

static void test_reports_markdown__places(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int line;
        const char *expected;
    } cases[] = {
        {"src/a_b.c", 7, "`src/a_b.c:7` "},
        {"a*b*[c](d)@e", 0, "`a*b*[c](d)@e` "}, /* in backquotes nothing means anything */
        {"<b>&amp;", 0, "`<b>&amp;` "},
        {"a`b", 3, "a\\`b:3 "},
        {"a|b", 0, "a\\|b "},
        {"\x1b\xff", 0, "`\\x1b\\xff` "},
        {"a\nb", 0, "`a b` "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        m.findings[0] = (struct finding){.id = STR(""), .message = STR("m"), .fix = STR("")};
        m.findings[0].path = str_from(cases[i].path);
        m.findings[0].line = cases[i].line;
        struct str got = line_of(render(), "- ");
        if (!str_eq(got, arena_printf(&m.cx.arena, "%sm", cases[i].expected)))
            fail_msg("\"%s\" becomes \"" STR_FMT "\"", cases[i].path, STR_ARG(got));
    }
}

/* A message that begins with its place does not say it twice. */
static void test_reports_markdown__place_once(void **state)
{
    (void)state;
    static const struct {
        const char *message, *expected;
    } cases[] = {{"a.c has it", "`a.c:7` has it"},
                 {"a.c:7 has it", "`a.c:7` has it"},
                 {"a.c:71 has it", "`a.c:7` a.c:71 has it"},
                 {"a.cpp has it", "`a.c:7` a.cpp has it"},
                 {"it is a.c", "`a.c:7` it is a.c"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        m.findings[0].message = str_from(cases[i].message);
        struct str got = line_of(render(), "- ");
        if (!str_eq(got, str_from(cases[i].expected)))
            fail_msg("\"%s\" becomes \"" STR_FMT "\"", cases[i].message, STR_ARG(got));
    }
}

/* Each row has its five cells, whatever a title says. */
static void test_reports_markdown__table(void **state)
{
    (void)state;
    m.task_defs[0].title[0] = STR("A | B `|` \\| c");
    struct str rest = render(), line;
    size_t rows = 0;
    while (str_cut(&rest, '\n', &line)) {
        if (!str_starts(line, STR("|"))) continue;
        size_t bars = 0;
        for (size_t i = 0; i < line.n; i++) bars += line.p[i] == '|' && (i == 0 || line.p[i - 1] != '\\');
        assert_int_equal(bars, 6);
        rows++;
    }
    assert_int_equal(rows, 4);
}

static void test_reports_markdown__says_what_there_is(void **state)
{
    (void)state;
    struct str s = render();
    static const char *const parts[] = {
        "# Secure development assessment\n",
        "a.c `0123456789ab` · Audit period 2025-11-24 – 2026-11-24 · 1234 commits, 56 in the period · 78 files\n",
        "\n> The history is shallow.\n",
        "Fully done: **0** · Mostly done: **1** · Partly done: **1** · Not done: **0** · Not relevant: **0**\n",
        "\n1. `a.c:7` a.c\n   **How to fix:** a.c\n2. a.c\n",
        "\n| 1 | First task | High | Partly done, with exceptions | None |\n| 2 | Second task | Low | Mostly done | "
        "Weak |\n",
        "\n### 1. First task\n\n**Changes are reviewed.** (40 in scope, 30 judged, 20 failing)\n",
        "\n- `b.c` known _(accepted until 2026-12-31, Team Ä)_\n- `c.c` excused _(Treated)_\n- … 4996 more\n",
        "\n- `a.c:3` advised\n\nHow to fix: think\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!str_has(s, str_from(parts[i]))) fail_msg("\"%s\" is not in\n" STR_FMT, parts[i], STR_ARG(s));
    assert_false(str_has(s, STR("not violated")));
    assert_false(str_has(s, STR("### 2.")));
    m.a.run.lang = LANG_FI;
    assert_true(str_has(render(), STR("Turvallisen kehittämisen arviointi")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPORT_TEST(test_reports_markdown__text_stays_text),    REPORT_TEST(test_reports_markdown__no_blocks),
        REPORT_TEST(test_reports_markdown__any_bytes),          REPORT_TEST(test_reports_markdown__places),
        REPORT_TEST(test_reports_markdown__place_once),         REPORT_TEST(test_reports_markdown__table),
        REPORT_TEST(test_reports_markdown__says_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
