/* For who looks after all repositories: what moved past the gate (override.h), and what is not attested (attest.h). */
#ifndef SINETTI_GATES_WATCH_H
#define SINETTI_GATES_WATCH_H

#include "facts/facts.h"
#include "identity/identity.h"

/* override_check() of one that is looked up, opened and locked for it. wait false: when somebody else has its lock, who
 * moves refs and sees for themselves, nothing is looked at. */
enum rc override_check_place(struct ctx *cx, struct facts *f, const char *dir, sqlite3 *db, struct str name,
                             const struct identity_actor *by, bool wait, size_t *found) MUST_CHECK;
/* attest_catch_up() of one that is looked up, opened and locked for it: what a crash left, or a signer that was away.
 * Nothing when somebody else has its lock, who attests too. */
enum rc attest_place(struct ctx *cx, struct facts *f, const char *dir, sqlite3 *db, struct str name,
                     size_t *made) MUST_CHECK;
/* All that are hosted here, by repo:ID. */
enum rc override_places(struct ctx *cx, sqlite3 *db, struct str **list, size_t *n) MUST_CHECK;

#endif
