/* What a log and a witness say to each other (C2SP tlog-witness, add-checkpoint): the request's body, and the
 * cosignature in the answer. Pure. */
#ifndef SINETTI_LEDGER_WITNESS_WIRE_H
#define SINETTI_LEDGER_WITNESS_WIRE_H

#include "ledger/checkpoint.h"
#include "ledger/note.h"

#define WITNESS_PROOF 63 /* hashes in a request */
#define WITNESS_SIZE_TYPE "text/x.tlog.size"

struct witness_request {
    uint64_t old; /* the size that the witness is believed to have cosigned last */
    size_t n;
    struct hash proof[WITNESS_PROOF];
    struct str note; /* the checkpoint, signed */
};

/* E_INVALID with what is wrong; the note is not looked into. */
enum rc witness_request_read(struct ctx *cx, struct str body, struct witness_request *out) MUST_CHECK;
void witness_request_put(struct buf *out, const struct witness_request *r);

/* A body of type WITNESS_SIZE_TYPE. */
enum rc witness_size_read(struct ctx *cx, struct str body, uint64_t *out) MUST_CHECK;

/* Adds the signature lines of an answer to the note they were asked for: the witness's own, when it is its signature,
 * instead of those it had there; all others are left out. E_DENIED or E_NOTFOUND: it is not cosigned. */
enum rc witness_lines_add(struct ctx *cx, struct str note, struct str lines, const struct note_key *witness,
                          struct buf *out) MUST_CHECK;

#endif
