/* The job "assess": a repository is fetched when it is elsewhere, assessed, and the outcome recorded, as `sinetti
 * assess
 * --data` does. Runs in a process of its own. */
#ifndef SINETTI_SERVE_ASSESS_JOB_H
#define SINETTI_SERVE_ASSESS_JOB_H

#include "catalog/catalog.h"

/* subject: repo:ID, registered with a location. Progress by cx->progress. */
enum rc assess_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject) MUST_CHECK;

#endif
