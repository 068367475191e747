/* The server's own signature on source code: by the key that its signer keeps for that (ledger/signer.h), which stands
 * in a `source_key` fact before anything is signed by it. Commits get an SSH signature as git verifies it; statements
 * become DSSE envelopes.
 *
 * The signer is asked where it is: by DIR/signer.sock while a server runs, by $SINETTI_SIGNER, else in DIR.signer.
 *
 * Threads: per ctx. */
#ifndef SINETTI_GATES_SEAL_H
#define SINETTI_GATES_SEAL_H

#include "gates/gates.h"
#include "git/hosted.h"

#define SEAL_NAME "sinetti@localhost" /* who signs, in allowed_signers (ssh-keygen(1)) */

struct seal {
    const char *dir; /* the data folder's; the signer is asked anew for each signature, and waits for nobody's work */
    uint8_t public[32];
    char fingerprint[65]; /* as in the fact */
};
/* E_NOTFOUND, E_DENIED, E_BUSY: the signer cannot be had, and why. */
/* db: facts as they were lately; whether the key stands there already. */
enum rc seal_open(struct ctx *cx, struct facts *f, sqlite3 *db, const char *dir, struct seal *out) MUST_CHECK;
/* Another key takes this one's place; what was signed by the old one stays so. */
enum rc seal_replace(struct ctx *cx, struct facts *f, struct seal *s) MUST_CHECK;

/* For commit_draft.sign; arg: the seal. */
enum rc seal_commit(struct ctx *cx, void *arg, struct str commit, struct buf *armored) MUST_CHECK;
/* An envelope with this statement, one line of JSON. */
enum rc seal_statement(struct ctx *cx, struct seal *s, struct str statement, struct buf *envelope) MUST_CHECK;

/* The keys there are and were, one line of allowed_signers each, with the times they hold for. */
enum rc seal_lines(struct ctx *cx, sqlite3 *db, struct buf *out) MUST_CHECK;

#endif
