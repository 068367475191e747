/* Who watches jobs: each gets an event when something about its job changes, and the end of the stream when the job has
 * ended. A watcher that does not read misses events, and nobody waits for it. Locked. */
#ifndef SINETTI_SERVE_JOB_EVENTS_H
#define SINETTI_SERVE_JOB_EVENTS_H

#include "jobs/jobs.h"

struct job_events;
enum rc job_events_new(struct ctx *cx, struct job_events **out) MUST_CHECK;
void job_events_free(struct job_events *e);
/* A stream that begins with the job as it is; *fd is the caller's. E_LIMIT. */
enum rc job_events_watch(struct ctx *cx, struct job_events *e, const struct job *j, int *fd) MUST_CHECK;
void job_events_tell(struct job_events *e, const struct job *j);

#endif
