/* Who pushes to a connected repository: its host has authenticated them, and tells the hook in its environment. The
 * account is looked for among those that people have declared; who is not found there is nobody ("unknown"). */
#ifndef SINETTI_GATES_PUSHER_H
#define SINETTI_GATES_PUSHER_H

#include "gates/hook_call.h"
#include "gates/place.h"

/* Only what this kind of host sets is read, so that nobody becomes another by a variable it lets through. *account is
 * what it said, for a message; STR_NONE: nothing. */
enum rc pusher_find(struct ctx *cx, sqlite3 *db, const struct hook_call *h, const struct gate_place *place,
                    struct gate_caller *out, struct str *account) MUST_CHECK;

#endif
