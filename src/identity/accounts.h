/* Passwords, and the delays after wrong ones.
 *
 * A guess is counted before it is judged, so that many at once gain nothing. Counted are account and network together,
 * the network, the account from networks it does not know, and everything; delays double. A network or device the
 * account has been signed in from before has a count of its own, so that nobody else's guesses lock the owner out.
 * Accounts that do not exist are counted, answered and timed as those that do.
 *
 * Threads: as identity.h; hashing.h says how many hash at a time. */
#ifndef SINETTI_IDENTITY_ACCOUNTS_H
#define SINETTI_IDENTITY_ACCOUNTS_H

#include "identity/sessions.h"

#define PASSWORD_LEAST 12 /* characters */
#define PASSWORD_MOST 1024

struct account_attempt {
    struct str address; /* as typed */
    struct str network; /* http_request.peer */
    struct str device;  /* secret of the device cookie, or STR_NONE */
};
/* Whose account this is, if the password is right: E_DENIED (always with the same text), E_LIMIT with *wait seconds. */
enum rc identity_password_sign_in(struct ctx *cx, struct identity *id, const struct account_attempt *a,
                                  struct str password, struct str *person, int64_t *wait) MUST_CHECK;
/* After the last step: the account knows this network, and the device by the secret put into `device` from now on. */
enum rc identity_account_knows(struct ctx *cx, struct identity *id, struct str person, struct str network,
                               char device[SECRET_TEXT + 1]) MUST_CHECK;

/* Other secrets that can be guessed (codes of a second step, links): counted before they are judged. `what` is a word
 * and whose, such as "totp:person:…"; E_LIMIT with *wait. Right ones are taken back by identity_guess_right(). */
enum rc identity_guess(struct ctx *cx, struct identity *id, struct str what, struct str network,
                       int64_t *wait) MUST_CHECK;
enum rc identity_guess_right(struct ctx *cx, struct identity *id, struct str what, struct str network) MUST_CHECK;

/* Sets a password that is good enough. E_INVALID says why it is not. A `credential` fact says that it was set; all
 * sessions of the person but `but` end. */
enum rc identity_password_set(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                              struct str password, struct str but) MUST_CHECK;
/* Whether it is the present one of somebody signed in; counted as a guess. E_DENIED, E_LIMIT. */
enum rc identity_password_check(struct ctx *cx, struct identity *id, struct str person, struct str password,
                                struct str network, int64_t *wait) MUST_CHECK;
/* Whether the person has ever signed in: there is a password, a second factor or an account elsewhere. */
enum rc identity_account_used(struct ctx *cx, struct identity *id, struct str person, bool *out) MUST_CHECK;
enum rc identity_password_has(struct ctx *cx, struct identity *id, struct str person, bool *out) MUST_CHECK;

/* The language the person has chosen: "en", "fi". */
enum rc identity_language_set(struct ctx *cx, struct identity *id, struct str person, struct str lang) MUST_CHECK;

#endif
