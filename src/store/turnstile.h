/* The order of writers, in any thread of any process: take `door`, take `main`, release `door`. Whoever has just
 * written must pass the door again, behind those who wait there; with SQLite's own busy handler it would always be
 * first. One turnstile per thread that writes: the locks belong to its descriptors. */
#ifndef SINETTI_STORE_TURNSTILE_H
#define SINETTI_STORE_TURNSTILE_H

#include "base/ctx.h"

struct turnstile {
    int door, main;
};

/* The two lock files of the folder `dir`, made when absent. */
enum rc turnstile_open(struct ctx *cx, const char *dir, struct turnstile *out) MUST_CHECK;
void turnstile_close(struct turnstile *t);

/* Waits its turn. */
enum rc turnstile_enter(struct ctx *cx, struct turnstile *t) MUST_CHECK;
void turnstile_leave(struct turnstile *t);

#endif
