/* The short lines git's plumbing prints before each path or object. Everything borrows from the text given. Pure. */
#ifndef SINETTI_GIT_RECORDS_H
#define SINETTI_GIT_RECORDS_H

#include "git/git.h"

/* ":100644 100644 <old> <new> M" of `--raw`; the path is set by the caller. */
bool record_change(struct str meta, size_t hex, struct git_change *out);
/* "100644 blob <oid>    1234" of `ls-tree -l` (size "-" for a submodule, "BAD" for a missing blob); the path is set by
 * the caller. */
bool record_entry(struct str meta, size_t hex, struct git_entry *out);

/* Whether git would check it out: no part is empty, ".", ".." or ".git", and it is no longer than LIMIT_PATH. */
bool record_path_is_usable(struct str path);

enum object_type { OBJECT_MISSING, OBJECT_COMMIT, OBJECT_TREE, OBJECT_BLOB, OBJECT_TAG };
/* "<oid> <type> <size>" of cat-file; anything else ("… missing", "… ambiguous") is OBJECT_MISSING. */
enum object_type record_object(struct str line, size_t hex, struct str *oid, int64_t *size);

#endif
