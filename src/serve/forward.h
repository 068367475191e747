/* Requests that web hands to worker, and worker's answers. At most LIMIT_SERVE_FORWARDED at a time. A thread sends, one
 * receives; whoever calls forward_put() never waits. A body that follows goes to worker through a pipe of its own,
 * whose end goes with the request. Threads: locked. */
#ifndef SINETTI_SERVE_FORWARD_H
#define SINETTI_SERVE_FORWARD_H

#include "http/http.h"

struct forward;
enum rc forward_open(struct ctx *cx, int fd, struct forward **out) MUST_CHECK;
/* Takes the exchange over: it is answered by worker, or with 503 when worker died meanwhile, is too slow, or too many
 * wait. `id`: the request's. */
void forward_put(struct forward *f, struct http_exchange *x, struct str id);
/* Whether worker was heard of lately; how many wait. */
bool forward_works(struct forward *f, size_t *waiting);
/* After http_stop(): ends the threads. */
void forward_close(struct forward *f);

#endif
