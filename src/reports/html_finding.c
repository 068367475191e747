/* The findings of a requirement point: where, what, how to fix. A few in plain sight, the rest folded, very many cut.
 */
#include "reports/html.h"

/* "ref:self/refs/tags/v1" → "refs/tags/v1": what the finding is about when it has neither path nor commit. */
static struct str name_of(struct str subject)
{
    const char *at = str_find(subject, STR(":self/"));
    if (!at) return STR_NONE;
    struct str name = str_slice(subject, (size_t)(at - subject.p) + strlen(":self/"), subject.n);
    return str_starts(name, STR("refs/tags/")) ? str_slice(name, strlen("refs/tags/"), name.n) : name;
}

void html_place(struct page *p, const struct finding *f)
{
    struct str about = f->path.n || f->commit.n ? STR_NONE : name_of(f->subject);
    if (!f->path.n && !f->commit.n && !about.n) return;
    html_raw(p, "<p class=\"where\">");
    if (f->path.n) {
        html_raw(p, "<code>");
        html_text(p, f->path);
        if (f->line > 0) buf_printf(p->out, ":%lld", (long long)f->line);
        html_raw(p, "</code>");
    }
    if (f->commit.n) {
        html_raw(p, f->path.n ? " <span class=\"commit\">" : "<span class=\"commit\">");
        html_say(p, HTML_COMMIT);
        html_raw(p, " ");
        html_code(p, str_slice(f->commit, 0, 12));
        html_raw(p, "</span>");
    }
    if (about.n) html_code(p, about);
    html_raw(p, "</p>\n");
}

static void accepted(struct page *p, const struct finding *f)
{
    if (f->exception) {
        html_raw(p, "<p class=\"accepted\"><b>");
        html_raw(p, word_exception(f->exception, p->lang));
        html_raw(p, "</b></p>\n");
    }
    if (!f->baseline) return;
    html_raw(p, "<p class=\"accepted\"><b>");
    html_say(p, HTML_BASELINE);
    html_raw(p, "</b>");
    if (f->baseline_owner.n) {
        html_raw(p, ", ");
        html_say(p, HTML_BASELINE_OWNER);
        html_raw(p, " ");
        html_text(p, f->baseline_owner);
    }
    if (f->baseline_until.n) {
        html_raw(p, ", ");
        html_say(p, HTML_BASELINE_UNTIL);
        html_raw(p, " ");
        html_day(p, f->baseline_until);
    }
    html_raw(p, "</p>\n");
}

/* How much of s names the finding's own place: its path, or its commit in seven digits or more. */
static size_t own_place(const struct finding *f, struct str s)
{
    if (f->path.n && str_starts(s, f->path)) return f->path.n;
    size_t n = 0;
    while (n < s.n && n < f->commit.n && s.p[n] == f->commit.p[n]) n++;
    return n >= 7 ? n : 0;
}

/* Whether two fixes say the same but for the places they name. */
static bool is_same_fix(const struct finding *a, const struct finding *b)
{
    struct str x = a->fix, y = b->fix;
    while (x.n && y.n) {
        size_t i = own_place(a, x), k = own_place(b, y);
        if (!i || !k) {
            if (x.p[0] != y.p[0]) return false;
            i = k = 1;
        }
        x = str_slice(x, i, x.n);
        y = str_slice(y, k, y.n);
    }
    return !x.n && !y.n;
}

static void fix(struct page *p, const struct finding *f, const struct finding *before)
{
    if (!f->fix.n) return;
    html_raw(p, "<p class=\"fix\"><b>");
    html_term(p, WORD_FIX);
    html_raw(p, "</b> ");
    if (before && is_same_fix(before, f))
        html_say(p, HTML_AS_ABOVE);
    else
        html_text(p, f->fix);
    html_raw(p, "</p>\n");
}

static void finding(struct page *p, const struct finding *f, const struct finding *before)
{
    html_raw(p, "<li>\n");
    html_place(p, f);
    html_raw(p, "<div>\n<p class=\"what\">");
    html_text(p, f->message);
    html_raw(p, "</p>\n");
    fix(p, f, before);
    accepted(p, f);
    html_raw(p, "</div>\n</li>\n");
}

static void list(struct page *p, const struct obligation_result *o, size_t from, size_t to)
{
    html_raw(p, "<ul class=\"findings\">\n");
    for (size_t i = from; i < to; i++) finding(p, &o->findings[i], i ? &o->findings[i - 1] : NULL);
    html_raw(p, "</ul>\n");
}

static void cut(struct page *p, const struct obligation_result *o, size_t shown)
{
    int64_t left = o->places - (int64_t)shown;
    if (left <= 0) return;
    html_raw(p, "<p class=\"small\">");
    html_count(p, HTML_N_UNSHOWN, left);
    html_raw(p, " ");
    if ((int64_t)o->n_findings < o->places)
        html_count(p, HTML_N_IN_JSON, (int64_t)o->n_findings);
    else
        html_say(p, HTML_REST_IN_JSON);
    html_raw(p, "</p>\n");
}

void html_findings(struct page *p, const struct obligation_result *o)
{
    size_t shown = o->n_findings < HTML_FINDINGS_SHOWN ? o->n_findings : HTML_FINDINGS_SHOWN;
    /* One more is shorter than the line that unfolds it. */
    size_t open = shown <= HTML_FINDINGS_OPEN + 1 ? shown : HTML_FINDINGS_OPEN;
    if (open) list(p, o, 0, open);
    if (open < shown) {
        html_raw(p, "<details class=\"more\"><summary>");
        html_count(p, HTML_N_MORE, (int64_t)(shown - open));
        html_raw(p, "</summary>\n");
        list(p, o, open, shown);
        html_raw(p, "</details>\n");
    }
    cut(p, o, shown);
}

int64_t html_places(const struct task_result *t)
{
    int64_t n = 0;
    for (size_t i = 0; i < t->n_obligations; i++) n += t->obligations[i].places;
    return n;
}
