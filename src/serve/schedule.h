/* Repositories whose next assessment is due are put into the queue. */
#ifndef SINETTI_SERVE_SCHEDULE_H
#define SINETTI_SERVE_SCHEDULE_H

#include "jobs/jobs.h"

/* Mirrors of hosted repositories that are not as what they mirror: pushed again at once when something has moved, later
 * each time when it failed. */
enum rc schedule_mirrors(struct ctx *cx, const char *dir, sqlite3 *ledger, sqlite3 *state, int64_t now) MUST_CHECK;
/* Hosted repositories out of whose history something is to be taken: at once; when it failed, an hour later. */
enum rc schedule_expunges(struct ctx *cx, const char *dir, sqlite3 *ledger, sqlite3 *state, int64_t now) MUST_CHECK;
/* Active ones with a location and hours between assessments, when so long has passed since one was last asked for or
 * recorded. */
enum rc schedule_due(struct ctx *cx, sqlite3 *ledger, sqlite3 *state, int64_t now) MUST_CHECK;

#endif
