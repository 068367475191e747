/* C2SP tlog-checkpoint: the text of a tree's head, and the names of ledgers. Pure. */
#ifndef SINETTI_LEDGER_CHECKPOINT_H
#define SINETTI_LEDGER_CHECKPOINT_H

#include "base/ctx.h"
#include "ledger/merkle.h"

struct checkpoint {
    struct str origin;
    uint64_t size; /* below 2^63 */
    struct hash root;
    struct str extensions; /* further lines; a ledger of ours has none */
};

/* The text of a note (without its signatures). `out` borrows from it. */
enum rc checkpoint_read(struct ctx *cx, struct str text, struct checkpoint *out) MUST_CHECK;
/* Without extensions. */
void checkpoint_put(struct buf *out, const struct checkpoint *c);

/* Whether a ledger of ours may be called so. */
bool origin_is_valid(struct str origin);
/* The name an origin had before any restoring, and how often it was restored plus one: "x/3" is x and 3. */
struct str origin_base(struct str origin, uint64_t *generation);

/* A decimal without sign or leading zeros, below 2^63. */
bool size_read(struct str s, uint64_t *out);

#endif
