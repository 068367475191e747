/* The log's head and its signer brought together: signed heads and handovers are kept in the log's tables, beside the
 * entries they are of. Per-ctx. */
#ifndef SINETTI_LEDGER_HEADS_H
#define SINETTI_LEDGER_HEADS_H

#include "ledger/log.h"
#include "ledger/log_reader.h"
#include "ledger/signer.h"

/* Signs the reader's head (refresh it before) and keeps it as the newest. The note is added to `note`. */
enum rc head_sign(struct ctx *cx, struct log *l, struct log_reader *r, struct signer *s, struct buf *note) MUST_CHECK;

/* The newest signed head, in the arena; E_NOTFOUND when none was signed yet. */
enum rc head_newest(struct ctx *cx, struct log_reader *r, struct str *note) MUST_CHECK;

/* Keeps what witnesses said of the newest head: `cosigned` is its `note` with other lines of theirs. E_CONFLICT when
 * the newest head is another by now. */
enum rc head_cosign(struct ctx *cx, struct log *l, struct str note, struct str cosigned) MUST_CHECK;

/* Replaces the ledger's key: fact, handover, new key. `by` is the fact's body without subject, kind and payload, which
 * are made here. Done again after a crash, it goes on where it was. */
enum rc head_rotate(struct ctx *cx, struct log *l, struct log_reader *r, struct signer *s, const struct body *by,
                    struct str reason, struct note_key *out) MUST_CHECK;

/* After an older copy was put in place (log_restore()): does nothing when the log still goes on from what was signed
 * (*seam is false). Else starts the next origin: a `restored` fact with the old head and the range that was lost, and
 * the handover. Done again after a crash, it goes on where it was. E_DENIED when it is no older copy but another
 * history. */
struct head_seam {
    bool seam;
    uint64_t lost_from, lost_to;
    struct str origin; /* in the arena */
};
enum rc head_restore(struct ctx *cx, struct log *l, struct log_reader *r, struct signer *s, const struct body *by,
                     struct str reason, struct head_seam *out) MUST_CHECK;

/* The proof of fact n under the newest signed head, as C2SP's text. `with_body`: the body is shown, if it is there. */
enum rc head_prove(struct ctx *cx, struct log_reader *r, uint64_t n, bool with_body, struct buf *out) MUST_CHECK;

#endif
