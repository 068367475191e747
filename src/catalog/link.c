/* What takes several files to see: things that must exist, and things that must differ. */
#include "catalog/source.h"

#include <stdlib.h>

static int by_framework_order(const void *a, const void *b)
{
    const struct source_framework *x = a, *y = b;
    return x->order != y->order ? (x->order < y->order ? -1 : 1) : str_cmp(x->f.key, y->f.key);
}

static int by_task_order(const void *a, const void *b)
{
    const struct source_task *x = a, *y = b;
    return x->t.order != y->t.order ? (x->t.order < y->t.order ? -1 : 1) : str_cmp(x->t.key, y->t.key);
}

static int by_point(const void *a, const void *b)
{
    const struct source_obligation *x = a, *y = b;
    return x->o.point < y->o.point ? -1 : x->o.point > y->o.point;
}

/* Current frameworks before legacy ones, each in its own order. */
static int by_place(const void *a, const void *b)
{
    const struct source_mapping *x = a, *y = b;
    const struct catalog_framework *f = x->m.framework, *g = y->m.framework;
    if (!f || !g) return f ? -1 : g ? 1 : 0;
    if (f->legacy != g->legacy) return f->legacy ? 1 : -1;
    if (f != g) return f < g ? -1 : 1;
    return x->m.control < y->m.control ? -1 : x->m.control > y->m.control;
}

static void link_frameworks(struct source *s)
{
    if (s->n_frameworks) qsort(s->frameworks, s->n_frameworks, sizeof *s->frameworks, by_framework_order);
    for (size_t i = 0; i < s->n_frameworks; i++) {
        struct source_framework *fw = &s->frameworks[i];
        struct catalog_control *controls = arena_array(&s->cx->arena, struct catalog_control, fw->f.n_controls);
        for (size_t k = 0; k < fw->f.n_controls; k++) controls[k] = fw->controls[k].c;
        fw->f.controls = controls;
        if (i && fw->order == s->frameworks[i - 1].order)
            source_fault(s, fw->file, fw->line, "give each framework its own", "order %d is taken by " STR_FMT,
                         fw->order, STR_ARG(s->frameworks[i - 1].f.key));
    }
}

static void resolve(struct source *s, const struct source_task *t, struct source_mapping *m)
{
    for (size_t i = 0; i < s->n_frameworks; i++)
        if (str_eq(s->frameworks[i].f.key, m->framework)) m->m.framework = &s->frameworks[i].f;
    if (!m->m.framework) {
        if (m->framework.n)
            source_fault(s, t->file, m->line, "name a file of frameworks/, without .yaml", "unknown framework \"%s\"",
                         source_show(s, m->framework));
        return;
    }
    for (size_t i = 0; i < m->m.framework->n_controls && !m->m.control; i++)
        if (str_eq(m->m.framework->controls[i].id, m->id)) m->m.control = &m->m.framework->controls[i];
    if (!m->m.control) {
        if (m->id.n)
            source_fault(s, t->file, m->line, "use an id of the framework's file", "no control \"%s\" in \"%s\"",
                         source_show(s, m->id), source_show(s, m->framework));
        return;
    }
    m->m.source = m->source;
    if (m->m.control->outside)
        source_fault(s, t->file, m->line, "leave the control out here, or take `outside` off it in the framework",
                     "control \"%s\" of \"%s\" is marked as outside secure development", source_show(s, m->id),
                     source_show(s, m->framework));
}

static void link_mappings(struct source *s, struct source_task *t)
{
    for (size_t i = 0; i < t->n_mappings; i++) {
        struct source_mapping *m = &t->mappings[i];
        resolve(s, t, m);
        for (size_t j = 0; j < i; j++)
            if (m->id.n && str_eq(m->id, t->mappings[j].id) && str_eq(m->framework, t->mappings[j].framework))
                source_fault(s, t->file, m->line, "keep one of them", "control \"%s\" of \"%s\" stands twice",
                             source_show(s, m->id), source_show(s, m->framework));
    }
    if (t->n_mappings) qsort(t->mappings, t->n_mappings, sizeof *t->mappings, by_place);
}

