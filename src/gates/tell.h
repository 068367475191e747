/* What a pusher reads: for each ref what failed, the task and control behind it, how to fix it and who can unblock, in
 * their language. Names from outside are made safe to show. */
#ifndef SINETTI_GATES_TELL_H
#define SINETTI_GATES_TELL_H

#include "gates/decide.h"

/* Of something that is always held to: `word` of push.h's shape, or of decide.c. */
void tell_shape(enum lang lang, const char *word, struct str *message, struct str *fix);

/* What people call the branch that a ref is, or is for; safe to show. */
struct str tell_branch(struct arena *a, struct str ref);

/* A text with {column} holes, filled. */
struct str tell_fill(struct arena *a, struct str text, const struct str *names, const struct str *values, size_t n);

/* All faults of a decision, for git's "remote:" lines. */
void tell_decided(struct buf *out, const struct push *p, const struct decided *d);

#endif
