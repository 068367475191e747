/* The tasks: a table of all of them, then each with its requirement points, findings and controls. */
#include "base/time.h"
#include "reports/html.h"

static void header_cell(struct page *p, const char *class, const char *name)
{
    buf_printf(p->out, "<th scope=\"col\" role=\"columnheader\"%s>", class);
    html_text(p, str_from(name));
    html_raw(p, "</th>");
}

static void aspect_cell(struct page *p, enum aspect a)
{
    html_raw(p, "<th scope=\"col\" role=\"columnheader\" class=\"wide\">");
    html_text(p, str_from(word_aspect(a, p->lang)));
    html_raw(p, "</th>");
}

/* The roles say what the elements are, for a narrow screen lays them out as no table. */
static void overview_row(struct page *p, const struct task_result *t)
{
    buf_printf(
        p->out,
        "<tr role=\"row\"><td role=\"cell\" class=\"no\">%d</td><th scope=\"row\" role=\"rowheader\"><a href=\"#",
        t->def->order);
    html_task_id(p, t->def->key);
    html_raw(p, "\">");
    html_text(p, t->def->title[p->lang]);
    html_raw(p, "</a></th><td role=\"cell\">");
    html_priority(p, rules_priority(t));
    html_raw(p, "</td><td role=\"cell\">");
    html_status(p, t);
    html_raw(p, "</td><td role=\"cell\" class=\"wide\">");
    html_verdict(p, t->designed);
    html_raw(p, "</td><td role=\"cell\" class=\"wide\">");
    html_verdict(p, t->operating);
    html_raw(p, "</td><td role=\"cell\" class=\"wide\">");
    html_assurance(p, t->assurance);
    html_raw(p, "</td><td role=\"cell\" class=\"num\"><span class=\"narrow\">");
    html_term(p, WORD_FINDINGS);
    html_raw(p, "</span> ");
    html_int(p, html_places(t));
    html_raw(p, "</td></tr>\n");
}

