/* One task, whole: what its three tabs show. */
#ifndef SINETTI_API_TASK_H
#define SINETTI_API_TASK_H

#include "api/api.h"

/* The task of the catalog; E_NOTFOUND. `out` may be NULL. */
enum rc task_find(struct ctx *cx, struct api_call *call, struct str key, const struct catalog_task **out) MUST_CHECK;
/* A Task, with its tag. */
enum rc task_put(struct ctx *cx, struct api_call *call, struct str key) MUST_CHECK;
/* Which state somebody has seen, by the fact of who looks after the task. */
/* A member `claim`: what a file from elsewhere says of its status, or null. */
enum rc task_put_claim(struct ctx *cx, struct api_call *call, struct str key) MUST_CHECK;
uint64_t task_version(bool has_fact, uint64_t fact);

#endif
