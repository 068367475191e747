/* C2SP tlog-proof, and what is in its `extra` when it is about a fact (docs/formats/ledger.md, section 4). Pure. */
#ifndef SINETTI_LEDGER_PROOF_H
#define SINETTI_LEDGER_PROOF_H

#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "ledger/note.h"

struct proof {
    struct str extra; /* decoded; STR_NONE when there is none */
    uint64_t index;
    size_t n;
    struct hash hashes[MERKLE_PROOF];
    struct str note; /* the signed checkpoint, as it stands */
};

/* `out` borrows from the text, `extra` from the arena. Nothing is verified. */
enum rc proof_read(struct ctx *cx, struct str text, struct proof *out) MUST_CHECK;
void proof_put(struct buf *out, const struct proof *p);

/* A fact's `extra`: its leaf, and salt and body or STR_NONE. */
void proof_extra_put(struct buf *out, struct str leaf, const uint8_t salt[SALT_SIZE], struct str body);

/* What a verified proof of a fact says. */
struct proven {
    struct leaf leaf;
    bool has_body;
    struct body body;
    struct checkpoint head;
};

/* All steps of section 4 under the key of the ledger; E_DENIED or E_INVALID names the one that failed. */
enum rc proof_verify(struct ctx *cx, const struct proof *p, const struct note_key *key, struct proven *out) MUST_CHECK;

#endif
