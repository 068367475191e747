/* One-time passwords of people: the secret in state.db, the factor turned on once a code of it was shown, each code
 * taken once. Delays after wrong codes are the caller's: identity_guess(). Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_TOTP_KEPT_H
#define SINETTI_IDENTITY_TOTP_KEPT_H

#include "identity/identity.h"
#include "identity/totp.h"

/* A new secret for the person, in place of one that was not confirmed. E_CONFLICT when one is turned on. */
enum rc identity_totp_begin(struct ctx *cx, struct identity *id, struct str person,
                            uint8_t secret[TOTP_SECRET]) MUST_CHECK;
/* A code of it: from now on it is asked for. E_DENIED when it is wrong, E_CONFLICT when there is none to confirm. */
enum rc identity_totp_confirm(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                              struct str code) MUST_CHECK;
/* A code at the second step. E_DENIED when it is wrong or was used, or the person has none. */
enum rc identity_totp_use(struct ctx *cx, struct identity *id, struct str person, struct str code) MUST_CHECK;
/* E_NOTFOUND when it is not turned on. */
enum rc identity_totp_remove(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                             struct str person) MUST_CHECK;

#endif
