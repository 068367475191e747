/* Control coverage: a grid of cells for each framework, the current ones first, earlier editions folded after them. */
#include "reports/html.h"

/* The picture of each coverage, see html_icons.c. */
static const char *const icons[COVERAGE_COUNT] = {"full", "filled", "half", "quarter", "empty", "none", "outside"};

static void coverage_icon(struct page *p, enum coverage c)
{
    buf_printf(p->out, "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-%s\"/></svg>", icons[c]);
}

static void cell(struct page *p, const struct control_result *c)
{
    buf_printf(p->out, "<li class=\"cell %s\"><p class=\"id\"><b>", coverage_name(c->coverage));
    html_text(p, c->def->id);
    html_raw(p, "</b>");
    coverage_icon(p, c->coverage);
    html_raw(p, "<span class=\"heard\">");
    html_text(p, str_from(word_coverage(c->coverage, p->lang)));
    html_raw(p, "</span></p><p class=\"title\">");
    html_english(p, c->def->title);
    html_raw(p, "</p>");
    if (c->n_tasks) {
        html_raw(p, "<p class=\"of\">");
        html_say(p, c->n_tasks == 1 ? HTML_CELL_TASK : HTML_CELL_TASKS);
        for (size_t i = 0; i < c->n_tasks; i++) {
            html_raw(p, " <a href=\"#");
            html_task_id(p, c->tasks[i]->def->key);
            buf_printf(p->out, "\">%d</a>", c->tasks[i]->def->order);
        }
        html_raw(p, "</p>");
    }
    html_raw(p, "</li>\n");
}

/* Headings within headings give their id to what stands under them; only the outermost divide the grid. */
static bool divides(const struct control_result *c)
{
    return c->def->heading && !c->def->group.n;
}

static void title(struct page *p, const struct catalog_control *heading)
{
    html_raw(p, "<h4>");
    html_text(p, heading->id);
    html_raw(p, " ");
    html_english(p, heading->title);
    html_raw(p, "</h4>\n");
}

/* A heading with nothing under it is left out. */
static void cells(struct page *p, const struct framework_result *f)
{
    const struct control_result *heading = NULL;
    bool open = false;
    for (size_t i = 0; i < f->n_controls; i++) {
        const struct control_result *c = &f->controls[i];
        if (divides(c)) {
            if (open) html_raw(p, "</ul>\n");
            open = false;
            heading = c;
        }
        if (c->def->heading) continue;
        if (!open && heading) title(p, heading->def);
        if (!open) html_raw(p, "<ul class=\"grid\">\n");
        open = true;
        cell(p, c);
    }
    if (open) html_raw(p, "</ul>\n");
}

static void framework(struct page *p, const struct framework_result *f)
{
    int64_t reach = 0, outside = 0;
    for (size_t i = 0; i < f->n_controls; i++) {
        if (f->controls[i].def->heading) continue;
        bool is_outside = f->controls[i].coverage == COVERAGE_OUTSIDE;
        reach += !is_outside;
        outside += is_outside;
    }
    html_raw(p, "<section class=\"framework\">\n<h3>");
    html_framework(p, f->def);
    html_raw(p, " <span>");
    html_text(p, f->def->title[p->lang]);
    html_raw(p, "</span></h3>\n<p class=\"small\">");
    html_count(p, HTML_N_IN_REACH, reach);
    if (outside) {
        html_raw(p, ", ");
        html_count(p, HTML_N_OUTSIDE, outside);
    }
    html_raw(p, "</p>\n");
    cells(p, f);
    html_raw(p, "</section>\n");
}

static void legend(struct page *p)
{
    html_raw(p, "<ul class=\"legend\" aria-label=\"");
    html_say(p, HTML_LEGEND);
    html_raw(p, "\">\n");
    for (int c = 0; c < COVERAGE_COUNT; c++) {
        buf_printf(p->out, "<li><span class=\"cell %s\">", coverage_name((enum coverage)c));
        coverage_icon(p, (enum coverage)c);
        html_raw(p, "</span> ");
        html_text(p, str_from(word_coverage((enum coverage)c, p->lang)));
        html_raw(p, "</li>\n");
    }
    html_raw(p, "</ul>\n");
}

void html_grids(struct page *p)
{
    const struct assessment *a = p->a;
    int64_t earlier = 0;
    if (!a->n_frameworks) return;
    html_raw(p, "<section id=\"coverage\" aria-labelledby=\"h-coverage\">\n<h2 id=\"h-coverage\">");
    html_term(p, WORD_COVERAGE);
    html_raw(p, "</h2>\n<p class=\"intro\">");
    html_say(p, HTML_GRID_INTRO);
    html_raw(p, "</p>\n");
    legend(p);
    for (size_t i = 0; i < a->n_frameworks; i++) {
        earlier += a->frameworks[i].def->legacy;
        if (!a->frameworks[i].def->legacy) framework(p, &a->frameworks[i]);
    }
    if (earlier) {
        html_raw(p, "<details class=\"earlier\"><summary>");
        html_count(p, HTML_N_EARLIER, earlier);
        html_raw(p, "</summary>\n");
        for (size_t i = 0; i < a->n_frameworks; i++)
            if (a->frameworks[i].def->legacy) framework(p, &a->frameworks[i]);
        html_raw(p, "</details>\n");
    }
    html_raw(p, "</section>\n");
}
