/* Repositories the program keeps itself: bare, with a configuration of ours, written to by nobody else. Git's plumbing
 * runs straight in them, as confined children that may write there and nowhere else; no hook of theirs is run by what
 * stands here. All else of git.h that does not ask for refs or an index works on such a handle too.
 *
 * A push's new objects lie in git's quarantine (git-receive-pack(1)) until they are let in; a handle may look there.
 *
 * Threads: as git.h. */
#ifndef SINETTI_GIT_HOSTED_H
#define SINETTI_GIT_HOSTED_H

#include "git/child.h"
#include "git/git.h"

/* Makes an empty one at `path`, which must not exist; its main branch is `main`, a full ref name. */
enum rc hosted_create(struct ctx *cx, const char *path, struct str main) MUST_CHECK;

/* Takes away what gits that were killed have left of pushes, a day ago or longer. */
void hosted_sweep(struct ctx *cx, const char *path);

/* Opens one. objects: the quarantine's folder, where new objects are; NULL: none. */
enum rc hosted_open(struct ctx *cx, const char *path, const char *objects, struct git **out) MUST_CHECK;

/* Runs plumbing with this on its standard input and takes all it prints (up to out's ceiling). *code: its exit code,
 * 128 + signal; what it complained goes to *complaint (may be NULL), safe to show. E_LIMIT, E_IO. */
enum rc hosted_run(struct ctx *cx, const struct git *g, const char *const *argv, struct str input, struct buf *out,
                   int *code, const char **complaint) MUST_CHECK;

/* The id a full ref name has now; STR_NONE when there is none. */
enum rc hosted_ref(struct ctx *cx, const struct git *g, struct str name, struct str *oid) MUST_CHECK;

/* --- moving refs (git-update-ref(1) --stdin) */

struct ref_update {
    struct str name, before, after; /* ids; all zeros: not there */
};
struct ref_moves {
    struct child child;
    struct reader reader;
    bool open;
};
#define REF_MOVES_NONE ((struct ref_moves){.child = CHILD_NONE}) /* each begins so */
/* Starts git ahead of what it will be told. */
enum rc ref_moves_ready(struct ctx *cx, const struct git *g, struct ref_moves *m) MUST_CHECK;
/* Locks the refs and compares their old ids: from here on they can be moved, all or none. `alone`: the caller holds the
 * repository's own lock, so that nobody is in the middle of anything, and what a git that was killed has left locked of
 * these refs is taken away. E_CONFLICT: one of them is not what was said, or is locked by somebody else. */
enum rc ref_moves_prepare(struct ctx *cx, const struct git *g, const struct ref_update *u, size_t n, bool alone,
                          struct ref_moves *m) MUST_CHECK;
enum rc ref_moves_commit(struct ctx *cx, struct ref_moves *m) MUST_CHECK;
/* Lets go of them, when they are still held. */
void ref_moves_abort(struct ref_moves *m);

/* --- making commits */

/* Of a commit by its id. E_CORRUPT: it is not there. */
enum rc hosted_tree(struct ctx *cx, const struct git *g, struct str commit, struct str *oid) MUST_CHECK;

/* The tree that merging `theirs` into `ours` gives; STR_NONE when it does not go without conflicts, whose paths are in
 * *conflicts then, a line each. base: commit the merge starts from; STR_NONE: their common ancestor. */
enum rc hosted_merge(struct ctx *cx, const struct git *g, struct str ours, struct str theirs, struct str base,
                     struct str *tree, struct str *conflicts) MUST_CHECK;

struct commit_draft {
    struct str tree; /* its id */
    const struct str *parents;
    size_t n_parents;
    struct str author; /* "Name <address> 1790000000 +0200" */
    struct str committer;
    struct str message; /* whole */
    /* Appends an armored signature of the commit as it is without one; NULL: it gets none. */
    enum rc (*sign)(struct ctx *cx, void *arg, struct str commit, struct buf *armored);
    void *sign_arg;
};
enum rc hosted_commit(struct ctx *cx, const struct git *g, const struct commit_draft *d, struct str *oid) MUST_CHECK;

#endif
