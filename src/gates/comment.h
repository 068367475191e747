/* What is said of a change: a vote, comments on lines in threads, or both at once. A thread is resolved or not, as its
 * newest comment has left it. Who began a thread resolves it, or a reviewer who had no part in the change; whoever may
 * comment opens it again.
 *
 * Threads: as facts.h. */
#ifndef SINETTI_GATES_COMMENT_H
#define SINETTI_GATES_COMMENT_H

#include "gates/change.h"

#define COMMENTS_MOST 100 /* of one saying */

struct comment_draft {
    int64_t thread;     /* the comment its thread began with; -1: it begins one */
    int64_t patch_set;  /* of one that begins a thread: what it was said of; 0: the newest */
    struct str path;    /* empty: the change as a whole */
    bool old;           /* of how it was before */
    int64_t line, last; /* 0: the file as a whole */
    struct str text;    /* Markdown; empty only when it changes whether a thread is resolved */
    int resolved;       /* how it leaves its thread: 0, 1; -1: as it is, and open when it begins one */
};

struct saying {
    int64_t number;          /* of the change */
    struct review_word word; /* REVIEW_NONE: comments alone */
    const struct comment_draft *comments;
    size_t n;
};
/* All of it is recorded, or none. E_INVALID: a place that is not there, somebody called who is not; E_DENIED: not by
 * this person, and why; E_CONFLICT, E_NOTFOUND. */
enum rc change_say(struct ctx *cx, struct facts *f, sqlite3 *db, const struct gate_place *place,
                   const struct gate_caller *by, const struct saying *s) MUST_CHECK;

/* How many threads of a change are not resolved. */
enum rc comment_open_threads(struct ctx *cx, sqlite3 *db, struct str change, int64_t *out) MUST_CHECK;

#endif
