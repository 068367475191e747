/* Which commits a question is about, in topological order. Holds ids and parents only. */
#ifndef SINETTI_GIT_WALK_H
#define SINETTI_GIT_WALK_H

#include "git/view.h"

struct walk {
    struct str *oids; /* newest first; children before their parents */
    bool *no_diff;    /* parents or trees are not here, or it is a merge: no changes can be told */
    size_t n;
    int64_t missing; /* commits that should be here and are not, and parents behind a shallow boundary */
    struct arena arena;
};

/* Of o: head, exclude, since. */
enum rc walk_run(struct ctx *cx, struct git *g, const struct git_log_options *o, struct walk *w) MUST_CHECK;
void walk_release(struct walk *w);

#endif
