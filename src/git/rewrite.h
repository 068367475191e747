/* History written anew: every commit of branches, tags and patch sets that holds certain contents, and all that come
 * after it, made again with a note in their place; else as they were, but for signatures, which would be good no more.
 * Refs stay where they are: who asks moves them. Objects are only added.
 *
 * Threads: as git.h; for who holds the repository's lock. */
#ifndef SINETTI_GIT_REWRITE_H
#define SINETTI_GIT_REWRITE_H

#include "git/hosted.h"

struct rewrite;

/* blobs: their ids. note: what stands there instead. E_LIMIT: more commits or files than are read. */
enum rc rewrite_history(struct ctx *cx, const struct git *g, const struct str *blobs, size_t n, struct str note,
                        struct rewrite **out) MUST_CHECK;
void rewrite_free(struct rewrite *r);

/* How many commits were made again. */
size_t rewrite_count(const struct rewrite *r);
/* What a commit is now, borrowed; false: it is as it was. */
bool rewrite_of(const struct rewrite *r, struct str commit, struct str *after);
/* What a tag's object is now, made here: annotated anew, without its signature. E_CONFLICT: it does not name a commit
 * itself. *after is STR_NONE when it stays. */
enum rc rewrite_tag(struct ctx *cx, const struct git *g, const struct rewrite *r, struct str tag,
                    struct str *after) MUST_CHECK;
/* To be called when refs have moved: nothing holds on to what was made any more but they. */
enum rc rewrite_end(struct ctx *cx, const struct git *g) MUST_CHECK;

#endif
