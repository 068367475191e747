/* What an organization has made its own: points it adopted, failures it tolerates, exceptions it granted. Read from the
 * facts' views. Only the rules room sees this; rules.h has how it is read. */
#ifndef SINETTI_RULES_OWN_H
#define SINETTI_RULES_OWN_H

#include "rules/rules.h"

/* Whether the point is adopted: by a fact, else as the preset says. */
bool own_adopts(const struct own *own, const struct catalog_preset *preset, const struct catalog_obligation *o);
/* Failures in a thousand that the policy tolerates; 0 without one. */
int64_t own_tolerance(const struct own *own, const struct catalog_obligation *o);
/* Whether the point applies: nobody recorded that it, or its task, does not. */
bool own_applies(const struct own *own, const struct catalog_obligation *o);
/* The task's priority: by a fact, else the catalog's. */
enum priority own_priority(const struct own *own, const struct catalog_task *def);
/* Whether the whole point is waived. */
bool own_waives(const struct own *own, const struct catalog_obligation *o);
/* Whether this failure is excused: its subject is waived, or it lies before a treatment of it was checked. `at`: of the
 * failure; 0 when it still stands, which no treatment excuses. */
enum exception own_excuses(const struct own *own, const struct catalog_obligation *o, struct str subject, int64_t at);

#endif
