/* Patterns of schemas: regular expressions of the few signs that mean the same everywhere, anchored at both ends.
 * Literals, `.`, classes, groups, `|` within groups, and `? * + {m} {m,n}`. No look-around, back references, options or
 * classes by letter. What takes too many steps does not match. Compiled patterns may be shared by threads. */
#ifndef SINETTI_BASE_PATTERN_H
#define SINETTI_BASE_PATTERN_H

#include "base/str.h"

struct pattern;

/* What is wrong with it, a static text; NULL when nothing is. */
const char *pattern_fault(struct str text);

/* NULL when it has a fault, or memory ran out. */
struct pattern *pattern_new(struct str text);
void pattern_free(struct pattern *p);

/* Whether all of `s` (UTF-8) is as the pattern says. */
bool pattern_matches(const struct pattern *p, struct str s);

#endif
