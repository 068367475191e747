/* Passkeys of people, in state.db, and the challenges under way. A challenge is random, of one answer, for
 * PASSKEY_SECONDS, and only for what and whom it was made. Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_WEBAUTHN_KEPT_H
#define SINETTI_IDENTITY_WEBAUTHN_KEPT_H

#include "identity/identity.h"
#include "identity/webauthn.h"

#define PASSKEY_SECONDS 300
#define PASSKEYS_OF_ONE 20
#define PASSKEY_NAME 100 /* bytes */

struct passkey {
    struct str id, name; /* id: by which it is listed and removed */
    struct str credential;
    struct str site; /* relying party it was made for */
    bool verified, eligible, backed_up;
    int64_t created, seen; /* Unix seconds; seen 0: never used */
    bool doubtful;         /* its counter went back: there may be a copy */
};
struct passkeys {
    struct passkey *list;
    size_t n;
};
/* A person's, oldest first. */
enum rc identity_passkeys(struct ctx *cx, struct identity *id, struct str person, struct passkeys *out) MUST_CHECK;

/* For a new passkey of the person, or (making false) to show one: the person's, or anybody's when STR_NONE. E_BUSY when
 * too many are under way. */
enum rc identity_passkey_ask(struct ctx *cx, struct identity *id, bool making, struct str person,
                             uint8_t challenge[WEBAUTHN_CHALLENGE]) MUST_CHECK;

/* What a passkey is told whose it is: the person's id without its type. */
struct str identity_passkey_user(struct str person);

/* Takes a new one. E_CONFLICT when it is registered already, E_LIMIT; else as webauthn_register(). */
enum rc identity_passkey_add(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                             const struct webauthn_site *site, struct str name, const struct webauthn_registration *r,
                             struct str *out) MUST_CHECK;

/* Who shows one: `person` when only theirs will do (the second step), else STR_NONE; then it must have verified who
 * uses it. *who is person:ID, *passkey its id; both are set only when it is OK. E_DENIED, always with the same text for
 * what is unknown. A counter that went back is noted, and the passkey not taken again. */
enum rc identity_passkey_show(struct ctx *cx, struct identity *id, const struct webauthn_site *site, struct str person,
                              struct str credential, const struct webauthn_assertion *a, struct str *who,
                              struct str *passkey) MUST_CHECK;

enum rc identity_passkey_rename(struct ctx *cx, struct identity *id, struct str person, struct str passkey,
                                struct str name) MUST_CHECK;
/* E_NOTFOUND. */
enum rc identity_passkey_remove(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                                struct str passkey) MUST_CHECK;

#endif
