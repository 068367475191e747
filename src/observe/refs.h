/* Private to observe: refs and tags → d_ref, d_tag. */
#ifndef SINETTI_OBSERVE_REFS_H
#define SINETTI_OBSERVE_REFS_H

#include "observe/run.h"

/* Replaces both tables. */
enum rc refs_read(struct run *r) MUST_CHECK;
/* reachable: 1 where the graph holds the target, NULL elsewhere. Needs history_trim(). */
enum rc refs_finish(struct run *r) MUST_CHECK;

#endif
