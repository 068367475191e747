/* What a change changes, for checks: which files, and which lines of them ran by what reports say. */
#ifndef SINETTI_GATES_CHECK_FILES_H
#define SINETTI_GATES_CHECK_FILES_H

#include "evidence/evidence.h"
#include "git/hosted.h"

/* `*` stands for any run of characters but `/`, `**` for any at all, `**` and a slash for any folders or none; a
 * pattern that ends with a slash is all below it; one without a slash in it is a file's name, wherever it lies. Pure.
 */
bool check_path_matches(struct str pattern, struct str path);

struct changed_lines;
/* Lines of files that `to` has and `from` has not. E_LIMIT: more than is looked at. */
enum rc changed_lines_read(struct ctx *cx, struct git *g, struct str from, struct str to,
                           struct changed_lines **out) MUST_CHECK;
/* A line of a report: which file of the tree it means, is told by the longest end its path has in common with one. */
void changed_lines_take(struct changed_lines *c, struct str path, int64_t line, bool ran);
/* Of the changed lines those that reports have, and those of them that ran in any. */
void changed_lines_count(const struct changed_lines *c, int64_t *all, int64_t *ran);

#endif
