/* Events for webhooks: each fact of the audit log is one, its type is its kind. What is sent of it are ids, titles,
 * numbers and words of closed lists; never text that people wrote, names of people, addresses or locations. */
#ifndef SINETTI_NOTICES_EVENTS_H
#define SINETTI_NOTICES_EVENTS_H

#include "catalog/catalog.h"
#include "hooks/hooks.h"

/* Puts messages about facts that webhooks have not seen into their queues, some at a time; *more: there are others. */
enum rc events_queue(struct ctx *cx, sqlite3 *state, sqlite3 *ledger, const struct catalog *c, int64_t now,
                     bool *more) MUST_CHECK;
/* Number of the newest fact, -1 for none: what a new webhook begins behind. */
enum rc events_newest(struct ctx *cx, sqlite3 *ledger, int64_t *n) MUST_CHECK;
/* Whether an event can have that type: a kind of fact, `reminder.` and its word, "*", "reminder.*". */
bool events_type_ok(const struct catalog *c, struct str type);
/* A message to try a webhook out. */
enum rc events_try(struct ctx *cx, sqlite3 *state, const struct hook *h, int64_t now) MUST_CHECK;

#endif
