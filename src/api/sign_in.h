/* What the ways of signing in share: the session's cookie, the second step, delays. The cookie is `__Host-sinetti`
 * (`sinetti` over plain HTTP), one more keeps the device known; HttpOnly, SameSite=Strict. */
#ifndef SINETTI_API_SIGN_IN_H
#define SINETTI_API_SIGN_IN_H

#include "api/api.h"
#include "identity/sessions.h"

/* What the browser holds now; STR_NONE. */
/* Of the browser: who has signed in from it is known by that. STR_NONE when it has none. */
struct str sign_in_device(const struct api_call *call);
struct str sign_in_cookie(const struct api_call *call);

/* The first step is passed: `method` is "password", "oidc", "link" …, `level` what it counts for. Signs in, or asks for
 * the second step when the level is one and the person has turned one on. Sets the cookie and answers SignedIn. */
enum rc sign_in_begin(struct ctx *cx, struct api_call *call, struct str person, const char *method,
                      enum identity_level level) MUST_CHECK;
/* Whose second step is awaited. E_DENIED, as a problem, when there is none. */
enum rc sign_in_pending(struct ctx *cx, struct api_call *call, struct str *person) MUST_CHECK;
/* The second step is passed / was not. `second` is "totp", "passkey", "recovery_code"; finishing sets the cookie and
 * answers SignedIn. */
enum rc sign_in_finish(struct ctx *cx, struct api_call *call, struct str person, const char *second) MUST_CHECK;
enum rc sign_in_failed(struct ctx *cx, struct api_call *call) MUST_CHECK;

/* Of an outcome of identity's: E_LIMIT with `wait` seconds becomes 429 with Retry-After, E_DENIED 401; others pass. */
enum rc sign_in_judged(struct ctx *cx, struct api_call *call, enum rc rc, int64_t wait) MUST_CHECK;

/* OK when the caller signed in, or confirmed it, a short while ago: before credentials are changed. Tokens never are.
 */
enum rc sign_in_is_fresh(struct ctx *cx, struct api_call *call) MUST_CHECK;
/* A new secret for the caller's session, which is void else: after credentials were changed. */
enum rc sign_in_raise(struct ctx *cx, struct api_call *call, enum identity_level level) MUST_CHECK;

/* second_factor of Session. */
enum rc sign_in_put_pending(struct ctx *cx, struct api_call *call) MUST_CHECK;

#endif
