/* Branches of hosted repositories that were moved past the gate (gates/override.h), and what was published and is not
 * attested (gates/attest.h), looked for when the server starts
 * and each hour. */
#ifndef SINETTI_SERVE_GATE_WATCH_H
#define SINETTI_SERVE_GATE_WATCH_H

#include "facts/facts.h"
#include "serve/children.h"

/* db: facts as they are now. What is found is said and recorded. */
enum rc gate_watch(struct ctx *cx, const struct serve *s, struct facts *f, sqlite3 *db) MUST_CHECK;

#endif
