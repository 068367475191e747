/* A kind's schema only grows: what was written under an older one must stay readable under the newer, with the same
 * meaning. */
#include "catalog/catalog.h"

struct growth {
    struct ctx *cx;
    void (*fault)(void *arg, const struct catalog_fault *f);
    void *arg;
    size_t faults;
    struct str kind;
};

static void shrank(struct growth *g, struct str where, const char *what)
{
    struct catalog_fault f = {
        arena_printf(&g->cx->arena, "facts/" STR_FMT "/schema.yaml", STR_ARG(g->kind)), 0,
        arena_printf(&g->cx->arena, STR_FMT " %s", STR_ARG(where), what),
        STR("facts are written under it; a kind's schema only grows: put it back, or make another kind")};
    g->faults++;
    g->fault(g->arg, &f);
}

static bool has_value(const struct catalog_schema *s, struct str value)
{
    for (size_t i = 0; i < s->n_values; i++)
        if (str_eq(s->values[i], value)) return true;
    return s->n_values == 0;
}

static const struct catalog_field *field_of(const struct catalog_schema *s, struct str name)
{
    for (size_t i = 0; i < s->n_fields; i++)
        if (str_eq(s->fields[i].name, name)) return &s->fields[i];
    return NULL;
}

static void compare(struct growth *g, struct str where, const struct catalog_schema *a, const struct catalog_schema *b)
{
    if (a->type != b->type) {
        shrank(g, where, "has another type");
        return;
    }
    if (b->least > a->least || b->most < a->most) shrank(g, where, "has narrower bounds");
    if (b->pattern.n && !str_eq(a->pattern, b->pattern)) shrank(g, where, "has another pattern");
    bool fewer = b->n_values && !a->n_values;
    for (size_t i = 0; i < a->n_values; i++) fewer = fewer || !has_value(b, a->values[i]);
    if (fewer) shrank(g, where, "admits fewer values");
    for (size_t i = 0; i < a->n_fields; i++) {
        struct str name = arena_printf(&g->cx->arena, STR_FMT "." STR_FMT, STR_ARG(where), STR_ARG(a->fields[i].name));
        const struct catalog_field *f = field_of(b, a->fields[i].name);
        if (!f) {
            shrank(g, name, "is gone");
            continue;
        }
        if (f->required && !a->fields[i].required) shrank(g, name, "is required now");
        compare(g, name, &a->fields[i].schema, &f->schema);
    }
    for (size_t i = 0; i < b->n_fields; i++)
        if (b->fields[i].required && !field_of(a, b->fields[i].name))
            shrank(g, arena_printf(&g->cx->arena, STR_FMT "." STR_FMT, STR_ARG(where), STR_ARG(b->fields[i].name)),
                   "is new, and required");
    if (a->items && b->items) compare(g, arena_printf(&g->cx->arena, STR_FMT "[]", STR_ARG(where)), a->items, b->items);
}

/* Words that are in `more` and not in `few` narrow what is admitted. */
static void compare_lists(struct growth *g, const struct str *few, size_t n_few, const struct str *more, size_t n_more,
                          const char *what)
{
    for (size_t i = 0; i < n_more; i++) {
        bool found = false;
        for (size_t k = 0; k < n_few; k++) found = found || str_eq(few[k], more[i]);
        if (!found) shrank(g, arena_printf(&g->cx->arena, "payload." STR_FMT, STR_ARG(more[i])), what);
    }
}

void catalog_check_growth(struct ctx *cx, const struct catalog *before, const struct catalog *after,
                          void (*fault)(void *arg, const struct catalog_fault *f), void *arg, size_t *faults)
{
    struct growth g = {.cx = cx, .fault = fault, .arg = arg};
    for (size_t i = 0; i < before->n_kinds; i++) {
        const struct catalog_kind *a = &before->kinds[i], *b = catalog_find_kind(after, a->key);
        g.kind = a->key;
        if (!b) {
            shrank(&g, STR("the kind"), "is gone");
            continue;
        }
        if (a->kept && !b->kept) shrank(&g, STR("kept"), "is taken back");
        if (!a->reserved && b->reserved) shrank(&g, STR("the kind"), "is reserved now");
        if (!a->by_request && b->by_request) shrank(&g, STR("the kind"), "comes by request alone now");
        if (a->subjects & ~b->subjects) shrank(&g, STR("subjects"), "lack a type");
        compare_lists(&g, a->subject_fields, a->n_subject_fields, b->subject_fields, b->n_subject_fields,
                      "must be a subject now");
        compare_lists(&g, a->different, a->n_different, b->different, b->n_different, "must have different items now");
        compare(&g, STR("payload"), &a->payload, &b->payload);
    }
    *faults = g.faults;
}
