/* How trust moves from key to key: rotations and restorings within a ledger that is being verified. */
#ifndef SINETTI_LEDGER_VERIFY_KEYS_H
#define SINETTI_LEDGER_VERIFY_KEYS_H

#include "ledger/leaf.h"
#include "ledger/verify.h"
#include "ledger/verify_tiles.h"

struct key_chain {
    struct note_key trusted; /* so far */
    struct handover *p;
    size_t n, cap;
};

/* The fact of leaf `l` changes the key: both keys must have signed the head right behind it. */
enum rc key_chain_see(struct ctx *cx, struct key_chain *k, struct proven_tree *tree, const struct leaf *l,
                      const struct body *b) MUST_CHECK;

#endif
