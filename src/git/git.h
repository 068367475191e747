/* Reads other people's git repositories by git's own plumbing, through a private GIT_DIR: our configuration, their
 * objects as an alternate, copies of their refs. Nothing of the repository is executed, its configuration, hooks,
 * attributes, replace refs, grafts and commit-graph have no effect, nothing is fetched and nothing is written there.
 * The children run with an empty environment, no new privileges and, where the kernel can, confined to reading.
 *
 * Life: git_open() → git_resolve(), git_log(), git_tree(), git_refs(), git_blobs_* → git_close().
 * A struct git belongs to one thread; git_blobs handles may be used one per thread.
 */
#ifndef SINETTI_GIT_GIT_H
#define SINETTI_GIT_GIT_H

#include "base/ctx.h"

struct git;

/* path: a work tree (or a folder below its top), a bare repository, a .git folder, a linked worktree or submodule.
 * E_NOTFOUND: no repository there (the text says what was looked for). E_IO: not readable. E_INVALID: unknown format.
 * *out is set before the private folder is made, for a signal handler, and is NULL again after an error. */
enum rc git_open(struct ctx *cx, const char *path, struct git **out) MUST_CHECK;
void git_close(struct git *g);
/* Removes the private GIT_DIR as git_close() does, for a signal handler that ends the process: system calls only. */
void git_remove_private(const struct git *g);

struct git_facts {
    struct str object_format; /* "sha1", "sha256" */
    bool bare, shallow, partial;
    struct str head_ref;        /* "refs/heads/main", STR_NONE when detached; may be unborn */
    struct str work_tree;       /* STR_NONE when bare */
    struct str hooks;           /* the folder of its hooks, unless … */
    struct str hooks_elsewhere; /* … its core.hooksPath says so; STR_NONE when it says nothing */
};
const struct git_facts *git_facts(const struct git *g);

/* A revision as gitrevisions(7) without paths (options and ranges are refused) → commit oid. E_NOTFOUND: unknown, or
 * the branch is unborn (the text says so). E_CORRUPT: the object is missing or damaged. */
enum rc git_resolve(struct ctx *cx, struct git *g, struct str rev, struct str *oid) MUST_CHECK;
/* The best common ancestor. E_NOTFOUND: the histories have nothing in common. bases: of a and all of b, at most 64. */
enum rc git_merge_base(struct ctx *cx, struct git *g, struct str a, struct str b, struct str *oid) MUST_CHECK;
enum rc git_merge_bases(struct ctx *cx, struct git *g, struct str a, const struct str *b, size_t n,
                        struct str *oid) MUST_CHECK;
/* only: there is no other that is as good, as when each history has merged what the other began with. */
enum rc git_only_merge_base(struct ctx *cx, struct git *g, struct str a, struct str b, struct str *oid,
                            bool *only) MUST_CHECK;
/* The commit from which on no remote has the commits of head, as far as remotes were fetched: head itself when they
 * have it, STR_NONE when they have nothing of it. */
enum rc git_published(struct ctx *cx, struct git *g, struct str head, struct str *oid) MUST_CHECK;
bool git_has_remotes(const struct git *g);
/* The commit `check` starts from: upstream of the current branch, else the remote's default branch, else main or
 * master unless that is the current branch. */
enum rc git_upstream(struct ctx *cx, struct git *g, struct str *oid) MUST_CHECK;

