/* Jobs: work of the server that takes longer than a request. They stand in state.db, so that they survive the worker
 * that runs them: one that was under way when it died is begun again, up to LIMIT_JOB_TRIES times.
 *
 * Each function is a transaction of its own. `db` is state.db with these tables. Threads: as the handle. */
#ifndef SINETTI_JOBS_JOBS_H
#define SINETTI_JOBS_JOBS_H

#include "base/json.h"
#include "store/state.h"

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED, JOB_STATES };
const char *job_state_name(enum job_state s);
bool job_has_ended(enum job_state s);

struct job {
    struct str id, what, subject, person, step, message;
    enum job_state state;
    int64_t done, total;             /* of the step; total 0: not known */
    int64_t created, started, ended; /* Unix seconds; 0: not yet */
    int64_t tries, number;
    bool cancel; /* it is to end */
};

/* How much of its step is done, 0 to 100; -1 when it is not known. */
int64_t job_percent(const struct job *j);
/* {"state","share","what","message"}: what is told of it while it runs. */
void job_put_event(struct json *j, const struct job *job);

extern const struct state_room jobs_state;

/* Puts a job into the queue; its id in the arena. The one about the same that waits or runs already, when there is one.
 * E_LIMIT when too many wait. */
enum rc jobs_add(struct ctx *cx, sqlite3 *db, const char *what, struct str subject, struct str person, int64_t now,
                 struct str *id) MUST_CHECK;
/* E_NOTFOUND. */
enum rc jobs_get(struct ctx *cx, sqlite3 *db, struct str id, struct job *out) MUST_CHECK;
/* Those before number `before`, newest first, at most n; of one subject and one state, when they are given (STR_NONE,
 * JOB_STATES: any). *total: all of these. */
enum rc jobs_list(struct ctx *cx, sqlite3 *db, struct str subject, enum job_state state, int64_t before, size_t n,
                  struct job *out, size_t *found, int64_t *total) MUST_CHECK;
/* When a job about it was last asked for; 0 never. */
enum rc jobs_last(struct ctx *cx, sqlite3 *db, const char *what, struct str subject, int64_t *at) MUST_CHECK;

/* The newest job about it, and how many in a row have failed since one was done; *found false when there is none. */
enum rc jobs_newest(struct ctx *cx, sqlite3 *db, const char *what, struct str subject, struct job *out, bool *found,
                    int64_t *failed) MUST_CHECK;

/* What waits is ended at once, what runs soon (job.cancel). E_CONFLICT when it has ended. */
enum rc jobs_cancel(struct ctx *cx, sqlite3 *db, struct str id, int64_t now) MUST_CHECK;

/* --- for who runs them */

/* After a start: what another left running waits again, or has failed. */
enum rc jobs_recover(struct ctx *cx, sqlite3 *db, int64_t now) MUST_CHECK;
/* The one that waits longest, now running; *found false when none does. */
enum rc jobs_take(struct ctx *cx, sqlite3 *db, int64_t now, struct job *out, bool *found) MUST_CHECK;
enum rc jobs_step(struct ctx *cx, sqlite3 *db, struct str id, struct str step, int64_t done, int64_t total) MUST_CHECK;
enum rc jobs_end(struct ctx *cx, sqlite3 *db, struct str id, enum job_state state, struct str message,
                 int64_t now) MUST_CHECK;
/* It waits again, as if it had not been begun: its runner ends. */
enum rc jobs_put_back(struct ctx *cx, sqlite3 *db, struct str id) MUST_CHECK;
/* Takes away the oldest of more than LIMIT_JOBS_KEPT that have ended. */
enum rc jobs_sweep(struct ctx *cx, sqlite3 *db) MUST_CHECK;

#endif
