/* What the files of this room share among themselves. */
#ifndef SINETTI_IDENTITY_IDENTITY_INT_H
#define SINETTI_IDENTITY_IDENTITY_INT_H

#include "base/digest.h"
#include "identity/hashing.h"
#include "identity/sessions.h"

#define DIGEST_SIZE 32 /* of SHA-256 */

struct identity {
    struct identity_options o;
    sqlite3_stmt *session, *token, *person; /* prepared when first needed */
};

/* --- secrets */

void secret_new(char out[SECRET_TEXT + 1]);
/* SHA-256 of a secret's text; false when it cannot be one. */
bool secret_hash(struct str text, uint8_t out[DIGEST_SIZE]);
/* Of any text, a word before it so that uses do not meet. */
void word_hash(const char *word, struct str text, uint8_t out[DIGEST_SIZE]);
struct str id_new(struct ctx *cx);
/* What stands in facts for a session or token. */
struct str fingerprint_of(struct ctx *cx, const char *word, struct str id);

/* --- state.db */

enum rc state_begin(struct ctx *cx, struct identity *id) MUST_CHECK;
/* Commits when rc is OK, else rolls back; returns what came of it. */
enum rc state_end(struct ctx *cx, struct identity *id, enum rc rc) MUST_CHECK;
enum rc state_prepare(struct ctx *cx, struct identity *id, const char *sql, sqlite3_stmt **out) MUST_CHECK;

/* while (next_row(cx, st, &rc)): rc is not OK behind it when reading failed. */
bool next_row(struct ctx *cx, sqlite3_stmt *st, enum rc *rc);

/* --- passwords and devices (accounts.c) */

struct password_ready {
    char hash[HASH_TEXT];
    bool had; /* the person has one now */
};
/* E_INVALID says why it is not good enough; `also`: what else of the person's it must not be made of. */
enum rc password_make(struct ctx *cx, struct identity *id, struct str person, const struct str *also, size_t n_also,
                      struct str password, struct password_ready *out) MUST_CHECK;
/* Within the caller's unit: it counts, links of the person are void, sessions but `but` end. */
enum rc password_put(struct ctx *cx, struct identity *id, struct str person, const struct password_ready *p,
                     struct str but) MUST_CHECK;
/* Whether the person has signed in from the browser with that device cookie (STR_NONE: it has none). */
enum rc device_is_known(struct ctx *cx, struct identity *id, struct str person, struct str device,
                        bool *out) MUST_CHECK;

/* --- facts: appended together, if `judge` (may be NULL) agrees within the unit */

struct change {
    struct facts_ready *ready;
    size_t n;
    enum rc (*judge)(struct ctx *cx, sqlite3 *db, void *arg);
    void *arg;
    uint64_t first; /* number of the first fact, when it is done */
};
enum rc change_make(struct ctx *cx, struct identity *id, const struct body *bodies, size_t n,
                    struct change *out) MUST_CHECK;
enum rc change_append(struct ctx *cx, struct identity *id, struct change *c) MUST_CHECK;
struct body change_body(const struct identity_actor *by, const char *kind, struct str subject, struct str payload);

#endif
