/* The job "expunge": what two people have agreed to is taken out of a hosted repository's history (gates/expunge.h).
 * Runs in a process of its own. */
#ifndef SINETTI_SERVE_EXPUNGE_JOB_H
#define SINETTI_SERVE_EXPUNGE_JOB_H

#include "catalog/catalog.h"
#include "gates/expunge.h"

/* subject: repo:ID. Progress by cx->progress. */
enum rc expunge_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject) MUST_CHECK;

#endif
