/* What items of registers show (docs/formats/kinds.md): an item in force shows the points it names while it is within
 * its review. Only the rules room sees this. */
#ifndef SINETTI_RULES_ITEMS_H
#define SINETTI_RULES_ITEMS_H

#include "rules/rules.h"

struct items_point {
    int64_t in_force, overdue;
    int64_t due; /* when the next of them turns overdue; 0: none does */
    int64_t at;  /* when the newest of them came into force */
};

/* Fills points, of which there are as many as the catalog has, in its order. `db` has the facts' views. */
enum rc items_read(struct ctx *cx, sqlite3 *db, const struct catalog *c, int64_t at,
                   struct items_point *points) MUST_CHECK;
/* What they are worth: MET, AT_RISK, VIOLATED; NO_EVIDENCE when there are none. */
enum verdict items_verdict(const struct items_point *p, int64_t at);

#endif
