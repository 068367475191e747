/* What the ledger itself must know of the facts in it, whoever reads them: which bodies were erased, and rules that
 * hold from one leaf to the next. Used by fsck and by servers that share a log. Pure. */
#ifndef SINETTI_LEDGER_FACTS_SEEN_H
#define SINETTI_LEDGER_FACTS_SEEN_H

#include "ledger/leaf.h"
#include "ledger/numbers.h"

struct facts_seen {
    uint64_t n; /* the next number */
    int64_t at;
    struct numbers erased; /* named by erasure facts */
};

/* The next leaf: E_INVALID when it is not the spelling of one, not number n, or before the last in time. */
enum rc facts_seen_leaf(struct ctx *cx, struct facts_seen *s, struct str bytes, struct leaf *out) MUST_CHECK;
/* Its body: E_DENIED when it is not what was recorded, E_INVALID when it is no proper body. An erasure's target is
 * kept. */
enum rc facts_seen_body(struct ctx *cx, struct facts_seen *s, const struct leaf *l, const uint8_t salt[SALT_SIZE],
                        struct str bytes, struct body *out) MUST_CHECK;
void facts_seen_release(struct facts_seen *s);

#endif
