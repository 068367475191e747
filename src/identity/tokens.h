/* Secrets that are given out as text: API tokens, one-time links, recovery codes. Shown once, kept as SHA-256.
 * Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_TOKENS_H
#define SINETTI_IDENTITY_TOKENS_H

#include "identity/sessions.h"

#define TOKEN_PREFIX "snt_"
#define TOKEN_TEXT (sizeof TOKEN_PREFIX - 1 + SECRET_TEXT)
#define TOKEN_MOST (366 * DAY_SECONDS) /* no token lives longer */
#define TOKENS_OF_ONE 50
#define RECOVERY_CODES 10
#define RECOVERY_CODE_TEXT 19 /* xxxx-xxxx-xxxx-xxxx */

struct token_wish {
    struct str name;
    const struct str *only; /* permissions, at least one */
    size_t n_only;
    int64_t until; /* Unix seconds */
};
struct token_made {
    char secret[TOKEN_TEXT + 1];
    struct str id;
};
/* E_INVALID for no end, one past TOKEN_MOST, no permissions; E_LIMIT. */
enum rc identity_token_create(struct ctx *cx, struct identity *id, const struct identity_who *who,
                              const struct token_wish *t, struct token_made *out) MUST_CHECK;
enum rc identity_token_revoke(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                              struct str token) MUST_CHECK;

/* Ends all sessions, tokens and links of a person, at once. */
enum rc identity_access_end(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                            struct str person) MUST_CHECK;

/* Links: whoever opens one may set a password and is signed in. They stand behind `#` in the address, which browsers
 * send to nobody. */
enum link_purpose { LINK_INVITATION, LINK_RESET, LINK_SIGN_IN, LINK_COUNT };
const char *link_purpose_name(enum link_purpose p);
struct link_made {
    char secret[SECRET_TEXT + 1];
    struct str id;
    int64_t until;
};
/* The links of that purpose the person had before are void. `seconds` 0: as long as is usual for its purpose. */
enum rc identity_link_create(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                             enum link_purpose p, int64_t seconds, struct link_made *out) MUST_CHECK;
/* What it is for, without using it up. E_DENIED when it is unknown, used or over. */
enum rc identity_link_find(struct ctx *cx, struct identity *id, struct str secret, enum link_purpose *p,
                           struct str *person) MUST_CHECK;
struct link_use {
    struct str secret;
    struct str device;        /* device cookie of the browser it is used in, or STR_NONE */
    struct str password;      /* the new one, or STR_NONE */
    struct str name, address; /* of who had no address so far, or STR_NONE */
};
/* Uses it up: only one caller ever gets OK. All of it or nothing: what is wrong with name, address or password changes
 * nothing, and the link is good again. A `credential` fact says that it was used, who had made it, and whether that is
 * somebody whom this browser knows. */
enum rc identity_link_use(struct ctx *cx, struct identity *id, const struct link_use *u, enum link_purpose *p,
                          struct str *person) MUST_CHECK;
enum rc identity_link_revoke(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                             struct str link) MUST_CHECK;

/* The way in for who has the machine: a link for `who` (person:ID or an address), or, STR_NONE, for the only Admin.
 * Where there is no Admin and nobody is named, one is made, called "Admin", who says name and address when the link is
 * used (an invitation); a named one becomes no Admin by it. Others get a link to sign in: no password, no second
 * factor. E_NOTFOUND, E_CONFLICT when there are several Admins. */
enum rc identity_operator_link(struct ctx *cx, struct identity *id, struct str who, struct str *person,
                               struct link_made *out) MUST_CHECK;

/* Whether nobody can come in yet: no password, no passkey, no account elsewhere. */
enum rc identity_is_closed(struct ctx *cx, struct identity *id, bool *closed) MUST_CHECK;

/* New codes in place of all old ones. */
enum rc identity_recovery_make(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                               char out[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1]) MUST_CHECK;
/* Uses one up; E_DENIED when it is none of the person's. Delays are the caller's: identity_guess(). */
enum rc identity_recovery_use(struct ctx *cx, struct identity *id, struct str person, struct str code,
                              int *left) MUST_CHECK;
enum rc identity_recovery_left(struct ctx *cx, struct identity *id, struct str person, int *left) MUST_CHECK;

#endif
