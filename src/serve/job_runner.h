/* Runs the jobs of state.db, each in a process of its own (`sinetti job`), so that one which reads something hostile
 * takes nothing along; puts those into the queue whose time has come. A thread of worker's. */
#ifndef SINETTI_SERVE_JOB_RUNNER_H
#define SINETTI_SERVE_JOB_RUNNER_H

#include "serve/inside.h"

struct job_runner;
/* ended: called on the thread after each. */
enum rc job_runner_start(struct ctx *cx, struct serve *s, void (*ended)(void *arg), void *arg,
                         struct job_runner **out) MUST_CHECK;
/* Facts were appended: what they make due is looked for now. From any thread. */
void job_runner_look(struct job_runner *r);
/* Ends the processes; what they were at is begun again by the next worker. */
void job_runner_stop(struct job_runner *r);

/* For struct api_options; `more` is the runner. */
enum rc job_runner_watch(struct ctx *cx, void *more, struct str job, int *stream);
void job_runner_changed(void *more, struct str job);

#endif
