/* Break glass: somebody lets a push in although points of tasks would stop it. It needs the right (code.override) or
 * the machine's operator, a reason, refs and an end; it works alone, by a running server or without one; what is always
 * held to (who may, the shape of refs) stays held to. It stays open for review until another person, who did not use
 * it, has looked at it (records/request.h: an act done alone).
 *
 * The way out when nothing can be decided (docs/gates.md) moves refs past the gate. A protected branch that is not
 * where the newest decision put it is found here, by whoever next moves it or when the server starts, and waits for
 * review just so. */
#ifndef SINETTI_GATES_OVERRIDE_H
#define SINETTI_GATES_OVERRIDE_H

#include "gates/push.h"
#include "records/append.h"

#define OVERRIDE_MINUTES_MOST 1440
#define OVERRIDE_MINUTES 60

struct override_wish {
    struct str refs;   /* pattern of branches' full names, as a protection's */
    struct str person; /* who may use it; STR_NONE: whoever may push there */
    struct str reason;
    int64_t minutes;
};
/* via operator, or of a person, whose right is judged here. *n: its number; *request: what waits for review. E_DENIED.
 */
enum rc override_open(struct ctx *cx, struct facts *f, const struct gate_place *place, const struct identity_actor *by,
                      const struct override_wish *w, uint64_t *n, uint64_t *request) MUST_CHECK;

/* The one that lets `person` in on that ref now; *n 0: none. */
enum rc override_find(struct ctx *cx, sqlite3 *db, int64_t now, const struct gate_place *place, struct str ref,
                      struct str person, int64_t *n) MUST_CHECK;

/* Within the unit: protected branches of the push that have moved without a decision since the newest one. */
enum rc override_notice(struct append *a, const struct push *p) MUST_CHECK;
/* The same of all protected branches of a repository that is hosted here. *found: how many. To be called by who holds
 * its lock. */
enum rc override_check(struct ctx *cx, struct facts *f, sqlite3 *db, const struct git *g,
                       const struct gate_place *place, const struct identity_actor *by, size_t *found) MUST_CHECK;

#endif
