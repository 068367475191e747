/* The words of a rule's SQL, looked at without SQLite: what its authorizer cannot tell. */
#ifndef SINETTI_CATALOG_RULE_H
#define SINETTI_CATALOG_RULE_H

#include "catalog/source.h"

/* Faults for names of derived tables (d_…) and for the clock: date functions of 'now', of no time, of local time. */
void rule_check_words(struct source *s, const struct source_file *file);

/* "-- Evidence: …" up to the next header or the first line that is no comment, without the dashes, on one line; *line 0
 * when there is none. */
struct str rule_header(struct source *s, struct str sql, struct str title, int *line);

/* Words for the whole of a metric's query: tables are read through the views that are there for it. */
void rule_check_metric_words(struct source *s, const struct source_file *file);

#endif
