/* What a push brings, to be looked through: the commits that no ref has yet (of a change or a protected
 * branch: all that it gains), their files in each place, its tags.
 * Private to push_scan.c and push_files.c. */
#ifndef SINETTI_GATES_PUSH_FILES_H
#define SINETTI_GATES_PUSH_FILES_H

#include "gates/push.h"

struct push_file {
    struct str oid, path;
    const struct str *old; /* what stood there before: of a merge, on each side */
    size_t n_old;
    uint32_t mode;     /* a submodule has a name and nothing to read */
    bool begins;       /* its name is new there */
    struct str commit; /* one that brings it */
};

struct push_files {
    struct ctx *cx;
    struct push *push;
    struct str *commits; /* all new ones */
    size_t n_commits;
    struct push_file *list; /* sorted by content, each once in each place */
    size_t n, cap;
};

/* Notes in the push what was taken out of the history and comes back. E_LIMIT, E_CORRUPT. */
enum rc push_files_read(struct ctx *cx, struct git *g, struct push *p, struct push_files *out) MUST_CHECK;

#endif
