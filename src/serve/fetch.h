/* A repository elsewhere as a mirror here: DIR/repos/ID.git, fetched by git (elsewhere.h). No submodule is followed. */
#ifndef SINETTI_SERVE_FETCH_H
#define SINETTI_SERVE_FETCH_H

#include "base/ctx.h"

/* Brings the mirror up to date; *path is where it is. `id`: of the repository, 20 of a-z2-7. E_INVALID for a location
 * with a password in it or of another kind; E_IO with what git said. */
enum rc fetch_mirror(struct ctx *cx, const char *dir, struct str id, struct str location, const char **path) MUST_CHECK;

#endif
