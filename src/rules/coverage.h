/* The colour of one control; rules_coverage() makes the grids. Only the rules room sees this. Pure. */
#ifndef SINETTI_RULES_COVERAGE_H
#define SINETTI_RULES_COVERAGE_H

#include "rules/rules.h"

/* `tasks` are those mapped to the control. Headings and controls outside Sinetti are outside. */
enum coverage coverage_of(const struct catalog_control *c, const struct task_result *const *tasks, size_t n);

#endif