struct git_change {
    struct str path;
    char status;
    struct str old_oid, new_oid;
    uint32_t old_mode, new_mode;
    bool refused; /* git would not check this path out: it leaves the tree, or is too long (then cut) */
};
struct git_commit {
    struct str oid;
    const struct str *parents;
    size_t n_parents;
    bool cut; /* a shallow clone ends here: the parents are named, but not here */
    int64_t author_time, commit_time;
    struct str author_name, author_email, committer_name, committer_email;
    struct str message;    /* whole, raw bytes, cut at LIMIT_COMMIT_MESSAGE */
    const char *signature; /* "openpgp", "ssh", "x509" or NULL */
    const struct git_change *changes;
    size_t n_changes;   /* non-merges only; no renames, none that is refused */
    bool changes_known; /* these are all: it is no merge, and its parent and both trees are here */
};
struct git_log_options {
    struct str head;    /* oid */
    struct str exclude; /* oid not to go past (with its history), or STR_NONE */
    int64_t since;      /* committer time; older commits end the walk as git's --since does; INT64_MIN none */
    bool changes;       /* give changed paths */
};
/* Calls `each` in topological order, newest first. Stops at its first error and returns it. Missing trees or parents
 * (shallow, partial, corrupt) are counted in *missing, not fatal; what could be read was given. */
enum rc git_log(struct ctx *cx, struct git *g, const struct git_log_options *o,
                enum rc (*each)(void *arg, const struct git_commit *c), void *arg, int64_t *missing) MUST_CHECK;
/* Commits reachable from oid, whole history. */
enum rc git_count(struct ctx *cx, struct git *g, struct str oid, int64_t *commits) MUST_CHECK;

struct git_entry {
    struct str path;
    struct str oid;
    uint32_t mode;
    int64_t size; /* -1 missing or submodule */
    bool refused; /* git would not check this path out: it leaves the tree, or is too long (then cut) */
};
enum rc git_tree(struct ctx *cx, struct git *g, struct str commit,
                 enum rc (*each)(void *arg, const struct git_entry *e), void *arg) MUST_CHECK;
/* The same of what lies below folders alone (to the letter, each ending in a slash; none: all of it), without sizes
 * (-1), which take git long to find. */
enum rc git_tree_below(struct ctx *cx, const struct git *g, struct str commit, const struct str *folders, size_t n,
                       enum rc (*each)(void *arg, const struct git_entry *e), void *arg) MUST_CHECK;

struct git_ref {
    struct str name, oid, target; /* target: peeled commit; oid itself when not annotated */
    bool annotated;
    const char *signature;
    struct str tagger_name, tagger_email;
    int64_t at; /* tagger time or commit time */
};
enum rc git_refs(struct ctx *cx, struct git *g, enum rc (*each)(void *arg, const struct git_ref *r),
                 void *arg) MUST_CHECK;
/* 64 hex digits that change when a ref comes, goes or moves; no object is read. In the ctx's arena. */
struct str git_refs_digest(struct ctx *cx, const struct git *g);

/* The index git_staged() reads instead of the repository's own: what GIT_INDEX_FILE names inside a hook. */
enum rc git_use_index(struct ctx *cx, struct git *g, const char *path) MUST_CHECK;
/* The staged change: index against head (an unborn branch counts as empty). */
enum rc git_staged(struct ctx *cx, struct git *g, enum rc (*each)(void *arg, const struct git_change *c),
                   void *arg) MUST_CHECK;
/* Changes between two commits' trees; from: STR_NONE is an empty one. */
enum rc git_diff(struct ctx *cx, const struct git *g, struct str from, struct str to,
                 enum rc (*each)(void *arg, const struct git_change *c), void *arg) MUST_CHECK;

/* Blob contents, many in a row: requests are pipelined to one `cat-file --batch`. Blobs over max_size and missing ones
 * come back with content STR_NONE. One thread per handle; handles of one struct git may run side by side. */
struct git_blobs;
enum rc git_blobs_open(struct ctx *cx, struct git *g, struct git_blobs **out) MUST_CHECK;
/* Reads n objects in order; `each` sees them in the same order, content borrowed for the call. */
enum rc git_blobs_read(struct ctx *cx, struct git_blobs *b, const struct str *oids, size_t n, int64_t max_size,
                       enum rc (*each)(void *arg, size_t i, struct str content, bool missing), void *arg) MUST_CHECK;
void git_blobs_close(struct git_blobs *b);

#endif