static bool same(const struct str a[LANG_COUNT], const struct str b[LANG_COUNT])
{
    return str_eq(a[LANG_EN], b[LANG_EN]) && str_eq(a[LANG_FI], b[LANG_FI]);
}

/* The title of a theme or policy stands in each of its tasks; it must be the same in all. */
static void check_titles(struct source *s, size_t i)
{
    const struct source_task *t = &s->tasks[i];
    for (size_t j = 0; j < i; j++) {
        const struct source_task *u = &s->tasks[j];
        if (str_eq(t->t.theme, u->t.theme) && !same(t->t.theme_title, u->t.theme_title))
            source_fault(s, t->file, t->line, "use the same title", "theme_title differs from the one in " STR_FMT,
                         STR_ARG(u->file));
        else if (str_eq(t->t.policy, u->t.policy) && !same(t->t.policy_title, u->t.policy_title))
            source_fault(s, t->file, t->line, "use the same title", "policy_title differs from the one in " STR_FMT,
                         STR_ARG(u->file));
        else
            continue;
        return;
    }
}

static void link_tasks(struct source *s)
{
    if (s->n_tasks) qsort(s->tasks, s->n_tasks, sizeof *s->tasks, by_task_order);
    for (size_t i = 0; i < s->n_tasks; i++) {
        struct source_task *t = &s->tasks[i];
        if (i && t->t.order == s->tasks[i - 1].t.order)
            source_fault(s, t->file, t->order_line, "give each task its own", "order %d is taken by " STR_FMT,
                         t->t.order, STR_ARG(s->tasks[i - 1].t.key));
        check_titles(s, i);
        link_mappings(s, t);
        if (t->n_obligations) qsort(t->obligations, t->n_obligations, sizeof *t->obligations, by_point);
    }
}

static struct str full_name(struct source *s, const struct catalog_obligation *o)
{
    return arena_printf(&s->cx->arena, STR_FMT "/" STR_FMT, STR_ARG(o->task), STR_ARG(o->key));
}

static const struct catalog_obligation *find(const struct source *s, struct str name)
{
    struct str rest = name, task;
    if (!str_cut(&rest, '/', &task) || !rest.p) return NULL;
    for (size_t i = 0; i < s->n_tasks; i++)
        for (size_t k = 0; str_eq(s->tasks[i].t.key, task) && k < s->tasks[i].n_obligations; k++)
            if (str_eq(s->tasks[i].obligations[k].o.key, rest)) return &s->tasks[i].obligations[k].o;
    return NULL;
}

static void check_names(struct source *s, const struct source_preset *p)
{
    for (size_t i = 0; i < p->n_names; i++) {
        const struct catalog_obligation *o = find(s, p->names[i]);
        if (!o)
            source_fault(s, p->file, p->lines[i], "write task/obligation as in tasks/", "unknown obligation \"%s\"",
                         source_show(s, p->names[i]));
        else if (o->strength == STRENGTH_MUST)
            source_fault(s, p->file, p->lines[i], "leave it out", "\"%s\" is a must already",
                         source_show(s, p->names[i]));
        for (size_t j = 0; j < i; j++)
            if (str_eq(p->names[i], p->names[j]))
                source_fault(s, p->file, p->lines[i], "keep one of them", "\"%s\" stands twice",
                             source_show(s, p->names[i]));
    }
}

static void link_preset(struct source *s, struct source_preset *p)
{
    check_names(s, p);
    size_t n = p->n_names, cap = n;
    struct str *adopts = p->names;
    for (size_t i = 0; i < s->n_tasks; i++)
        for (size_t k = 0; k < s->tasks[i].n_obligations; k++) {
            const struct catalog_obligation *o = &s->tasks[i].obligations[k].o;
            if (!p->strengths[o->strength]) continue;
            source_grow(s, adopts, n, cap);
            adopts[n++] = full_name(s, o);
        }
    str_sort(adopts, n);
    p->p.adopts = adopts;
    p->p.n_adopts = n;
}

static int by_kind(const void *a, const void *b)
{
    const struct source_kind_of_fact *x = a, *y = b;
    return str_cmp(x->k.key, y->k.key);
}

