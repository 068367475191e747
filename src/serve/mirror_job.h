/* The job "mirror": a hosted repository's branches and tags are pushed to its mirror (gates/mirror.h,
 * serve/elsewhere.h). What is there must be from here: a mirror that holds anything unknown is left alone, since
 * somebody else writes there or it is no mirror; but for what the log says stood there before it was taken out of the
 * history, which is overwritten, and what came of that is a fact. Runs in a process of its own. */
#ifndef SINETTI_SERVE_MIRROR_JOB_H
#define SINETTI_SERVE_MIRROR_JOB_H

#include "catalog/catalog.h"
#include "gates/mirror.h"

/* subject: repo:ID. Progress by cx->progress. E_CONFLICT: something unknown is there. */
enum rc mirror_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject) MUST_CHECK;

#endif
