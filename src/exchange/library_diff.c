/* What replacing a framework or a library would change. */
#include "catalog/library.h"
#include "exchange/library.h"

#include <stdlib.h>

struct entry {
    struct str key, shown, value; /* what it is, how it is told, what it says */
};

struct entries {
    struct entry *p;
    size_t n;
};

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static void line(struct buf *out, size_t *lines, char sign, const struct entry *was, const struct entry *now)
{
    const struct entry *e = now ? now : was;
    if (!e) return;
    buf_printf(out, "%c " STR_FMT, sign, STR_ARG(e->shown));
    if (was && was->value.n) buf_printf(out, ": " STR_FMT, STR_ARG(was->value));
    if (now && (now->value.n || was)) buf_printf(out, was ? " -> " STR_FMT : ": " STR_FMT, STR_ARG(now->value));
    buf_char(out, '\n');
    (*lines)++;
}

static void compare(struct entries was, struct entries now, struct buf *out, size_t *lines)
{
    if (was.n) qsort(was.p, was.n, sizeof *was.p, by_key);
    if (now.n) qsort(now.p, now.n, sizeof *now.p, by_key);
    for (size_t i = 0, k = 0; i < was.n || k < now.n;) {
        int c = i == was.n ? 1 : k == now.n ? -1 : str_cmp(was.p[i].key, now.p[k].key);
        if (c < 0)
            line(out, lines, '-', &was.p[i++], NULL);
        else if (c > 0)
            line(out, lines, '+', NULL, &now.p[k++]);
        else {
            if (!str_eq(was.p[i].value, now.p[k].value)) line(out, lines, '~', &was.p[i], &now.p[k]);
            i++, k++;
        }
    }
}

static struct entries controls_of(struct ctx *cx, const struct catalog_framework *f)
{
    struct entries e = {arena_array(&cx->arena, struct entry, f->n_controls + 1), f->n_controls};
    for (size_t i = 0; i < f->n_controls; i++)
        e.p[i] =
            (struct entry){f->controls[i].id, arena_printf(&cx->arena, "control " STR_FMT, STR_ARG(f->controls[i].id)),
                           f->controls[i].title};
    return e;
}

static struct entries references_of(struct ctx *cx, const struct catalog_library *l)
{
    struct entries e = {arena_array(&cx->arena, struct entry, l->n_references + 1), l->n_references};
    for (size_t i = 0; i < l->n_references; i++)
        e.p[i] = (struct entry){l->references[i].urn,
                                arena_printf(&cx->arena, "reference control " STR_FMT, STR_ARG(l->references[i].id)),
                                l->references[i].name};
    return e;
}

static struct entries suggestions_of(struct ctx *cx, const struct catalog_library *l)
{
    struct entries e = {arena_array(&cx->arena, struct entry, l->n_suggestions + 1), l->n_suggestions};
    for (size_t i = 0; i < l->n_suggestions; i++) {
        const struct catalog_suggestion *s = &l->suggestions[i];
        struct str text = arena_printf(&cx->arena, "suggestion " STR_FMT " " STR_FMT " for " STR_FMT,
                                       STR_ARG(s->framework->key), STR_ARG(s->control->id), STR_ARG(s->reference->id));
        e.p[i] = (struct entry){text, text, STR("")};
    }
    return e;
}

static struct entries pairs_of(struct ctx *cx, const struct catalog_library *l)
{
    struct entries e = {arena_array(&cx->arena, struct entry, l->n_pairs + 1), l->n_pairs};
    for (size_t i = 0; i < l->n_pairs; i++) {
        const struct catalog_pair *p = &l->pairs[i];
        struct str ends = arena_printf(&cx->arena, "pair " STR_FMT " " STR_FMT " and " STR_FMT " " STR_FMT,
                                       STR_ARG(p->from_framework->key), STR_ARG(p->from->id),
                                       STR_ARG(p->to_framework->key), STR_ARG(p->to->id));
        struct str value = str_from(relation_name(p->relation));
        if (p->strength >= 0) value = arena_printf(&cx->arena, STR_FMT ", strength %d", STR_ARG(value), p->strength);
        if (p->rationale.n)
            value = arena_printf(&cx->arena, STR_FMT ", " STR_FMT, STR_ARG(value), STR_ARG(p->rationale));
        e.p[i] =
            (struct entry){arena_printf(&cx->arena, STR_FMT " " STR_FMT, STR_ARG(ends), STR_ARG(p->set)), ends, value};
    }
    return e;
}

enum rc library_difference(struct ctx *cx, const struct catalog *before, const struct catalog *after,
                           const struct library_told *told, struct buf *out, size_t *lines)
{
    *lines = 0;
    const struct catalog_framework *f = catalog_find_framework(before, told->framework);
    const struct catalog_framework *g = catalog_find_framework(after, told->framework);
    if (f && g) compare(controls_of(cx, f), controls_of(cx, g), out, lines);
    const struct catalog_library *l = catalog_find_library(before, told->key),
                                 *m = catalog_find_library(after, told->key);
    if (l && m) {
        compare(references_of(cx, l), references_of(cx, m), out, lines);
        compare(suggestions_of(cx, l), suggestions_of(cx, m), out, lines);
        compare(pairs_of(cx, l), pairs_of(cx, m), out, lines);
    }
    return buf_ok(out);
}
