/* The assessment as Markdown (GitHub's and GitLab's), for comments and wikis. Whatever came from outside is escaped so
 * that it neither formats, links nor calls anybody. */
#include "base/time.h"
#include "reports/formats.h"
#include "reports/words.h"

#include <stdio.h>

#define FINDINGS_SHOWN 10 /* of each point */

/* Hosts look for links, names and numbers in the finished text, where escapes are gone: only something between stops
 * them. */
#define BETWEEN "&#8203;"

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether what stands at `at` and what follows it must be kept apart: "@ann" calls somebody; "#12", "!12", "$12",
 * "&12",
 * "%12", "~bug", "GH-12" leave a trace in an issue; "://" and "www." make a link. */
static bool is_reference(struct str text, size_t at)
{
    char c = text.p[at], next = at + 1 < text.n ? text.p[at + 1] : '\0';
    struct str before = str_slice(text, 0, at);
    if (c == '@') return true;
    if (c == ':') return str_starts(str_slice(text, at + 1, text.n), STR("//"));
    if (next == '.') return str_ends_nocase(str_slice(text, 0, at + 1), STR("www"));
    if (c == '-') return next >= '0' && next <= '9' && str_ends_nocase(before, STR("GH"));
    return strchr("#!$&%~", c) && (is_alphanumeric(next) || next == '"');
}

/* How many bytes at the beginning of a line come before a sign that would make it a list, a rule or a heading; n when
 * there is none. */
static size_t marker(struct str text)
{
    size_t i = 0;
    if (text.n && strchr("-+=", text.p[0])) return 0;
    while (i < text.n && text.p[i] >= '0' && text.p[i] <= '9') i++;
    return i && i < text.n && (text.p[i] == '.' || text.p[i] == ')') ? i : text.n;
}

/* Backslashes before punctuation that means something; entities where a backslash would not help. */
static void put(struct buf *out, struct str s)
{
    scoped_buf safe;
    buf_init(&safe, 0);
    buf_visible(&safe, s);
    struct str text = buf_view(&safe);
    while (text.n && text.p[0] == ' ') text = str_slice(text, 1, text.n); /* four would make it code */
    size_t mark = marker(text);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '@')
            buf_cstr(out, "&#64;");
        else if (c == '<')
            buf_cstr(out, "&lt;");
        else if (c == '&')
            buf_cstr(out, "&amp;");
        else if (i == mark || strchr("\\`*_{}[]()#>|~!$", c)) {
            buf_char(out, '\\');
            buf_char(out, c);
        } else
            buf_char(out, c);
        if (is_reference(text, i)) buf_cstr(out, BETWEEN);
    }
}

/* In backquotes nothing means anything but backquotes, and a bar in a table. */
static void put_place(struct buf *out, const struct finding *f)
{
    if (!f->path.n) return;
    scoped_buf safe;
    buf_init(&safe, 0);
    buf_visible(&safe, f->path);
    bool plain = !memchr(safe.p, '`', safe.n) && !memchr(safe.p, '|', safe.n);
    if (plain) buf_char(out, '`');
    if (plain)
        buf_str(out, buf_view(&safe));
    else
        put(out, f->path);
    if (f->line) buf_printf(out, ":%lld", (long long)f->line);
    buf_cstr(out, plain ? "` " : " ");
}

static void put_head(struct buf *out, const struct assessment *a)
{
    enum lang lang = a->run.lang;
    char since[32], now[32];
    buf_printf(out, "# %s\n\n", word(WORD_PRODUCT, lang));
    put(out, a->run.path);
    buf_printf(out, " `" STR_FMT "` · %s %s – %s · %lld %s, %lld %s · %lld %s\n\n",
               STR_ARG(str_slice(a->repository.head, 0, 12)), word(WORD_PERIOD, lang),
               time_format_date(a->run.since, since), time_format_date(a->run.now, now),
               (long long)a->repository.commits, word(WORD_COMMITS, lang), (long long)a->repository.period_commits,
               word(WORD_IN_PERIOD, lang), (long long)a->repository.files, word(WORD_FILES, lang));
    for (size_t i = 0; i < a->n_notices; i++) {
        buf_cstr(out, "> ");
        put(out, a->notices[i]);
        buf_cstr(out, "\n\n");
    }
    for (int s = 0; s < STATUS_COUNT; s++)
        buf_printf(out, "%s%s: **%lld**", s ? " · " : "", word_status((enum status)s, lang), (long long)a->summary[s]);
    buf_cstr(out, "\n");
}

