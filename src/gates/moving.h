/* Decisions whose refs the host of a connected repository is about to move: pre-receive has let them in, and ends
 * before git moves them. A file each in the repository, `sinetti.moving.N`, tells which process does, so that whoever
 * comes meanwhile does not take them for what a crash has left.
 *
 * Written by who holds the repository's lock. */
#ifndef SINETTI_GATES_MOVING_H
#define SINETTI_GATES_MOVING_H

#include "gates/hook_call.h"

/* The nearest receive-pack among the hook's ancestors moves them; where there is none to be found (a host that runs
 * hooks by another process), they count as moving for MOVING_SECONDS. */
#define MOVING_SECONDS (15 * 60)
enum rc moving_put(struct ctx *cx, const struct hook_call *h, uint64_t decision) MUST_CHECK;
/* Whether they may still move. */
bool moving_is_live(struct ctx *cx, const char *git_dir, uint64_t decision);
void moving_end(struct ctx *cx, const char *git_dir, uint64_t decision);

/* Takes away what pushes that were cut off have left beside the repository: files `sinetti.receive.PID` (handover.h) of
 * processes that are gone. */
void moving_sweep(struct ctx *cx, const char *git_dir);

#endif
