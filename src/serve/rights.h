/* Started by root (for a port below 1024, a key that only root reads), the server does not stay root: what works on a
 * folder becomes the folder's owner. Started by anybody else, nothing changes. */
#ifndef SINETTI_SERVE_RIGHTS_H
#define SINETTI_SERVE_RIGHTS_H

#include "base/ctx.h"

#include <sys/types.h>

struct rights {
    uid_t uid;
    gid_t gid;
    bool changes; /* we are root, and the owner is not */
};

enum rc rights_of(struct ctx *cx, const char *folder, struct rights *out) MUST_CHECK;
/* For a while, so that files are made as the owner's; and root again. */
enum rc rights_borrow(struct ctx *cx, const struct rights *r) MUST_CHECK;
enum rc rights_return(struct ctx *cx, const struct rights *r) MUST_CHECK;
/* For ever. */
enum rc rights_become(struct ctx *cx, const struct rights *r) MUST_CHECK;

#endif
