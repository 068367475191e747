/* What pre-receive has found in a push, for proc-receive, so that it is looked for once. A file in the repository,
 * named after the receive-pack that started both, and of use for the same commands alone; where it is missing, the
 * search is done again. */
#ifndef SINETTI_GATES_HANDOVER_H
#define SINETTI_GATES_HANDOVER_H

#include "gates/hook_call.h"
#include "gates/push.h"

void handover_put(struct ctx *cx, const struct hook_call *h, const struct push *p);
/* Fills secrets, hits, personal data and shapes that the search gave; false: there is nothing. The file is gone then.
 */
bool handover_take(struct ctx *cx, const struct hook_call *h, struct push *p);

#endif