/* Names of tables and views begin with their kind's: so that no other kind's may look the same, no kind's key may begin
 * with another's and an underscore. */
static void link_kinds(struct source *s)
{
    if (s->n_kinds) qsort(s->kinds, s->n_kinds, sizeof *s->kinds, by_kind);
    for (size_t i = 0; i < s->n_kinds; i++)
        for (size_t j = 0; j < s->n_kinds; j++) {
            struct str longer = s->kinds[i].k.key, shorter = s->kinds[j].k.key;
            if (shorter.n && longer.n > shorter.n && str_starts(longer, shorter) && longer.p[shorter.n] == '_')
                source_fault(s, s->kinds[i].file, s->kinds[i].line, "give it a name of its own",
                             "the key begins like that of the kind \"%s\"", source_show(s, shorter));
        }
}

void source_link(struct source *s)
{
    link_frameworks(s);
    link_tasks(s);
    link_kinds(s);
    source_link_libraries(s);
    source_link_metrics(s);
    source_link_records(s);
    source_link_templates(s);
    for (size_t i = 0; i < s->n_presets; i++) link_preset(s, &s->presets[i]);
}

void source_draft(struct source *s, struct catalog *out)
{
    struct arena *a = &s->cx->arena;
    struct catalog_framework *frameworks = arena_array(a, struct catalog_framework, s->n_frameworks);
    struct catalog_task *tasks = arena_array(a, struct catalog_task, s->n_tasks);
    struct catalog_preset *presets = arena_array(a, struct catalog_preset, s->n_presets);
    for (size_t i = 0; i < s->n_frameworks; i++) frameworks[i] = s->frameworks[i].f;
    for (size_t i = 0; i < s->n_presets; i++) presets[i] = s->presets[i].p;
    for (size_t i = 0; i < s->n_tasks; i++) {
        const struct source_task *t = &s->tasks[i];
        struct catalog_mapping *mappings = arena_array(a, struct catalog_mapping, t->n_mappings);
        struct catalog_obligation *obligations = arena_array(a, struct catalog_obligation, t->n_obligations);
        for (size_t k = 0; k < t->n_mappings; k++) {
            mappings[k] = t->mappings[k].m;
            for (size_t f = 0; f < s->n_frameworks; f++)
                if (mappings[k].framework == &s->frameworks[f].f) mappings[k].framework = &frameworks[f];
        }
        for (size_t k = 0; k < t->n_obligations; k++) obligations[k] = t->obligations[k].o;
        tasks[i] = t->t;
        tasks[i].controls = mappings;
        tasks[i].n_controls = t->n_mappings;
        tasks[i].obligations = obligations;
        tasks[i].n_obligations = t->n_obligations;
    }
    struct catalog_kind *kinds = arena_array(a, struct catalog_kind, s->n_kinds);
    for (size_t i = 0; i < s->n_kinds; i++) kinds[i] = s->kinds[i].k;
    struct record_kind *records = arena_array(a, struct record_kind, s->n_records);
    for (size_t i = 0; i < s->n_records; i++) records[i] = s->records[i].k;
    struct record_template *templates = arena_array(a, struct record_template, s->n_templates);
    for (size_t i = 0; i < s->n_templates; i++) templates[i] = s->templates[i].t;
    struct catalog_metric *metrics = arena_array(a, struct catalog_metric, s->n_metrics);
    for (size_t i = 0; i < s->n_metrics; i++) metrics[i] = s->metrics[i].m;
    *out = (struct catalog){.frameworks = frameworks,
                            .n_frameworks = s->n_frameworks,
                            .tasks = tasks,
                            .n_tasks = s->n_tasks,
                            .presets = presets,
                            .n_presets = s->n_presets,
                            .kinds = kinds,
                            .n_kinds = s->n_kinds,
                            .records = records,
                            .n_records = s->n_records,
                            .templates = templates,
                            .n_templates = s->n_templates,
                            .metrics = metrics,
                            .n_metrics = s->n_metrics};
    source_draft_libraries(s, out);
}
