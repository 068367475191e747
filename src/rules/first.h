/* Three things to do first, of one repository or of all. Pure apart from the arena. */
#ifndef SINETTI_RULES_FIRST_H
#define SINETTI_RULES_FIRST_H

#include "rules/rules.h"

#define FIRST_THINGS 3

/* Fills first, first_of and n_first from a->tasks: findings of violated points that are neither excused nor in a
 * baseline, one a point, then musts without evidence, whose finding says what would give it and has no path. */
void first_fill(struct ctx *cx, struct assessment *a);

#endif
