/* git's hooks of a hosted repository (githooks(5)). receive-pack starts them; the door has set who pushes in their
 * environment (door.h).
 *
 * pre-receive judges all commands while the new objects are in quarantine: what is refused never gets out of it.
 * proc-receive then has all refs: under the repository's lock it settles what a crash has left, locks the refs by their
 * old ids, decides again by the facts as they are then, appends the decision, moves, and appends the outcome.
 *
 * In a connected repository the host's git moves branches and tags itself: there pre-receive decides under the lock and
 * appends the decision, and post-receive appends the outcome, or whoever comes next. proc-receive has refs/for alone,
 * where the host can ask it. */
#ifndef SINETTI_GATES_RECEIVE_H
#define SINETTI_GATES_RECEIVE_H

#include "gates/decide.h"

struct receive {
    const char *data;      /* the data folder */
    struct str repository; /* repo:ID */
    struct gate_caller caller;
    const char *git_dir;
    const char *quarantine; /* folder of new objects; NULL: none */
    bool connected;         /* it says so itself: receive_from_hook() */
};
/* The same of a connected repository (connect.h), whose hook names folder and repository itself; who pushes is asked
 * when it is known which host that is (pusher.h). */
enum rc receive_from_hook(struct ctx *cx, const char *data, const char *repository, struct receive *out) MUST_CHECK;
/* From the environment. E_DENIED when somebody comes by another way than a door. */
enum rc receive_from_environment(struct ctx *cx, struct receive *out) MUST_CHECK;

/* After a connected repository's host has moved refs: their "old new ref" lines from `in`. Appends the outcome. */
enum rc receive_told(struct ctx *cx, const struct receive *r, const struct catalog *c, int in,
                     struct buf *say) MUST_CHECK;

/* Reads "old new ref" lines from `in`; what the pusher shall read goes to `say`. *allowed says whether it goes on. */
enum rc receive_judge(struct ctx *cx, const struct receive *r, const struct catalog *c, int in, struct buf *say,
                      bool *allowed) MUST_CHECK;
/* Speaks proc-receive's protocol (githooks(5), version 1) on in and out. */
enum rc receive_move(struct ctx *cx, const struct receive *r, const struct catalog *c, int in, int out,
                     struct buf *say) MUST_CHECK;

/* cx's error, in the pusher's language. */
const char *receive_error(struct ctx *cx);

/* The repository's lock, which who moves refs holds; -1 and errno when it cannot be had. close() lets go. */
int receive_lock(struct ctx *cx, const char *git_dir);
/* The same; wait false: -1 and EWOULDBLOCK when somebody has it. */
int receive_lock_if(struct ctx *cx, const char *git_dir, bool wait);

#endif
