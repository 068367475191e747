/* Repositories whose next assessment is due are put into the queue. */
#ifndef SINETTI_SERVE_SCHEDULE_H
#define SINETTI_SERVE_SCHEDULE_H

#include "jobs/jobs.h"

/* Active ones with a location and hours between assessments, when so long has passed since one was last asked for or
 * recorded. */
enum rc schedule_due(struct ctx *cx, const char *dir, sqlite3 *state, int64_t now) MUST_CHECK;

#endif
