/* Sockets in the file system, for programs of this machine. */
#ifndef SINETTI_SERVE_LOCAL_H
#define SINETTI_SERVE_LOCAL_H

#include "base/ctx.h"

/* Listens at `path`, for its owner alone or for everybody; whoever listened there is known to be gone. *out: its
 * descriptor, close-on-exec. */
enum rc local_listen(struct ctx *cx, const char *path, bool everybody, int *out) MUST_CHECK;

#endif