/* The message behind the place, when it begins with that. */
static struct str after_place(const struct finding *f)
{
    char line[32];
    struct str rest = f->message;
    if (!f->path.n || !str_starts(rest, f->path)) return rest;
    rest = str_slice(rest, f->path.n, rest.n);
    int n = snprintf(line, sizeof line, ":%lld", (long long)f->line);
    if (f->line && str_starts(rest, str_from(line))) rest = str_slice(rest, (size_t)n, rest.n);
    return str_starts(rest, STR(" ")) ? str_trim(rest) : f->message;
}

static void put_finding(struct buf *out, const struct finding *f, enum lang lang)
{
    put_place(out, f);
    put(out, after_place(f));
    if (f->baseline) {
        buf_printf(out, " _(%s ", word(WORD_BASELINE, lang));
        put(out, f->baseline_until);
        buf_cstr(out, ", ");
        put(out, f->baseline_owner);
        buf_cstr(out, ")_");
    }
    if (f->exception) buf_printf(out, " _(%s)_", word_exception(f->exception, lang));
}

static void put_first(struct buf *out, const struct assessment *a)
{
    if (!a->n_first) return;
    buf_printf(out, "\n## %s\n\n", word(WORD_FIRST, a->run.lang));
    for (size_t i = 0; i < a->n_first; i++) {
        buf_printf(out, "%zu. ", i + 1);
        put_finding(out, a->first[i], a->run.lang);
        buf_cstr(out, "\n");
        if (!a->first[i]->fix.n) continue;
        buf_printf(out, "   **%s:** ", word(WORD_FIX, a->run.lang));
        put(out, a->first[i]->fix);
        buf_cstr(out, "\n");
    }
}

static void put_tasks(struct buf *out, const struct assessment *a)
{
    enum lang lang = a->run.lang;
    buf_printf(out, "\n## %s\n\n| # | %s | %s | %s | %s |\n|--:|---|---|---|---|\n", word(WORD_TASKS, lang),
               word(WORD_TASK, lang), word(WORD_PRIORITY, lang), word(WORD_STATUS, lang), word(WORD_ASSURANCE, lang));
    for (size_t i = 0; i < a->n_tasks; i++) {
        const struct task_result *t = &a->tasks[i];
        buf_printf(out, "| %d | ", t->def->order);
        put(out, t->def->title[lang]);
        buf_printf(out, " | %s | %s%s%s | %s |\n", word_priority(rules_priority(t), lang), word_status(t->status, lang),
                   t->exceptions ? ", " : "", t->exceptions ? word(WORD_EXCEPTIONS, lang) : "",
                   word_assurance(t->assurance, lang));
    }
}

static void put_obligation(struct buf *out, const struct obligation_result *o, enum lang lang)
{
    buf_cstr(out, "\n**");
    put(out, o->def->text[lang]);
    buf_printf(out, "** (%lld %s, %lld %s, %lld %s)\n\n", (long long)o->population, word(WORD_IN_SCOPE, lang),
               (long long)o->judged, word(WORD_JUDGED, lang), (long long)o->failing, word(WORD_FAILING, lang));
    size_t shown = o->n_findings < FINDINGS_SHOWN ? o->n_findings : FINDINGS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        buf_cstr(out, "- ");
        put_finding(out, &o->findings[i], lang);
        buf_cstr(out, "\n");
    }
    if (o->places > (int64_t)shown)
        buf_printf(out, "- … %lld %s\n", (long long)o->places - (long long)shown, word(WORD_MORE, lang));
    if (!shown) return;
    buf_printf(out, "\n%s: ", word(WORD_FIX, lang));
    put(out, o->findings[0].fix);
    buf_cstr(out, "\n");
}

static void put_findings(struct buf *out, const struct assessment *a)
{
    bool any = false;
    for (size_t i = 0; i < a->n_tasks; i++) {
        const struct task_result *t = &a->tasks[i];
        bool titled = false;
        for (size_t k = 0; k < t->n_obligations; k++) {
            if (t->obligations[k].verdict != VERDICT_VIOLATED) continue;
            if (!any) buf_printf(out, "\n## %s\n", word(WORD_FINDINGS, a->run.lang));
            if (!titled) {
                buf_printf(out, "\n### %d. ", t->def->order);
                put(out, t->def->title[a->run.lang]);
                buf_cstr(out, "\n");
            }
            any = titled = true;
            put_obligation(out, &t->obligations[k], a->run.lang);
        }
    }
}

void report_markdown(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out)
{
    (void)cx, (void)s;
    put_head(out, a);
    put_first(out, a);
    put_tasks(out, a);
    put_findings(out, a);
}
