/* Private to observe: what well-known GitHub Actions are for. Pure. */
#ifndef SINETTI_OBSERVE_ACTIONS_H
#define SINETTI_OBSERVE_ACTIONS_H

#include "base/str.h"

/* Calls each(arg, role) for every role of an action ("owner/repo" or "owner/repo/path", without its ref). */
void actions_roles(struct str action, void (*each)(void *arg, const char *role), void *arg);

#endif
