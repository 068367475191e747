/* The page: head, what was looked at, and the sections in their order. */
#include "reports/html.h"
#include "git/refname.h"
#include "reports/formats.h"

extern const char reports_html_css[];

/* The last part of the path, without what every repository's path may end in; empty when it has none to speak of. */
static struct str name_of(struct str path)
{
    static const char *const endings[] = {"/", "/.git", ".git"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        while (str_ends(path, str_from(endings[i]))) path.n -= strlen(endings[i]);
    for (size_t i = path.n; i > 0; i--)
        if (path.p[i - 1] == '/') return str_slice(path, i, path.n);
    return str_eq(path, STR(".")) || str_eq(path, STR("..")) ? STR_NONE : path;
}

static void head(struct page *p)
{
    struct str name = name_of(p->a->run.path);
    html_raw(p, "<!DOCTYPE html>\n<html lang=\"");
    html_raw(p, lang_name(p->lang));
    html_raw(
        p, "\">\n<head>\n<meta charset=\"utf-8\"/>\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
           "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
           "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
           "<meta name=\"generator\" content=\"Sinetti " SINETTI_VERSION "\"/>\n<title>");
    if (name.n)
        html_fill(p, HTML_TITLE, name);
    else
        html_term(p, WORD_PRODUCT);
    html_raw(p, "</title>\n<style>\n");
    html_raw(p, reports_html_css);
    html_raw(p, "</style>\n</head>\n");
}

static void link_to(struct page *p, const char *id, const char *name)
{
    buf_printf(p->out, "<li><a href=\"#%s\">", id);
    html_text(p, str_from(name));
    html_raw(p, "</a></li>\n");
}

static void contents(struct page *p)
{
    html_raw(p, "<nav class=\"contents\" aria-label=\"");
    html_say(p, HTML_CONTENTS);
    html_raw(p, "\"><ul class=\"wrap\">\n");
    link_to(p, "summary", html_word(HTML_SUMMARY, p->lang));
    link_to(p, "first", html_word(HTML_FIRST_SHORT, p->lang));
    link_to(p, "tasks", word(WORD_TASKS, p->lang));
    if (p->a->n_frameworks) link_to(p, "coverage", word(WORD_COVERAGE, p->lang));
    link_to(p, "note", html_word(HTML_NOTE, p->lang));
    html_raw(p, "</ul></nav>\n");
}

static void term(struct page *p, const char *name, const char *class)
{
    buf_printf(p->out, "<div%s%s%s><dt>", class ? " class=\"" : "", class ? class : "", class ? "\"" : "");
    html_text(p, str_from(name));
    html_raw(p, "</dt><dd>");
}

static void end_term(struct page *p)
{
    html_raw(p, "</dd></div>\n");
}

static void looked_at(struct page *p)
{
    const struct assessment *a = p->a;
    html_raw(p, "<dl class=\"looked\">\n");
    term(p, html_word(HTML_REPOSITORY, p->lang), "long");
    html_code(p, a->run.path);
    end_term(p);
    term(p, html_word(HTML_COMMIT, p->lang), "long");
    html_code(p, a->repository.head);
    end_term(p);
    term(p, html_word(HTML_REVISION, p->lang), NULL);
    html_code(p, a->repository.rev);
    end_term(p);
    if (a->repository.branch.n) {
        term(p, html_word(HTML_BRANCH, p->lang), NULL);
        html_code(p, refname_short(a->repository.branch));
        end_term(p);
    }
    term(p, word(WORD_PERIOD, p->lang), "long");
    html_date(p, a->run.since);
    html_raw(p, " – ");
    html_date(p, a->run.now);
    end_term(p);
    term(p, html_word(HTML_COMMITS, p->lang), "long");
    html_count(p, HTML_N_IN_PERIOD, a->repository.period_commits);
    html_raw(p, ", ");
    html_count(p, HTML_N_IN_ALL, a->repository.commits);
    end_term(p);
    term(p, html_word(HTML_FILES, p->lang), NULL);
    html_int(p, a->repository.files);
    end_term(p);
    term(p, html_word(HTML_ADOPTED_POINTS, p->lang), NULL);
    if (a->run.preset.n)
        html_fill(p, HTML_PRESET, a->run.preset);
    else
        html_say(p, HTML_NO_PRESET);
    end_term(p);
    term(p, html_word(HTML_CATALOG, p->lang), "long");
    html_code(p, str_from(a->run.catalog_digest));
    end_term(p);
    term(p, html_word(HTML_PROGRAM, p->lang), NULL);
    html_raw(p, "Sinetti " SINETTI_VERSION);
    end_term(p);
    html_raw(p, "</dl>\n");
}

static void notices(struct page *p)
{
    if (!p->a->n_notices) return;
    html_raw(p, "<aside class=\"notices\" aria-labelledby=\"notices\">\n<h2 id=\"notices\"><svg class=\"i\" "
                "aria-hidden=\"true\"><use href=\"#i-notice\"/></svg>");
    html_term(p, WORD_NOTICES);
    html_raw(p, "</h2>\n<ul>\n");
    for (size_t i = 0; i < p->a->n_notices; i++) {
        html_raw(p, "<li>");
        html_text(p, p->a->notices[i]);
        html_raw(p, "</li>\n");
    }
    html_raw(p, "</ul>\n</aside>\n");
}

/* A seal with a tick: the mark of the program. */
static const char mark[] =
    "<svg class=\"mark\" viewBox=\"0 0 32 32\" aria-hidden=\"true\"><path d=\"M16 1.5l3.6 2.5 4.3-.6 1.8 4 4 1.8-.6 "
    "4.3 "
    "2.4 3.5-2.4 3.6.6 4.3-4 1.8-1.8 4-4.3-.6-3.6 2.4-3.6-2.4-4.3.6-1.8-4-4-1.8.6-4.3-2.4-3.6 2.4-3.5-.6-4.3 4-1.8 "
    "1.8-4 4.3.6z\" fill=\"currentColor\"/><path d=\"M10 16.6l4.2 4.2 8-9\" fill=\"none\" stroke=\"var(--band)\" "
    "stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/></svg>";

void html_header(struct page *p)
{
    struct str name = name_of(p->a->run.path);
    html_raw(p, "<header class=\"top\"><div class=\"wrap\">\n<p class=\"brand\">");
    html_raw(p, mark);
    html_raw(p, "<span>Sinetti</span></p>\n<h1>");
    if (name.n) {
        html_raw(p, "<span class=\"kind\">");
        html_term(p, WORD_PRODUCT);
        html_raw(p, "</span> ");
        html_text(p, name);
    } else {
        html_term(p, WORD_PRODUCT);
    }
    html_raw(p, "</h1>\n");
    html_raw(p, "<section aria-label=\"");
    html_say(p, HTML_LOOKED_AT);
    html_raw(p, "\">\n");
    looked_at(p);
    html_raw(p, "</section>\n</div></header>\n");
}

void report_html(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out)
{
    (void)cx, (void)s;
    struct page p = {.out = out, .a = a, .lang = a->run.lang};
    head(&p);
    html_raw(&p, "<body id=\"top\">\n<a class=\"skip\" href=\"#main\">");
    html_say(&p, HTML_SKIP);
    html_raw(&p, "</a>\n");
    html_icons(&p);
    html_header(&p);
    contents(&p);
    html_raw(&p, "<main id=\"main\" class=\"wrap\" tabindex=\"-1\">\n");
    notices(&p);
    html_summary(&p);
    html_first(&p);
    html_tasks(&p);
    html_grids(&p);
    html_note(&p);
    html_raw(&p, "</main>\n</body>\n</html>\n");
}
