/* Reads one object of any size in pieces, so that memory does not grow with it. */
#ifndef SINETTI_GIT_STREAM_H
#define SINETTI_GIT_STREAM_H

#include "git/git.h"

/* Hands out the bytes of an object in order, some 256 KiB at a time, borrowed for the call. type: blob, commit, tag.
 * *read: how many there were; fewer than the object has: it cannot be read to its end. An error of `take` ends it. */
enum rc git_stream(struct ctx *cx, const struct git *g, const char *type, struct str oid,
                   enum rc (*take)(void *arg, struct str bytes), void *arg, int64_t *read) MUST_CHECK;

#endif
