#include "catalog/library.h"

const char *relation_name(enum relation r)
{
    static const char *const names[] = {"equal", "subset", "superset", "intersect", "not_related"};
    return r < RELATION_COUNT ? names[r] : "";
}

enum relation relation_turned(enum relation r)
{
    return r == RELATION_SUBSET ? RELATION_SUPERSET : r == RELATION_SUPERSET ? RELATION_SUBSET : r;
}

const struct catalog_library *catalog_find_library(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->n_libraries; i++)
        if (str_eq(c->libraries[i].key, key)) return &c->libraries[i];
    return NULL;
}

const struct catalog_framework *catalog_find_framework(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->n_frameworks; i++)
        if (str_eq(c->frameworks[i].key, key)) return &c->frameworks[i];
    return NULL;
}

const struct catalog_control *catalog_find_control(const struct catalog_framework *f, struct str id)
{
    for (size_t i = 0; i < f->n_controls; i++)
        if (str_eq(f->controls[i].id, id)) return &f->controls[i];
    return NULL;
}

struct str catalog_control_urn(struct ctx *cx, const struct catalog_framework *f, const struct catalog_control *c)
{
    if (!f->nodes.n) return STR("");
    if (str_starts(c->node, STR("urn:"))) return c->node;
    struct str end = c->node.n ? c->node : c->id;
    char *p = arena_alloc(&cx->arena, f->nodes.n + end.n);
    memcpy(p, f->nodes.p, f->nodes.n);
    for (size_t i = 0; i < end.n; i++)
        p[f->nodes.n + i] = end.p[i] >= 'A' && end.p[i] <= 'Z' ? (char)(end.p[i] - 'A' + 'a') : end.p[i];
    return (struct str){p, f->nodes.n + end.n};
}

bool catalog_same_control(struct ctx *cx, const struct catalog_framework *f, const struct catalog_control *c,
                          const struct catalog_framework *g, const struct catalog_control *d)
{
    if (f == g) return c == d;
    return f->urn.n && str_eq(f->urn, g->urn) && str_eq(catalog_control_urn(cx, f, c), catalog_control_urn(cx, g, d));
}
