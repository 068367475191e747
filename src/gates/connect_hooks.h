/* The hooks that connect.h writes: small scripts that start `sinetti-hook`, told where the data folder is and which
 * repository this is. */
#ifndef SINETTI_GATES_CONNECT_HOOKS_H
#define SINETTI_GATES_CONNECT_HOOKS_H

#include "gates/place.h"

struct hook_place {
    const char *path, *hooks; /* the repository, and git's own folder of hooks of it */
    enum gate_host host;
};
/* E_CONFLICT with what is in the way; nothing is changed. */
enum rc connect_hooks_check(struct ctx *cx, const struct hook_place *p) MUST_CHECK;
/* Ours are written anew; what else was there is moved beside, and asked first. */
enum rc connect_hooks_write(struct ctx *cx, const struct hook_place *p, const char *data,
                            struct str repository) MUST_CHECK;
enum rc connect_hooks_remove(struct ctx *cx, const struct hook_place *p) MUST_CHECK;
/* Whether ones stand there that ask for this repository. */
bool connect_hooks_stand(struct ctx *cx, const struct hook_place *p, struct str repository);

#endif
