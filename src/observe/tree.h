/* Private to observe: the tree's files and what stands in them → d_file, d_hit, d_unread and the tables of content.h.
 */
#ifndef SINETTI_OBSERVE_TREE_H
#define SINETTI_OBSERVE_TREE_H

#include "observe/sweep.h"

struct tree {
    struct arena arena;
    struct sweep_file *files; /* in git's order */
    size_t n, cap;
};

void tree_init(struct tree *t);
void tree_release(struct tree *t);
/* Lists a commit's tree. */
enum rc tree_list(struct run *r, struct str commit, struct tree *t) MUST_CHECK;
void tree_add(struct tree *t, struct str path, struct str oid, uint32_t mode, int64_t size);
/* As git prints it: only these have content to read. */
bool tree_is_regular(const struct sweep_file *f);

/* Removes from the tables what is gone or has changed, and moves the files that must be read (not yet in the tables) to
 * *todo; those that cannot be read (links, submodules, too large, missing) are written at once. */
enum rc tree_plan(struct run *r, struct tree *t, struct tree *todo) MUST_CHECK;
/* Writes files by their names alone: nothing is read of them. */
enum rc tree_put_named(struct run *r, const struct tree *t) MUST_CHECK;

/* Writing what the sweep found; the statements live as long as the writer. */
struct tree_writer {
    struct run *r;
    sqlite3_stmt *file, *hit, *unread;
    int64_t total;
};
enum rc tree_writer_init(struct tree_writer *w, struct run *r, int64_t total) MUST_CHECK;
void tree_writer_release(struct tree_writer *w);
enum rc tree_write(void *writer, const struct sweep_result *res) MUST_CHECK; /* for sweep_take() */

#endif
