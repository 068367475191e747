/* Threads of worker and what waits for them. There are two lanes, so that many passwords at once, each of which takes a
 * core for a tenth of a second and 64 MiB, hold up nothing but one another.
 *
 * Threads: lane_put() from any; lane_finish() once. */
#ifndef SINETTI_SERVE_LANE_H
#define SINETTI_SERVE_LANE_H

#include "http/http.h"

/* A request that web has sent. */
struct lane_task {
    struct lane_task *next;
    uint64_t id;
    struct buf message;
    int body;              /* pipe that its body comes through; -1: none, or it is there */
    struct http_file file; /* then */
    bool has_file;
};
/* Takes message and descriptor over; NULL: memory ran out, they stay the caller's. */
struct lane_task *lane_task_new(uint64_t id, struct buf *message, int body);
void lane_task_free(struct lane_task *t);

struct lane_options {
    size_t threads;
    size_t most;                                  /* that wait; 0: as many as come */
    int niceness;                                 /* of the threads, above the process's */
    void (*work)(void *arg, struct lane_task *t); /* gets the task: lane_task_free(), or another lane_put() */
    void *arg;
};
struct lane;

enum rc lane_start(struct ctx *cx, const struct lane_options *o, struct lane **out) MUST_CHECK;
/* Takes the task over, or says that too many wait: then it stays the caller's. */
bool lane_put(struct lane *l, struct lane_task *t) MUST_CHECK;
/* What waits is done; nothing may be put any more. NULL is fine. */
void lane_finish(struct lane *l);

#endif
