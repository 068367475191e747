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

#include "facts/facts.h"
#include "gates/hook_call.h"
#include "ledger/log_reader.h"

/* Does what a hook is there for, whole. What the pusher shall read, errors too, is added to `say`. false: git is to go
 * no further. The reader is one of the newest state. */
bool receive_hook(struct ctx *cx, const struct hook_call *h, struct facts *f, struct log_reader *reader,
                  struct buf *say) MUST_CHECK;
/* Says what cx says is wrong, where it did not come so far. */
void receive_failed(struct ctx *cx, const struct hook_call *h, struct buf *say);

/* The repository's lock, which who moves refs holds; -1 and errno when it cannot be had. close() lets go. */
int receive_lock(struct ctx *cx, const char *git_dir);
/* The same; wait false: -1 and EWOULDBLOCK when somebody has it. */
int receive_lock_if(struct ctx *cx, const char *git_dir, bool wait);

#endif
