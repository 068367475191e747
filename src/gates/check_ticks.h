/* Requirements that a definition of done has reviewers tick (of the ASVS, say): each by somebody whose approval counts.
 * Part of checks.h. */
#ifndef SINETTI_GATES_CHECK_TICKS_H
#define SINETTI_GATES_CHECK_TICKS_H

#include <jansson.h>

#include "gates/change.h"
#include "gates/push.h"

/* Of a definition's fields; *n 0: it asks for none. */
void check_ticks_read(struct ctx *cx, const json_t *content, struct push_tick **items, size_t *n);

/* Within the unit that decides, for one ref: counts those that one of the approvals given has ticked. */
void check_ticks_judge(struct push *p, size_t ref, const struct approvals *given);

#endif
