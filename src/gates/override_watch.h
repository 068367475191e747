/* What moved past the gate (override.h), for who looks after all repositories. */
#ifndef SINETTI_GATES_OVERRIDE_WATCH_H
#define SINETTI_GATES_OVERRIDE_WATCH_H

#include "facts/facts.h"
#include "identity/identity.h"

/* override_check() of one that is looked up, opened and locked for it. wait false: when somebody else has its lock, who
 * moves refs and sees for themselves, nothing is looked at. */
enum rc override_check_place(struct ctx *cx, struct facts *f, const char *dir, sqlite3 *db, struct str name,
                             const struct identity_actor *by, bool wait, size_t *found) MUST_CHECK;
/* All that are hosted here, by repo:ID. */
enum rc override_places(struct ctx *cx, sqlite3 *db, struct str **list, size_t *n) MUST_CHECK;

#endif
