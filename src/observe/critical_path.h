/* Whether a path alone speaks of security-critical code. Pure. */
#ifndef SINETTI_OBSERVE_CRITICAL_PATH_H
#define SINETTI_OBSERVE_CRITICAL_PATH_H

#include "base/str.h"

/* As critical_hint() of critical.h without content; class and language as classify() says. */
const char *critical_path_hint(struct str path, const char *class, const char *language);

#endif