static void overview(struct page *p)
{
    html_raw(p, "<table class=\"overview\" role=\"table\">\n<thead role=\"rowgroup\"><tr role=\"row\">");
    html_raw(p, "<th scope=\"col\" role=\"columnheader\" class=\"no\"><abbr title=\"");
    html_say(p, HTML_NUMBER);
    html_raw(p, "\">#</abbr></th>");
    header_cell(p, "", word(WORD_TASK, p->lang));
    header_cell(p, "", word(WORD_PRIORITY, p->lang));
    header_cell(p, "", word(WORD_STATUS, p->lang));
    aspect_cell(p, ASPECT_DESIGN);
    aspect_cell(p, ASPECT_OPERATION);
    header_cell(p, " class=\"wide\"", word(WORD_ASSURANCE, p->lang));
    header_cell(p, " class=\"num\"", word(WORD_FINDINGS, p->lang));
    html_raw(p, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
    for (size_t i = 0; i < p->a->n_tasks; i++) overview_row(p, &p->a->tasks[i]);
    html_raw(p, "</tbody>\n</table>\n");
}

static void control_row(struct page *p, const struct catalog_mapping *m)
{
    const char *source = word_source(m->source, p->lang);
    html_raw(p, "<tr><td>");
    html_framework(p, m->framework);
    html_raw(p, "</td><th scope=\"row\" role=\"rowheader\">");
    html_text(p, m->control->id);
    html_raw(p, "</th><td role=\"cell\">");
    html_english(p, m->control->title);
    html_raw(p, "</td><td role=\"cell\">");
    html_text(p, source ? str_from(source) : m->source);
    html_raw(p, "</td></tr>\n");
}

/* The controls of the first framework, so that they are seen without unfolding. */
static void first_ids(struct page *p, const struct catalog_task *t)
{
    const struct catalog_framework *f = t->controls[0].framework;
    html_raw(p, " <span class=\"small\">");
    html_framework(p, f);
    html_raw(p, " ");
    for (size_t i = 0; i < t->n_controls && t->controls[i].framework == f; i++) {
        if (i) html_raw(p, ", ");
        html_text(p, t->controls[i].control->id);
    }
    if (t->controls[t->n_controls - 1].framework != f) html_raw(p, "…");
    html_raw(p, "</span>");
}

static void controls(struct page *p, const struct catalog_task *t)
{
    if (!t->n_controls) return;
    html_raw(p, "<details class=\"controls\"><summary>");
    html_count(p, HTML_N_CONTROLS, (int64_t)t->n_controls);
    first_ids(p, t);
    html_raw(p, "</summary>\n<table>\n<thead><tr>");
    header_cell(p, "", html_word(HTML_FRAMEWORK, p->lang));
    header_cell(p, "", html_word(HTML_CONTROL, p->lang));
    header_cell(p, "", html_word(HTML_CONTROL_TITLE, p->lang));
    header_cell(p, "", html_word(HTML_SOURCE, p->lang));
    html_raw(p, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < t->n_controls; i++) control_row(p, &t->controls[i]);
    html_raw(p, "</tbody>\n</table>\n</details>\n");
}

static void counts(struct page *p, const struct obligation_result *o)
{
    html_raw(p, "<li class=\"counts\">");
    html_count(p, HTML_N_SCOPE, o->population);
    html_raw(p, ", ");
    html_count(p, HTML_N_JUDGED, o->judged);
    html_raw(p, ", ");
    html_count(p, HTML_N_FAILING, o->failing);
    if (o->baselined) {
        html_raw(p, " (");
        html_count(p, HTML_N_BASELINED, o->baselined);
        html_raw(p, ")");
    }
    html_raw(p, "</li>\n");
}

static void remark(struct page *p, enum html_word w)
{
    html_raw(p, "<li>");
    html_say(p, w);
    html_raw(p, "</li>\n");
}

/* How strong the point is, and what its verdict rests on. */
static void facts(struct page *p, const struct obligation_result *o)
{
    html_raw(p, "<ul class=\"facts\">\n<li class=\"strength\">");
    html_text(p, str_from(word_strength(o->def->strength, p->lang)));
    html_raw(p, "</li>\n");
    if (o->adopted && o->def->strength != STRENGTH_MUST) remark(p, HTML_ADOPTED);
    html_raw(p, "<li>");
    html_text(p, str_from(word_aspect(o->def->aspect, p->lang)));
    html_raw(p, "</li>\n");
    if (!o->def->sql.n)
        remark(p, HTML_RECORDS_ONLY);
    else if (!o->def->enabled)
        remark(p, HTML_SWITCHED_OFF);
    else
        counts(p, o);
    if (o->stopped) remark(p, HTML_STOPPED);
    if (o->assurance != ASSURANCE_NONE) {
        html_raw(p, "<li>");
        html_term(p, WORD_ASSURANCE);
        html_raw(p, " ");
        html_assurance(p, o->assurance);
        html_raw(p, "</li>\n");
    }
    html_raw(p, "</ul>\n");
}

/* What an auditor would open: where it stands, or the commit or ref by name. */
static void shown(struct page *p, const struct shown *s)
{
    html_raw(p, "<li><code>");
    if (s->path.n) {
        html_text(p, s->path);
        if (s->line) buf_printf(p->out, ":%lld", (long long)s->line);
    } else if (s->commit.n && !str_starts(s->subject, STR("ref:"))) {
        html_text(p, str_slice(s->commit, 0, 12));
    } else {
        const char *slash = memchr(s->subject.p, '/', s->subject.n);
        html_text(p, slash ? str_slice(s->subject, (size_t)(slash + 1 - s->subject.p), s->subject.n) : s->subject);
    }
    html_raw(p, "</code>");
    if (s->at) {
        html_raw(p, " ");
        char date[32];
        html_day(p, str_from(time_format_date(s->at, date)));
    }
    html_raw(p, "</li>\n");
}

static void shown_by(struct page *p, const struct obligation_result *o)
{
    if (!o->n_shown) return;
    html_raw(p, "<div class=\"shown\"><b>");
    html_term(p, WORD_SHOWN_BY);
    html_raw(p, "</b>\n<ul>\n");
    for (size_t i = 0; i < o->n_shown; i++) shown(p, &o->shown[i]);
    html_raw(p, "</ul></div>\n");
}

static void point(struct page *p, const struct obligation_result *o)
{
    html_raw(p, "<li class=\"point\" id=\"");
    html_point_id(p, o->def);
    html_raw(p, "\">\n<div class=\"verdict\">");
    html_verdict(p, o->verdict);
    html_raw(p, "</div>\n<div class=\"body\">\n<p class=\"text\">");
    html_text(p, o->def->text[p->lang]);
    html_raw(p, "</p>\n");
    facts(p, o);
    shown_by(p, o);
    html_findings(p, o);
    if (o->settles.n) {
        html_raw(p, "<p class=\"settles\"><b>");
        html_term(p, WORD_SETTLES);
        html_raw(p, "</b> ");
        html_text(p, o->settles);
        html_raw(p, "</p>\n");
    }
    html_raw(p, "</div>\n</li>\n");
}

static void term(struct page *p, const char *name)
{
    html_raw(p, "<div><dt>");
    html_text(p, str_from(name));
    html_raw(p, "</dt><dd>");
}

static void task(struct page *p, const struct task_result *t)
{
    html_raw(p, "<article class=\"task\" id=\"");
    html_task_id(p, t->def->key);
    buf_printf(p->out, "\">\n<header>\n<h4><span class=\"no\">%d</span> ", t->def->order);
    html_text(p, t->def->title[p->lang]);
    html_raw(p, "</h4>\n<dl>\n");
    term(p, word(WORD_PRIORITY, p->lang));
    html_priority(p, rules_priority(t));
    html_raw(p, "</dd></div>\n");
    term(p, word(WORD_STATUS, p->lang));
    html_status(p, t);
    html_raw(p, "</dd></div>\n");
    term(p, word_aspect(ASPECT_DESIGN, p->lang));
    html_verdict(p, t->designed);
    html_raw(p, "</dd></div>\n");
    term(p, word_aspect(ASPECT_OPERATION, p->lang));
    html_verdict(p, t->operating);
    html_raw(p, "</dd></div>\n");
    term(p, word(WORD_ASSURANCE, p->lang));
    html_assurance(p, t->assurance);
    html_raw(p, "</dd></div>\n</dl>\n</header>\n<p class=\"about\">");
    html_text(p, t->def->summary[p->lang]);
    html_raw(p, "</p>\n<ul class=\"points\">\n");
    for (size_t i = 0; i < t->n_obligations; i++) point(p, &t->obligations[i]);
    html_raw(p, "</ul>\n");
    controls(p, t->def);
    html_raw(p, "<p class=\"back\"><a href=\"#tasks\"><span aria-hidden=\"true\">↑</span> ");
    html_say(p, HTML_ALL_TASKS);
    html_raw(p, "</a></p>\n</article>\n");
}

static bool is_new_policy(const struct assessment *a, size_t i)
{
    const struct catalog_task *t = a->tasks[i].def, *before = i ? a->tasks[i - 1].def : NULL;
    return !before || !str_eq(t->theme, before->theme) || !str_eq(t->policy, before->policy);
}

void html_tasks(struct page *p)
{
    const struct assessment *a = p->a;
    html_raw(p, "<section id=\"tasks\" aria-labelledby=\"h-tasks\">\n<h2 id=\"h-tasks\">");
    html_term(p, WORD_TASKS);
    html_raw(p, "</h2>\n<p class=\"intro\">");
    html_say(p, HTML_TASKS_INTRO);
    html_raw(p, "</p>\n");
    overview(p);
    for (size_t i = 0; i < a->n_tasks; i++) {
        if (is_new_policy(a, i)) {
            html_raw(p, "<h3 class=\"policy\"><span>");
            html_text(p, a->tasks[i].def->theme_title[p->lang]);
            html_raw(p, "</span> ");
            html_text(p, a->tasks[i].def->policy_title[p->lang]);
            html_raw(p, "</h3>\n");
        }
        task(p, &a->tasks[i]);
    }
    html_raw(p, "</section>\n");
}
