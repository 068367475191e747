/* Verifying a ledger from its folder of tiles and a key, with nothing else of the machine that wrote it
 * (docs/formats/ledger.md, section 9). What is read is believed only as far as it is proven: the checkpoint by its
 * signature, each tile by the tile above it, each entry by its tile, each body by its leaf, each key by a handover.
 * Each file is read once and as it comes; memory is bounded whatever the ledger's size: two tiles a level, one bundle
 * of entries, one body, two bits a fact of which LIMIT_FATES are in memory. One thread at a time. */
#ifndef SINETTI_LEDGER_VERIFY_H
#define SINETTI_LEDGER_VERIFY_H

#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/reader.h"

/* A head that was kept from before: the ledger must still begin with it. */
struct verify_held {
    const char *name; /* where it is from, for messages */
    struct checkpoint head;
};

struct verify_options {
    struct reader reader;
    struct note_key key;              /* NOTE_ED25519 */
    const struct note_key *witnesses; /* NOTE_COSIGNATURE */
    size_t n_witnesses;
    const struct verify_held *held; /* each must be found again */
    size_t n_held;
};

/* A `rotation` or, as a seam, a `restored` fact with its handover. */
struct verify_handover {
    uint64_t n; /* the fact; the handover is of size n + 1 */
    int64_t at;
    bool is_seam;
    bool is_gap;     /* `old` is not the key that was handed over to before: nothing says how it came to be */
    bool is_trusted; /* `old` was the key trusted so far, so `new` is from then on */
    struct note_key old, new;
    uint64_t lost_from, lost_to; /* of a seam */
};

struct verify_witness {
    const struct note_key *key;
    bool has_cosigned;
    int64_t time; /* Unix seconds */
};

/* A kind of thing that was not looked at: how often, and where first. */
struct verify_unseen {
    uint64_t n;
    struct str first; /* a file, or empty */
    uint64_t first_fact;
};

/* What is known. When it does not verify: what was known by then, and what is wrong where. */
struct verified {
    struct checkpoint head; /* origin is "" until the checkpoint is read */
    uint64_t facts;         /* that were found to be right so far */
    int64_t first_at, last_at;
    uint64_t bodies, erased, not_handed_over; /* together: facts */
    uint64_t still_there;                     /* of the bodies: an erasure says they are gone, but they are here */
    struct verify_unseen no_bundle;           /* body bundles that are missing or may not be read */
    struct verify_unseen unread;              /* rotations and seams without a body */
    struct verify_handover *handovers;        /* the first LIMIT_HANDOVERS */
    size_t n_handovers;
    uint64_t all_handovers;
    struct note_key key; /* the one trusted at the end */
    struct verify_witness *witnesses;
    struct str bad_file; /* STR_NONE when nothing is wrong */
    int64_t bad_fact;    /* -1: no single fact */
};

/* OK: it verifies. E_CORRUPT: it does not, and the message begins with the file and fact that is wrong, the first there
 * is. Others: it could not be read to the end. `out` is filled in every case; its parts live in the arena. */
enum rc verify_ledger(struct ctx *cx, const struct verify_options *o, struct verified *out) MUST_CHECK;

#endif
