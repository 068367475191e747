/* The processes of the supervisor: started, watched, ended. */
#ifndef SINETTI_SERVE_CHILDREN_H
#define SINETTI_SERVE_CHILDREN_H

#include "serve/inside.h"

#include <sys/types.h>

/* In the order they are ended in: web still waits for worker's answers, worker for the signer. */
enum { CHILD_WEB, CHILD_WORKER, CHILD_SIGNER, CHILDREN };

struct child {
    const char *name;
    int (*run)(struct serve *s);
    bool off;      /* not ours to run */
    pid_t pid;     /* 0: not running */
    int ready;     /* pipe; -1: it has said so, or is gone */
    bool is_ready; /* it has said so */
    char link[64]; /* and what it has said with it */
    int64_t began; /* milliseconds, monotonic */
    int64_t again; /* when it is started anew */
    int deaths;    /* in a row, soon after the start */
};

enum children_event { CHILDREN_CHANGED, CHILDREN_END, CHILDREN_RELOAD };

int64_t serve_milliseconds(void);
/* Takes over the signals of this process. */
void children_begin(struct child *c, bool with_signer);
void children_over(void);
/* Starts those whose time has come. */
void children_start(struct serve *s, struct child *c, int64_t now);
bool children_are_ready(const struct child *c);
/* Waits until one dies, is ready or is due, or a signal comes. */
enum children_event children_wait(struct child *c, int64_t now);
/* SIGTERM, and SIGKILL after `seconds` or at another SIGINT (somebody at the keyboard). */
void children_end(struct child *c, int seconds);

#endif
