/* Three things to do first, of all repositories together (rules/first.h). */
#ifndef SINETTI_API_FIRST_THINGS_H
#define SINETTI_API_FIRST_THINGS_H

#include "api/task_rows.h"

/* The field "first": FirstThings. */
enum rc first_things_put(struct ctx *cx, struct api_call *call, const struct task_row *rows, size_t n) MUST_CHECK;

#endif
