/* `sinetti verify`: whether a folder of tiles is a ledger's, as it was signed (docs/formats/ledger.md, section 9).
 * Needs nothing of the machine that wrote it; memory is bounded but for one number per erasure. Per-ctx. */
#ifndef SINETTI_LEDGER_VERIFY_H
#define SINETTI_LEDGER_VERIFY_H

#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/source.h"

#define VERIFY_WITNESSES 32

struct verify_ask {
    struct note_key key; /* the ledger's, now or at some time before */
    size_t n_witnesses;
    struct note_key witnesses[VERIFY_WITNESSES]; /* each must have cosigned */
};

/* One change of key: a rotation, or a restoring with its seam. */
struct handover {
    uint64_t n; /* of the fact */
    int64_t at;
    bool restored;
    struct str old_key, new_key; /* verifier keys, in the arena */
    uint64_t lost_from, lost_to; /* facts lost, of a restoring */
    bool followed;               /* it led from the key asked for to the one that signed */
};

struct verified {
    struct checkpoint head;
    int64_t first_at, last_at; /* microseconds; 0 when there are no facts */
    struct note_key signer;    /* whose signature the head carries */
    struct handover *handovers;
    size_t n_handovers;
    uint64_t not_shown; /* rotations and restorings whose body was not handed over */
    int64_t witness_times[VERIFY_WITNESSES];
    uint64_t bodies;      /* there, and as recorded */
    uint64_t erased;      /* not there, and an erasure says why */
    uint64_t not_given;   /* not there, and none does */
    uint64_t still_there; /* there although erased: an older copy */
};

/* OK: all that is there is as it was signed. Else the message names the first thing that is not: E_DENIED (not as
 * signed), E_NOTFOUND (a file is missing), E_INVALID (malformed), E_LIMIT, E_IO. `out` lives in the arena. */
enum rc verify(struct ctx *cx, const struct source *source, const struct verify_ask *ask,
               struct verified *out) MUST_CHECK;

/* What was found, in words, and what was not checked. */
void verified_put(struct buf *out, const struct verify_ask *ask, const struct verified *v);

#endif
