/* The words of a rule's SQL, looked at without SQLite: what its authorizer cannot tell. */
#ifndef SINETTI_CATALOG_RULE_H
#define SINETTI_CATALOG_RULE_H

#include "catalog/source.h"

/* Faults for names of derived tables (d_…) and for the clock: date functions of 'now', of no time, of local time. */
void rule_check_words(struct source *s, const struct source_file *file);

#endif
