/* Finds where a repository's parts are, as git does: work tree, `.git` folder or file, linked worktree, submodule,
 * bare. */
#ifndef SINETTI_GIT_PLACE_H
#define SINETTI_GIT_PLACE_H

#include "base/ctx.h"

struct place {
    char *git_dir;    /* HEAD, index */
    char *common_dir; /* objects, refs, config; the same but for linked worktrees */
    char *objects;    /* absolute */
    char *work_tree;  /* the folder with the `.git` that led here, else NULL */
};

/* Everything in *out lives in `keep`. */
enum rc place_find(struct ctx *cx, struct arena *keep, const char *path, struct place *out) MUST_CHECK;

/* Reads a regular file of at most `max` bytes; links are not followed when `follow` is false. NUL-terminated beyond
 * b->n. E_NOTFOUND: absent. E_INVALID: no regular file. E_LIMIT, E_IO. Sets no text. */
enum rc place_read(const char *path, bool follow, size_t max, struct buf *b) MUST_CHECK;

#endif
