/* A job in its process: how it is started, and what it says of itself on its standard output, a line each:
 *
 *     step TAB done TAB total TAB words       how far it is
 *     end TAB done|failed TAB words           its last
 */
#ifndef SINETTI_SERVE_JOB_PROCESS_H
#define SINETTI_SERVE_JOB_PROCESS_H

#include "jobs/jobs.h"

#include <sys/types.h>

struct job_process {
    pid_t pid; /* 0: none */
    int out;
    char id[32];
    char *folder;    /* its own, for what it puts aside; taken away with it */
    struct buf text; /* a line that is not whole yet */
    int64_t until;   /* milliseconds, monotonic: then it is ended */
    bool is_ended, cancel;
    enum job_state state; /* when is_ended */
    char message[512];
    char step[128];
    int64_t done, total;
};

enum rc job_process_start(struct ctx *cx, const char *dir, const char *catalog, const struct job *j,
                          struct job_process *out) MUST_CHECK;
/* Removes what jobs of a worker that died have left in DIR/tmp. */
void job_process_clean(struct ctx *cx, const char *dir);
/* Takes what it says. *changed: it is further. false: it says nothing more. */
bool job_process_read(struct job_process *p, bool *changed);
/* Ends it and all it has started, and waits for it. What it ended with is in p. */
void job_process_end(struct job_process *p);

/* In the process itself. */
void job_say_step(struct str words, int64_t done, int64_t total);
void job_say_end(enum job_state state, struct str words);

#endif
