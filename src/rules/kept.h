/* The first rows in row_compare()'s order, however many come: a heap with its last row on top, so that memory stays
 * what `max` rows take. Only the rules room sees this. */
#ifndef SINETTI_RULES_KEPT_H
#define SINETTI_RULES_KEPT_H

#include "base/limits.h"
#include "rules/row.h"

struct kept {
    const struct columns *columns;
    struct row *rows[LIMIT_FINDINGS];
    size_t n, max; /* at most LIMIT_FINDINGS */
};

void kept_init(struct kept *k, const struct columns *c, size_t max);
void kept_release(struct kept *k);
/* Copies the row when it is among the first. E_IO when memory is out. */
enum rc kept_add(struct kept *k, const struct row *r) MUST_CHECK;
void kept_sort(struct kept *k); /* then rows[0..n) are in order, and none may be added */

#endif
