/* What somebody should do first: what is worst, and of equals what can be done at once. A find of the scanner is a line
 * to mend today and counts one priority more; a habit shown by hundreds of commits takes months. */
#include "rules/first.h"

#include "base/digest.h"
#include "rules/row.h"
#include "rules/verdicts.h"

#include <stdlib.h>

struct candidate {
    const struct task_result *task;
    const struct obligation_result *o;
    const struct finding *f; /* NULL: no evidence */
    bool counts, must, scanned;
};

static const struct finding *first_open(const struct obligation_result *o, const struct finding *const *taken, size_t n)
{
    for (size_t i = 0; i < o->n_findings; i++) {
        const struct finding *f = &o->findings[i];
        bool repeat = f->baseline || f->exception;
        for (size_t k = 0; k < n && !repeat; k++)
            repeat = f->path.n && f->line && str_eq(f->path, taken[k]->path) && f->line == taken[k]->line;
        if (!repeat) return f;
    }
    return NULL;
}

static int less(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int urgency(const struct candidate *c)
{
    int p = (int)rules_priority(c->task);
    return c->scanned && p > 0 ? p - 1 : p;
}

static int compare(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    int d = less(!a->f, !b->f);
    if (!d) d = less(!a->counts, !b->counts);
    if (!d) d = less(urgency(a), urgency(b));
    if (!d) d = less(!a->must, !b->must);
    if (!d) d = less(!a->scanned, !b->scanned);
    if (!d) d = less(a->o->def->strength, b->o->def->strength);
    if (!d && a->f && b->f) d = less(!a->f->line, !b->f->line);
    if (!d && a->f && b->f) d = less(!a->f->path.n, !b->f->path.n);
    if (!d) d = less(a->o->failing - a->o->baselined, b->o->failing - b->o->baselined);
    if (!d) d = less(a->task->def->order, b->task->def->order);
    if (!d) d = str_cmp(a->task->def->key, b->task->def->key);
    if (!d) d = less(a->o->def->point, b->o->def->point);
    return d ? d : str_cmp(a->o->def->key, b->o->def->key);
}

/* A finding that stands for missing evidence. */
static const struct finding *absence(struct ctx *cx, const struct obligation_result *o)
{
    struct digest d;
    uint8_t base[32];
    char id[33];
    struct finding *f = arena_new(&cx->arena, struct finding);
    digest_init(&d);
    digest_field(&d, o->def->task);
    digest_field(&d, o->def->key);
    digest_field(&d, STR("no evidence"));
    digest_final(&d, base);
    row_id(base, 0, id);
    f->id = arena_str(&cx->arena, str_from(id));
    f->subject = STR("repo:self");
    f->message = o->settles;
    f->fix = STR("");
    return f;
}

static bool is_candidate(const struct task_result *t, const struct obligation_result *o, struct candidate *c)
{
    *c = (struct candidate){.task = t, .o = o, .counts = verdict_counts(t, o), .must = rules_is_must(o)};
    if (o->verdict == VERDICT_VIOLATED && o->baselined < o->failing) {
        c->f = first_open(o, NULL, 0);
        c->scanned = c->f && o->def->check && c->f->line;
        return c->f != NULL;
    }
    return o->verdict == VERDICT_NO_EVIDENCE && c->counts && o->settles.n;
}

void first_fill(struct ctx *cx, struct assessment *a)
{
    size_t n = 0, all = 0;
    for (size_t i = 0; i < a->n_tasks; i++) all += a->tasks[i].n_obligations;
    struct candidate *candidates = arena_array(&cx->arena, struct candidate, all + 1);
    for (size_t i = 0; i < a->n_tasks; i++)
        for (size_t k = 0; k < a->tasks[i].n_obligations; k++)
            n += is_candidate(&a->tasks[i], &a->tasks[i].obligations[k], &candidates[n]);
    if (n) qsort(candidates, n, sizeof *candidates, compare);

    const struct finding **first = arena_array(&cx->arena, const struct finding *, FIRST_THINGS);
    const struct obligation_result **of = arena_array(&cx->arena, const struct obligation_result *, FIRST_THINGS);
    size_t taken = 0;
    for (size_t i = 0; i < n && taken < FIRST_THINGS; i++) {
        const struct candidate *c = &candidates[i];
        const struct finding *f = c->f ? first_open(c->o, first, taken) : absence(cx, c->o);
        if (!f) continue;
        first[taken] = f;
        of[taken++] = c->o;
    }
    a->first = first;
    a->first_of = of;
    a->n_first = taken;
}
