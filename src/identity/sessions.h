/* Sessions of browsers. Signing in goes in steps: who has shown a password and has a second factor holds a *pending*
 * session, which opens nothing but the second step. Each step gives a new secret, and the one before is void: nobody
 * can plant a session and wait until it is signed in.
 *
 * A session is over when nobody used it for SESSION_IDLE, and SESSION_MOST after it began. Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_SESSIONS_H
#define SINETTI_IDENTITY_SESSIONS_H

#include "identity/identity.h"

#define SESSION_IDLE (8 * 3600)
#define SESSION_MOST (7 * DAY_SECONDS)
#define SESSION_PENDING 600 /* seconds for the second step */
#define SESSION_FRESH 900   /* so long after a sign-in credentials may be changed without signing in again */
#define SECRET_TEXT 43      /* characters of 256 random bits, base64url */

struct session_start {
    struct str person;
    enum identity_level level;
    struct str method;  /* "password", "password+totp", "passkey", "oidc", "link" … */
    struct str network; /* http_request.peer */
    struct str agent;   /* User-Agent; cut, shown in the person's list of sessions */
    struct str before;  /* cookie the browser held till now, which becomes void; or STR_NONE */
};
struct session_made {
    char cookie[SECRET_TEXT + 1]; /* secret: for Set-Cookie alone */
    struct str id;
    int64_t until;
};
/* Signed in. The caller has seen all that was to be shown. E_DENIED when the person has left. */
enum rc identity_session_create(struct ctx *cx, struct identity *id, const struct session_start *s,
                                struct session_made *out) MUST_CHECK;

/* The first step is passed, the second is to come. */
enum rc identity_pending_create(struct ctx *cx, struct identity *id, const struct session_start *s,
                                struct session_made *out) MUST_CHECK;
/* Whose; E_DENIED when there is none, or it is over. */
enum rc identity_pending_find(struct ctx *cx, struct identity *id, struct str cookie, struct str *person) MUST_CHECK;
/* A guess at the second step was wrong: after five the pending session is over. */
enum rc identity_pending_failed(struct ctx *cx, struct identity *id, struct str cookie) MUST_CHECK;
/* The second step is passed: signed in with LEVEL_TWO. `second` is "totp", "passkey", "recovery_code". */
enum rc identity_pending_finish(struct ctx *cx, struct identity *id, struct str cookie, const char *second,
                                struct session_made *out) MUST_CHECK;

/* A new secret for a session that now counts for more (or whose password was changed); the old one is void. */
enum rc identity_session_raise(struct ctx *cx, struct identity *id, struct str cookie, enum identity_level level,
                               struct session_made *out) MUST_CHECK;
/* Whether it was signed in (or raised) within SESSION_FRESH. */
enum rc identity_session_fresh(struct ctx *cx, struct identity *id, const struct identity_who *who,
                               bool *out) MUST_CHECK;

/* How it was signed in: "password+totp", "link" … STR_NONE when it is over, or a token. */
enum rc identity_session_method(struct ctx *cx, struct identity *id, const struct identity_who *who,
                                struct str *out) MUST_CHECK;

/* At once void. E_NOTFOUND when that person has no such session. */
enum rc identity_session_end(struct ctx *cx, struct identity *id, struct str person, struct str session) MUST_CHECK;
/* All of a person's but `but` (an id, or STR_NONE). */
enum rc identity_session_end_all(struct ctx *cx, struct identity *id, struct str person, struct str but) MUST_CHECK;

/* Second factors a person has turned on: "totp", "passkey". The files that keep them say so here, within their own
 * write transaction on state.db. */
enum rc identity_factor_put(struct ctx *cx, struct identity *id, struct str person, const char *factor) MUST_CHECK;
enum rc identity_factor_remove(struct ctx *cx, struct identity *id, struct str person, const char *factor) MUST_CHECK;
/* Takes all second factors and recovery codes of a person away, and ends their sessions: for who has lost them. Facts
 * say which there were. */
enum rc identity_factors_reset(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                               struct str person) MUST_CHECK;
enum rc identity_factor_has(struct ctx *cx, struct identity *id, struct str person, const char *factor,
                            bool *out) MUST_CHECK;

#endif
