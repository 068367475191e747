/* The control grid of each framework (DESIGN §2). Only the rules room sees this. Pure apart from the arena. */
#ifndef SINETTI_RULES_COVERAGE_H
#define SINETTI_RULES_COVERAGE_H

#include "rules/rules.h"

/* `tasks` are those mapped to the control. Headings and controls outside Sinetti are outside. */
enum coverage coverage_of(const struct catalog_control *c, const struct task_result *const *tasks, size_t n);

/* Every framework of the catalog with its controls, over a->tasks. */
void coverage_fill(struct ctx *cx, const struct catalog *c, struct assessment *a);

#endif
