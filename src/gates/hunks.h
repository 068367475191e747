/* Where two commits differ, file by file and hunk by hunk: how many lines go and come, not what they say. No attribute,
 * textconv or program of the repository has a say in it, and what git takes for binary has lines too. */
#ifndef SINETTI_GATES_HUNKS_H
#define SINETTI_GATES_HUNKS_H

#include "git/hosted.h"

struct hunk {
    int64_t at, removed;  /* so many lines of `from` go, from `at` on; none: the hunk stands behind it */
    int64_t first, added; /* so many lines of `to` come, from `first` on */
};
struct hunks_wish {
    struct str from, to;
    const struct str *paths; /* these alone, to the letter; n_paths 0: all */
    size_t n_paths;
    size_t most; /* bytes that are looked through, then E_LIMIT; 0: as many as there are */
};
struct hunks_sink {
    void *arg;
    /* A file, whose hunks follow; a rename is one that goes and one that comes. The path lives in cx's arena. */
    enum rc (*file)(void *arg, struct str path, bool deleted);
    enum rc (*hunk)(void *arg, const struct hunk *h);
};
/* Ends at the sink's first error, which it returns. */
enum rc hunks_read(struct ctx *cx, const struct git *g, const struct hunks_wish *w,
                   const struct hunks_sink *sink) MUST_CHECK;

#endif
