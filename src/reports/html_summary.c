/* How things stand at a glance: a ring for each status, a bar of the points' verdicts, and what to do first. */
#include "reports/html.h"

/* The circle's length is said to be n, so that its arc is `count` and no fraction is ever computed. */
static void ring(struct page *p, enum status s, int64_t count, int64_t n)
{
    buf_printf(p->out,
               "<li class=\"%s\"><svg viewBox=\"0 0 100 100\" aria-hidden=\"true\"><circle class=\"track\" cx=\"50\" "
               "cy=\"50\" r=\"42\"/>",
               status_name(s));
    if (count && n)
        buf_printf(p->out,
                   "<circle class=\"arc\" cx=\"50\" cy=\"50\" r=\"42\" pathLength=\"%lld\" stroke-dasharray=\"%lld "
                   "%lld\" transform=\"rotate(-90 50 50)\"/>",
                   (long long)n, (long long)count, (long long)(n - count));
    html_raw(p, "</svg><span class=\"count\">");
    html_int(p, count);
    html_raw(p, "</span> <span class=\"label\">");
    html_text(p, str_from(word_status(s, p->lang)));
    html_raw(p, "</span></li>\n");
}

static void rings(struct page *p)
{
    html_raw(p, "<div class=\"panel\">\n<h3>");
    html_say(p, HTML_TASKS_BY_STATUS);
    html_raw(p, "</h3>\n<ul class=\"rings\">\n");
    for (int s = 0; s < STATUS_COUNT; s++) ring(p, (enum status)s, p->a->summary[s], (int64_t)p->a->n_tasks);
    html_raw(p, "</ul>\n</div>\n");
}

/* From good to bad, then what was not judged. */
static const enum verdict order[] = {VERDICT_MET,     VERDICT_TREATED,  VERDICT_WAIVED,      VERDICT_PARTLY_MET,
                                     VERDICT_AT_RISK, VERDICT_VIOLATED, VERDICT_NO_EVIDENCE, VERDICT_NOT_APPLICABLE};

static void bar(struct page *p)
{
    int64_t n[VERDICT_COUNT] = {0}, all = 0, x = 0;
    for (size_t i = 0; i < p->a->n_tasks; i++)
        for (size_t k = 0; k < p->a->tasks[i].n_obligations; k++) {
            n[p->a->tasks[i].obligations[k].verdict]++;
            all++;
        }
    html_raw(p, "<div class=\"panel\">\n<h3>");
    html_say(p, HTML_POINTS_BY_VERDICT);
    buf_printf(p->out,
               "</h3>\n<svg class=\"bar\" viewBox=\"0 0 %lld 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
               (long long)(all ? all : 1));
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        enum verdict v = order[i];
        if (!n[v]) continue;
        buf_printf(p->out, "<rect class=\"%s\" x=\"%lld\" y=\"0\" width=\"%lld\" height=\"1\"/>", verdict_name(v),
                   (long long)x, (long long)n[v]);
        x += n[v];
    }
    html_raw(p, "</svg>\n<ul class=\"key\">\n");
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        enum verdict v = order[i];
        if (!n[v]) continue;
        buf_printf(p->out, "<li class=\"%s\"><svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-%s\"/></svg><b>",
                   verdict_name(v), verdict_name(v));
        html_int(p, n[v]);
        html_raw(p, "</b> ");
        html_text(p, str_from(word_verdict(v, p->lang)));
        html_raw(p, "</li>\n");
    }
    html_raw(p, "</ul>\n</div>\n");
}

void html_summary(struct page *p)
{
    html_raw(p, "<section id=\"summary\" aria-labelledby=\"h-summary\">\n<h2 id=\"h-summary\">");
    html_say(p, HTML_SUMMARY);
    html_raw(p, "</h2>\n<div class=\"panels\">\n");
    rings(p);
    bar(p);
    html_raw(p, "</div>\n</section>\n");
}

static const struct task_result *task_of(const struct assessment *a, const struct obligation_result *o)
{
    for (size_t i = 0; i < a->n_tasks; i++)
        if (str_eq(a->tasks[i].def->key, o->def->task)) return &a->tasks[i];
    return NULL;
}

static void thing(struct page *p, const struct finding *f, const struct obligation_result *o)
{
    const struct task_result *t = task_of(p->a, o);
    html_raw(p, f->fix.n ? "<li class=\"wrong\">\n<p class=\"of\">" : "<li>\n<p class=\"of\">");
    if (t) html_priority(p, rules_priority(t));
    html_raw(p, " <a href=\"#");
    html_point_id(p, o->def);
    html_raw(p, "\">");
    if (t) {
        buf_printf(p->out, "%d. ", t->def->order);
        html_text(p, t->def->title[p->lang]);
    } else {
        html_text(p, o->def->text[p->lang]);
    }
    html_raw(p, "</a></p>\n");
    html_place(p, f);
    html_raw(p, "<p class=\"what\">");
    html_text(p, f->fix.n ? f->message : o->def->text[p->lang]);
    html_raw(p, "</p>\n<p class=\"fix\"><b>");
    html_term(p, f->fix.n ? WORD_FIX : WORD_SETTLES);
    html_raw(p, "</b> ");
    html_text(p, f->fix.n ? f->fix : f->message);
    html_raw(p, "</p>\n</li>\n");
}

void html_first(struct page *p)
{
    static const enum html_word fewer[] = {HTML_FIRST_NONE, HTML_FIRST_ONE, HTML_FIRST_TWO};
    size_t n = p->a->n_first;
    html_raw(p, "<section id=\"first\" aria-labelledby=\"h-first\">\n<h2 id=\"h-first\">");
    html_text(p, str_from(n < 3 ? html_word(fewer[n], p->lang) : word(WORD_FIRST, p->lang)));
    html_raw(p, "</h2>\n");
    if (!n) {
        html_raw(p, "<p>");
        html_say(p, HTML_NOTHING_FIRST);
        html_raw(p, "</p>\n");
    } else {
        html_raw(p, "<ol class=\"first\">\n");
        for (size_t i = 0; i < n; i++) thing(p, p->a->first[i], p->a->first_of[i]);
        html_raw(p, "</ol>\n");
    }
    html_raw(p, "</section>\n");
}
