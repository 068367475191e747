/* Threads of worker and what waits for them. There are two lanes, so that many passwords at once, each of which takes a
 * core for a tenth of a second and 64 MiB, hold up nothing but one another.
 *
 * Threads: lane_put() from any; lane_finish() once. */
#ifndef SINETTI_SERVE_LANE_H
#define SINETTI_SERVE_LANE_H

#include "base/ctx.h"

struct lane_options {
    size_t threads;
    size_t most;  /* that wait; 0: as many as come */
    int niceness; /* of the threads, above the process's */
    void (*work)(void *arg, uint64_t id, struct str message);
    void *arg;
};
struct lane;

enum rc lane_start(struct ctx *cx, const struct lane_options *o, struct lane **out) MUST_CHECK;
/* Takes `message` over, or says that too many wait: then it stays the caller's. */
bool lane_put(struct lane *l, uint64_t id, struct buf *message) MUST_CHECK;
/* What waits is done; nothing may be put any more. NULL is fine. */
void lane_finish(struct lane *l);

#endif
