/* The history: which commits (walk.h), what they say (batch.h) and what they change (changes.h), side by side. */
#include <stdlib.h>

#include "base/limits.h"
#include "git/batch.h"
#include "git/changes.h"
#include "git/object.h"
#include "git/walk.h"

struct log {
    struct git *g;
    const struct git_log_options *o;
    struct walk walk;
    struct batch batch;
    struct changes changes;
    struct str *diffed; /* the commits whose changes are asked for */
    struct str *parents;
    size_t cap_parents;
    int64_t missing;
};

static enum rc prepare(struct ctx *cx, struct log *l)
{
    struct walk *w = &l->walk;
    size_t n = 0;
    l->diffed = calloc(w->n + 1, sizeof *l->diffed);
    if (!l->diffed) return fail(cx, E_IO, "no memory for the history");
    for (size_t i = 0; l->o->changes && i < w->n; i++)
        if (!w->no_diff[i]) l->diffed[n++] = w->oids[i];
    batch_begin(&l->batch, w->oids, w->n, BATCH_START, LIMIT_GIT_HEADER + LIMIT_COMMIT_MESSAGE);
    return changes_begin(cx, &l->changes, l->g, l->diffed, n);
}

static bool set_parents(struct log *l, const struct commit_object *c)
{
    if (c->n_parents > l->cap_parents) {
        struct str *p = realloc(l->parents, c->n_parents * sizeof *p);
        if (!p) return false;
        l->parents = p;
        l->cap_parents = c->n_parents;
    }
    for (size_t i = 0; i < c->n_parents; i++) l->parents[i] = commit_parent(c, i);
    return true;
}

/* Reads the commit at place i. *given false: it cannot be read. */
static enum rc read_commit(struct ctx *cx, struct log *l, size_t i, struct git_commit *out, bool *given)
{
    struct batch_item item;
    struct commit_object c = {0};
    TRY(batch_next(cx, &l->batch, &item));
    bool told = true, diffed = l->o->changes && !l->walk.no_diff[i];
    if (diffed) TRY(changes_of(cx, &l->changes, l->walk.oids[i], &told));
    *given = item.type == OBJECT_COMMIT && commit_parse(item.content, l->g->hex, &c) && set_parents(l, &c);
    bool cut = view_is_shallow(l->g, l->walk.oids[i]) && c.n_parents;
    /* A lost parent was counted by the walk; a shallow one and a lost tree are counted here. */
    if (!*given || !told || cut) l->missing++;
    *out = (struct git_commit){
        .oid = l->walk.oids[i],
        .parents = l->parents,
        .n_parents = c.n_parents,
        .cut = cut,
        .author_time = c.author.at,
        .commit_time = c.committer.at,
        .author_name = c.author.name,
        .author_email = c.author.email,
        .committer_name = c.committer.name,
        .committer_email = c.committer.email,
        .message = str_slice(c.message, 0, LIMIT_COMMIT_MESSAGE),
        .signature = c.signature,
        .changes = l->changes.list.items,
        .n_changes = diffed && c.n_parents <= 1 ? l->changes.list.n : 0,
        .changes_known = diffed && told && c.n_parents <= 1,
    };
    return OK;
}

enum rc git_log(struct ctx *cx, struct git *g, const struct git_log_options *o,
                enum rc (*each)(void *arg, const struct git_commit *c), void *arg, int64_t *missing)
{
    struct log l = {.g = g, .o = o, .changes = {.input = -1, .child = CHILD_NONE}};
    *missing = 0;
    batch_init(&l.batch, g);
    enum rc rc = walk_run(cx, g, o, &l.walk);
    if (rc == OK) rc = prepare(cx, &l);
    for (size_t i = 0; rc == OK && i < l.walk.n; i++) {
        struct git_commit c;
        bool given = false;
        rc = read_commit(cx, &l, i, &c, &given);
        if (rc == OK && given) rc = each(arg, &c);
    }
    *missing = l.walk.missing + l.missing;
    batch_release(&l.batch);
    changes_release(&l.changes);
    walk_release(&l.walk);
    free(l.diffed);
    free(l.parents);
    return rc;
}
