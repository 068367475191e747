/* What a recorded verdict is worth at a later time: exceptions are granted and end, things turn out of date, a
 * tolerance is declared. Only the rules room sees this. */
#ifndef SINETTI_RULES_PRESENT_H
#define SINETTI_RULES_PRESENT_H

#include "rules/rules.h"

/* Exceptions for single subjects of a repository that were in force when a point was recorded as waived, and how many
 * of them still are. */
struct exceptions_left {
    int64_t then, now;
};

/* Fills verdict and failing anew, from what was recorded, as of `at`. Pure. */
void present_point(struct standing_point *p, const struct own *own, const struct exceptions_left *left, int64_t at);

#endif
