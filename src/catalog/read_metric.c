/* catalog/metrics/<metric>.yaml, as docs/formats/metrics.md writes it, and what it says of other files. */
#include "catalog/fields.h"

#include <stdlib.h>

#define MOST_WINDOW 3660 /* days */
#define MOST_ORDER 100000

const char *metric_type_name(enum metric_value_type t)
{
    static const char *const names[] = {"share", "count", "median_days"};
    return names[t];
}

static const char *type_at(int i)
{
    return metric_type_name((enum metric_value_type)i);
}

static void copy(struct str out[LANG_COUNT], const struct source_text *t)
{
    for (int i = 0; i < LANG_COUNT; i++) out[i] = t->text[i];
}

static const char *better_at(int i)
{
    static const char *const words[] = {"lower", "higher"};
    return words[i];
}

/* [task/point, …] */
static void read_shows(struct source *s, struct source_metric *m, const struct fields *f)
{
    const struct yaml_node *list = field_list(f, "shows", true);
    m->shows_line = fields_line(f, "shows");
    if (!list) return;
    struct str *names = arena_array(&s->cx->arena, struct str, list->n);
    for (size_t i = 0; i < list->n; i++) {
        names[i] = yaml_text(list->items[i]);
        if (!names[i].n) names[i] = STR("");
    }
    m->m.shows = names;
    m->m.n_shows = list->n;
}

void source_read_metric(struct source *s, const struct source_file *file)
{
    const struct yaml_node *top = fields_document(s, file);
    if (!top) return;
    struct fields f =
        fields_of(s, file->path, top, "a metric", "key order title summary value unit better window shows");
    struct source_metric m = {.file = file->path, .line = top->line, .m = {.sql = STR(""), .evidence = STR("")}};
    m.m.blind_spots = STR("");
    m.m.key = field_text(&f, "key", true);
    if (m.m.key.n && !source_is_kind(m.m.key))
        source_fault(s, file->path, fields_line(&f, "key"),
                     "use lower-case letters, digits and underscores, at most 40", "\"key\" of a metric is not a key");
    if (m.m.key.n && !str_eq(m.m.key, file->name))
        source_fault(s, file->path, fields_line(&f, "key"), "name the file <key>.yaml",
                     "the key \"%s\" is not the file's name", source_show(s, m.m.key));
    m.m.order = field_int(&f, "order", 1, MOST_ORDER);
    m.order_line = fields_line(&f, "order");
    struct source_text text = field_langs(&f, "title", true);
    copy(m.m.title, &text);
    text = field_langs(&f, "summary", true);
    copy(m.m.summary, &text);
    m.m.type = (enum metric_value_type)field_word(&f, "value", type_at, METRIC_TYPES);
    bool counts = m.m.type == METRIC_COUNT;
    text = field_langs(&f, "unit", counts);
    copy(m.m.unit, &text);
    if (!counts && fields_has(&f, "unit"))
        source_fault(s, file->path, fields_line(&f, "unit"), "leave it out: per cent and days are known",
                     "\"unit\" goes with the value count only");
    m.m.higher = field_word(&f, "better", better_at, 2) == 1;
    m.m.window = field_int(&f, "window", 1, MOST_WINDOW);
    read_shows(s, &m, &f);
    source_grow(s, s->metrics, s->n_metrics, s->cap_metrics);
    s->metrics[s->n_metrics++] = m;
}

/* --- what it says of others, and what others make of it */

/* A field with `choices: metrics` is one of these; it was left without any. */
static void fill_choices(struct source *s, const struct source_record *r)
{
    struct record_choice *choices = arena_array(&s->cx->arena, struct record_choice, s->n_metrics + 1);
    for (size_t i = 0; i < s->n_metrics; i++) {
        choices[i].key = s->metrics[i].m.key;
        for (int l = 0; l < LANG_COUNT; l++) choices[i].title[l] = s->metrics[i].m.title[l];
    }
    for (size_t i = 0; i < r->k.n_fields; i++) {
        struct record_field *f = (struct record_field *)(uintptr_t)&r->k.fields[i]; /* ours since it was read */
        if (f->choices || (f->type != FIELD_CHOICE && f->type != FIELD_CHECKLIST)) continue;
        if (s->n_metrics < 2)
            source_fault(s, r->file, r->line, "write them into metrics/, or list choices",
                         "\"%s\" is a choice of metrics, of which there are not two", source_show(s, f->key));
        f->choices = choices;
        f->n_choices = s->n_metrics;
    }
}

static bool is_point(const struct source *s, struct str name)
{
    struct str rest = name, task;
    if (!str_cut(&rest, '/', &task)) return false;
    for (size_t i = 0; i < s->n_tasks; i++)
        for (size_t k = 0; k < s->tasks[i].n_obligations; k++)
            if (str_eq(s->tasks[i].t.key, task) && str_eq(s->tasks[i].obligations[k].o.key, rest)) return true;
    return false;
}

static int by_order(const void *a, const void *b)
{
    const struct source_metric *x = a, *y = b;
    if (x->m.order != y->m.order) return x->m.order < y->m.order ? -1 : 1;
    return str_cmp(x->m.key, y->m.key);
}

void source_link_metrics(struct source *s)
{
    if (s->n_metrics) qsort(s->metrics, s->n_metrics, sizeof *s->metrics, by_order);
    for (size_t i = 0; i < s->n_records; i++) fill_choices(s, &s->records[i]);
    for (size_t i = 0; i < s->n_metrics; i++) {
        const struct source_metric *m = &s->metrics[i];
        for (size_t k = 0; k < m->m.n_shows; k++)
            if (!is_point(s, m->m.shows[k]))
                source_fault(s, m->file, m->shows_line, "write task/point as in tasks/", "there is no point \"%s\"",
                             source_show(s, m->m.shows[k]));
        if (i && m->m.order == s->metrics[i - 1].m.order)
            source_fault(s, m->file, m->order_line, "give each its own", "the order is that of \"%s\" too",
                         source_show(s, s->metrics[i - 1].m.key));
    }
}
