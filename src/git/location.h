/* Where a repository elsewhere is: https://…, ssh://…, [USER@]HOST:PATH. Read strictly, so that git, libcurl and ssh
 * cannot find another host in one than what was judged; and never with a secret in it, which would stand in facts, in
 * logs and on command lines. Pure. */
#ifndef SINETTI_GIT_LOCATION_H
#define SINETTI_GIT_LOCATION_H

#include "base/ctx.h"

struct location {
    bool ssh;
    struct str user; /* empty: none */
    struct str host; /* a name, or an address without brackets */
    bool address;    /* … which it is */
    struct str port; /* digits; empty: the scheme's own */
};

/* Whether it names a repository elsewhere, well or badly; else it is a path. */
bool location_is_elsewhere(struct str text);
/* E_INVALID: of another kind; with a password, or a user that looks like a token (the message says neither); with a
 * host that could be read in two ways. Borrows from text. */
enum rc location_read(struct ctx *cx, struct str text, struct location *out) MUST_CHECK;
/* For people to see: what may be a secret stands as ***, whatever the rest is. */
struct str location_shown(struct ctx *cx, struct str text);

#endif
