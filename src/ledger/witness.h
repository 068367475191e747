/* A witness of ledgers: it cosigns a head when that goes on from the last it cosigned of that ledger, and so proves to
 * others that they were shown the same history (C2SP tlog-witness and tlog-cosignature v1 with Ed25519).
 *
 * Its folder: `key`, the witness's name and seed, for its owner's eyes alone; for each ledger `seen-` and the SHA-256
 * of its origin: the last head it cosigned, with that cosignature, so that a file nobody but this witness can have
 * written is told from any other; `lock`. One process at a time, and in it one thread. A folder put back from an older
 * copy forgets what was cosigned since: it must not be, and nothing here could notice. Per-ctx. */
#ifndef SINETTI_LEDGER_WITNESS_H
#define SINETTI_LEDGER_WITNESS_H

#include "ledger/witness_wire.h"

struct witness;

/* Makes the folder, with a new key. E_CONFLICT when it exists. */
enum rc witness_create(struct ctx *cx, const char *dir, struct str name, struct note_key *out) MUST_CHECK;

/* `logs` is a text with a ledger's key a line; empty lines and those that begin with # are nothing. A key's name is the
 * origin it is good for; an origin may have several. E_NOTFOUND; E_DENIED when others could read the key; E_BUSY when
 * another process is this witness; E_INVALID for the text; E_CORRUPT when what it remembers of one of these ledgers is
 * not what it wrote. */
enum rc witness_open(struct ctx *cx, const char *dir, struct str logs, struct witness **out) MUST_CHECK;
void witness_close(struct witness *w);

const struct note_key *witness_key(const struct witness *w);

/* What HTTP says. The body lives in the ctx's arena; `why` is for the operator, empty with 200. */
struct witness_answer {
    int status;       /* 200, 400, 403, 404, 409, 422 */
    const char *type; /* of the body */
    struct str body;
    struct str origin; /* once its log's signature was found to be right; else empty */
    uint64_t size;
    const char *why;
};

/* Decides on the body of an add-checkpoint request. With 200 the new head is on the disk. `now` is Unix seconds. Not
 * OK: the folder failed it and nothing is cosigned. */
enum rc witness_add_checkpoint(struct ctx *cx, struct witness *w, struct str request, int64_t now,
                               struct witness_answer *out) MUST_CHECK;

/* The newest head that was cosigned of the ledger whose origin has this SHA-256 (lower-case hex), with the ledger's
 * signatures that were verified and our cosignature; 404 when there is none, or another than a ledger known here. Not
 * OK: what the folder holds of it is not what this witness wrote. */
enum rc witness_get_checkpoint(struct ctx *cx, const struct witness *w, struct str origin_hash,
                               struct witness_answer *out) MUST_CHECK;

#endif
