/* Webhooks (Standard Webhooks 1.0): who is told of which types of event, and deliveries that survive crashes. Each
 * message has an id that stays the same for every attempt, a time and a signature (sign.h). What is not taken (2xx)
 * goes again, later each time; what failed for five days turns its webhook off, 410 at once.
 *
 * In state.db. Threads: as the handle; one thread of one process delivers. */
#ifndef SINETTI_HOOKS_HOOKS_H
#define SINETTI_HOOKS_HOOKS_H

#include "hooks/post.h"
#include "hooks/sign.h"
#include "store/state.h"

extern const struct state_room hooks_state;

#define HOOK_ID 20
#define HOOK_EVENTS 100 /* types of one webhook */

struct hook {
    struct str id, name, url;
    const struct str *events; /* types; "*": all; "reminder.*": all of that name */
    size_t n_events;
    bool inside;      /* private networks and this machine may be reached */
    struct str state; /* "active", "off", "failed" */
    int64_t version, created, seen;
    int64_t old_until;  /* the secret before signs too until then; 0: there is none */
    int64_t failing;    /* since then nothing got through; 0: it does */
    struct str trouble; /* why the last attempt came to nothing; STR_NONE when it did not */
    int64_t trouble_at;
};
/* By name. `out` has room for LIMIT_HOOKS. */
enum rc hooks_list(struct ctx *cx, sqlite3 *db, struct hook *out, size_t *n) MUST_CHECK;
enum rc hooks_get(struct ctx *cx, sqlite3 *db, struct str id, struct hook *out) MUST_CHECK; /* E_NOTFOUND */
/* A new one (version 0; its id is set, the secret is in `secret`; facts up to `seen` are none of its), or a changed one
 * of the version that was read. E_INVALID, E_LIMIT, E_CONFLICT. */
enum rc hooks_put(struct ctx *cx, sqlite3 *db, struct hook *h, char secret[HOOK_SECRET_TEXT + 1],
                  int64_t now) MUST_CHECK;
/* A new secret; the old one signs too for a day. */
enum rc hooks_rotate(struct ctx *cx, sqlite3 *db, struct str id, char secret[HOOK_SECRET_TEXT + 1],
                     int64_t now) MUST_CHECK;
enum rc hooks_remove(struct ctx *cx, sqlite3 *db, struct str id) MUST_CHECK;

bool hook_wants(const struct hook *h, struct str type);

/* Puts one message into the queue, in the caller's transaction if there is one; `key` says which thing it is about: the
 * same again changes nothing. */
enum rc hooks_add(struct ctx *cx, sqlite3 *db, const struct hook *h, struct str type, struct str key,
                  struct str payload, int64_t now) MUST_CHECK;
enum rc hooks_seen(struct ctx *cx, sqlite3 *db, struct str id, int64_t n) MUST_CHECK;

struct hook_delivery {
    int64_t id;
    struct str message, type, state, answer;
    int64_t created, next, ended, tries, status;
};
/* Newest first, those before `before` (0: from the newest). */
enum rc hooks_deliveries(struct ctx *cx, sqlite3 *db, struct str hook, int64_t before, size_t most,
                         struct hook_delivery *out, size_t *n) MUST_CHECK;
enum rc hooks_payload(struct ctx *cx, sqlite3 *db, struct str hook, int64_t delivery, struct str *out) MUST_CHECK;
/* Once more, at once. E_NOTFOUND. */
enum rc hooks_again(struct ctx *cx, sqlite3 *db, struct str hook, int64_t delivery, int64_t now) MUST_CHECK;

/* Sends one message that is due, if there is one: *tried. *gave_up: its webhook was turned off by that (id, else
 * empty). */
enum rc hooks_deliver(struct ctx *cx, sqlite3 *db, int64_t now, bool *tried, struct str *gave_up) MUST_CHECK;
/* Takes away what ended long ago. */
enum rc hooks_sweep(struct ctx *cx, sqlite3 *db, int64_t now) MUST_CHECK;

#endif
