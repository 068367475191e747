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

struct list {
    struct ctx *cx;
    struct library_change *p;
    size_t n, cap;
};

static void put(struct list *l, enum library_thing what, char sign, const struct entry *was, const struct entry *now)
{
    if (l->n == l->cap) {
        struct library_change *more = arena_array(&l->cx->arena, struct library_change, l->cap ? 2 * l->cap : 64);
        if (l->n) memcpy(more, l->p, l->n * sizeof *more);
        l->p = more;
        l->cap = l->cap ? 2 * l->cap : 64;
    }
    l->p[l->n++] = (struct library_change){what, sign, now ? now->shown : was->shown, was ? was->value : STR(""),
                                           now ? now->value : STR("")};
}

static void compare(struct list *l, enum library_thing what, struct entries was, struct entries now)
{
    if (was.n) qsort(was.p, was.n, sizeof *was.p, by_key);
    if (now.n) qsort(now.p, now.n, sizeof *now.p, by_key);
    for (size_t i = 0, k = 0; i < was.n || k < now.n;) {
        int c = i == was.n ? 1 : k == now.n ? -1 : str_cmp(was.p[i].key, now.p[k].key);
        if (c < 0)
            put(l, what, '-', &was.p[i++], NULL);
        else if (c > 0)
            put(l, what, '+', NULL, &now.p[k++]);
        else {
            if (!str_eq(was.p[i].value, now.p[k].value)) put(l, what, '~', &was.p[i], &now.p[k]);
            i++, k++;
        }
    }
}

static struct entries controls_of(struct ctx *cx, const struct catalog_framework *f)
{
    if (!f) return (struct entries){0};
    struct entries e = {arena_array(&cx->arena, struct entry, f->n_controls + 1), f->n_controls};
    for (size_t i = 0; i < f->n_controls; i++)
        e.p[i] = (struct entry){f->controls[i].id, f->controls[i].id, f->controls[i].title};
    return e;
}

static struct entries references_of(struct ctx *cx, const struct catalog_library *l)
{
    if (!l) return (struct entries){0};
    struct entries e = {arena_array(&cx->arena, struct entry, l->n_references + 1), l->n_references};
    for (size_t i = 0; i < l->n_references; i++)
        e.p[i] = (struct entry){l->references[i].urn, l->references[i].id, l->references[i].name};
    return e;
}

static struct entries suggestions_of(struct ctx *cx, const struct catalog_library *l)
{
    if (!l) return (struct entries){0};
    struct entries e = {arena_array(&cx->arena, struct entry, l->n_suggestions + 1), l->n_suggestions};
    for (size_t i = 0; i < l->n_suggestions; i++) {
        const struct catalog_suggestion *s = &l->suggestions[i];
        struct str text = arena_printf(&cx->arena, STR_FMT " " STR_FMT " → " STR_FMT, STR_ARG(s->framework->key),
                                       STR_ARG(s->control->id), STR_ARG(s->reference->id));
        e.p[i] = (struct entry){text, text, STR("")};
    }
    return e;
}

static struct entries pairs_of(struct ctx *cx, const struct catalog_library *l)
{
    if (!l) return (struct entries){0};
    struct entries e = {arena_array(&cx->arena, struct entry, l->n_pairs + 1), l->n_pairs};
    for (size_t i = 0; i < l->n_pairs; i++) {
        const struct catalog_pair *p = &l->pairs[i];
        struct str ends =
            arena_printf(&cx->arena, STR_FMT " " STR_FMT " ↔ " STR_FMT " " STR_FMT, STR_ARG(p->from_framework->key),
                         STR_ARG(p->from->id), STR_ARG(p->to_framework->key), STR_ARG(p->to->id));
        struct str value = str_from(relation_name(p->relation));
        if (p->strength >= 0) value = arena_printf(&cx->arena, STR_FMT ", strength %d", STR_ARG(value), p->strength);
        if (p->rationale.n)
            value = arena_printf(&cx->arena, STR_FMT ", " STR_FMT, STR_ARG(value), STR_ARG(p->rationale));
        e.p[i] =
            (struct entry){arena_printf(&cx->arena, STR_FMT " " STR_FMT, STR_ARG(ends), STR_ARG(p->set)), ends, value};
    }
    return e;
}

enum rc library_changes(struct ctx *cx, const struct catalog *before, const struct catalog *after,
                        const struct library_told *told, struct library_change **out, size_t *n)
{
    struct list list = {.cx = cx};
    const struct catalog_library *was = catalog_find_library(before, told->key),
                                 *now = catalog_find_library(after, told->key);
    if (told->framework.n)
        compare(&list, LIBRARY_CONTROL, controls_of(cx, catalog_find_framework(before, told->framework)),
                controls_of(cx, catalog_find_framework(after, told->framework)));
    compare(&list, LIBRARY_REFERENCE, references_of(cx, was), references_of(cx, now));
    compare(&list, LIBRARY_SUGGESTION, suggestions_of(cx, was), suggestions_of(cx, now));
    compare(&list, LIBRARY_PAIR, pairs_of(cx, was), pairs_of(cx, now));
    *out = list.p;
    *n = list.n;
    return OK;
}

static const char *const things[] = {"control", "reference control", "suggestion", "pair"};

enum rc library_difference(struct ctx *cx, const struct catalog *before, const struct catalog *after,
                           const struct library_told *told, struct buf *out, size_t *lines)
{
    struct library_change *all;
    size_t n;
    bool framework = catalog_find_framework(before, told->framework) && catalog_find_framework(after, told->framework);
    bool rest = catalog_find_library(before, told->key) && catalog_find_library(after, told->key);
    *lines = 0;
    TRY(library_changes(cx, before, after, told, &all, &n));
    for (size_t i = 0; i < n; i++) {
        const struct library_change *c = &all[i];
        if (c->what == LIBRARY_CONTROL ? !framework : !rest) continue;
        buf_printf(out, "%c %s " STR_FMT, c->sign, things[c->what], STR_ARG(c->id));
        if (c->was.n) buf_printf(out, ": " STR_FMT, STR_ARG(c->was));
        if (c->now.n || c->sign == '~')
            buf_printf(out, c->sign == '~' ? " -> " STR_FMT : ": " STR_FMT, STR_ARG(c->now));
        buf_char(out, '\n');
        ++*lines;
    }
    return buf_ok(out);
}
