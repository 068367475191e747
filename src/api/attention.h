/* What needs attention: what blocks (unblock), what is under way and late or wrong (progress), what could be surer
 * (improve). Things and tasks, never a ranking of people. */
#ifndef SINETTI_API_ATTENTION_H
#define SINETTI_API_ATTENTION_H

#include "api/task_rows.h"

/* The fields "unblock", "progress" and "improve": Attention. */
enum rc attention_put(struct ctx *cx, struct api_call *call, const struct task_row *rows, size_t n,
                      int64_t witnesses) MUST_CHECK;

#endif
