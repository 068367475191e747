/* Private to critical*.c. */
#ifndef SINETTI_GATES_CRITICAL_INT_H
#define SINETTI_GATES_CRITICAL_INT_H

#include "gates/critical.h"
#include "observe/codeowners.h"

/* --- CODEOWNERS of a tree */

struct owners_file {
    struct str path, oid; /* STR_NONE: there is none */
    bool is_file;         /* a regular one */
    enum owners_dialect dialect;
    struct owners_line *lines; /* as its dialect reads them */
    size_t n;
};
/* The one in force, as hosts choose it. */
enum rc owners_file_find(struct ctx *cx, const struct git *g, struct str commit, struct owners_file *out) MUST_CHECK;
/* Its lines. */
enum rc owners_file_read(struct ctx *cx, const struct git *g, struct owners_file *f) MUST_CHECK;
/* What is wrong with it, in words for `lang`; STR_NONE: nothing. */
struct str owners_file_fault(struct ctx *cx, const struct owners_file *f, enum lang lang);
/* Its patterns, as they are written and folded (path_folded); NULL when it has no lines. Rules are lines by number. */
enum rc owners_file_index(struct ctx *cx, const struct owners_file *f, struct owners_index **exact,
                          struct owners_index **folded) MUST_CHECK;
/* Whether any host reads its pattern. Pure. */
bool owners_line_counts(const struct owners_line *line);
/* Whether a path, in any case, is one that CODEOWNERS may have. Pure. */
bool owners_file_is_place(struct str path);

/* --- paths */

/* Differences of two commits' trees (from STR_NONE: of nothing), none left out: what cannot be told is E_LIMIT. */
enum rc paths_changed(struct ctx *cx, const struct git *g, struct str from, struct str to,
                      enum rc (*each)(void *arg, const struct git_change *c), void *arg) MUST_CHECK;
/* Files of a tree, below each of `roots`; none: all. */
enum rc paths_of_tree(struct ctx *cx, const struct git *g, struct str commit, const struct str *roots, size_t n,
                      enum rc (*each)(void *arg, const struct git_entry *e), void *arg) MUST_CHECK;
/* Where a link at `path` leads within the tree; STR_NONE: out of it. Pure but for the arena. */
struct str path_of_link(struct arena *a, struct str path, struct str target);
/* As a file system sees it that knows neither case nor Unicode's forms. */
enum rc path_folded(struct ctx *cx, struct str path, struct str *out) MUST_CHECK;
/* The folders before a pattern's first wildcard, without outer slashes; empty: it holds anywhere. Pure. */
struct str pattern_root(struct str pattern);
/* One for everything names nothing in particular. Pure. */
bool pattern_is_general(struct str pattern);

/* --- definitions */

struct definition {
    struct str subject;
    int64_t version, number;
    const struct str *patterns;
    size_t n_patterns;
    const struct str *cleared; /* looked at and not critical */
    size_t n_cleared;
    const struct critical_name *names;
    size_t n_names;
    const struct critical_item *items;
    size_t n_items;
};
enum rc definitions_read(struct ctx *cx, sqlite3 *db, struct str repository, const struct definition **out,
                         size_t *n) MUST_CHECK;
/* What they are, in one number: another when any has changed. */
uint64_t definitions_state(const struct definition *list, size_t n);

#endif
