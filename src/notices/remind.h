/* Mails what waits: at once, on the day's or the week's first morning hour, as each person wishes, nothing twice. What
 * is told is noted in the transaction that puts the mail into the queue, so that no crash and no second pass tells it
 * again. Nothing to who has left; nothing a person may not read. And to webhooks, as events `reminder.…`. */
#ifndef SINETTI_NOTICES_REMIND_H
#define SINETTI_NOTICES_REMIND_H

#include "notices/notices.h"

struct remind_options {
    struct notices_options notices; /* now, catalog, ledger, derived */
    sqlite3 *state;
    struct identity *identity;
    struct str base; /* the server's address for links; empty: there are none in mail */
};
struct remind_done {
    size_t people, mails, events;
};
/* Of servers that share a log one sends mail: the one whose mail server was set up last. Whether that is this one, and
 * it has one that is on. */
enum rc remind_is_sender(struct ctx *cx, sqlite3 *state, sqlite3 *ledger, bool *out) MUST_CHECK;
/* One pass over everybody. Whether mail is set up is asked first: without it only webhooks hear. */
enum rc remind_pass(struct ctx *cx, const struct remind_options *o, struct remind_done *out) MUST_CHECK;
/* Forgets what was told long ago, and wishes and links of who has left. */
enum rc remind_sweep(struct ctx *cx, const struct remind_options *o) MUST_CHECK;

#endif
