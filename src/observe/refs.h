/* Private to observe: refs and tags → d_ref, d_tag. */
#ifndef SINETTI_OBSERVE_REFS_H
#define SINETTI_OBSERVE_REFS_H

#include "observe/run.h"

/* Says whether refs are as they were: hex, in the ctx's arena. Reads no object. */
enum rc refs_fingerprint(struct run *r, struct str *hex) MUST_CHECK;
/* Replaces both tables. */
enum rc refs_read(struct run *r) MUST_CHECK;
/* reachable: 1 where the graph holds the target, NULL elsewhere. Needs history_trim(). */
enum rc refs_finish(struct run *r) MUST_CHECK;

#endif
