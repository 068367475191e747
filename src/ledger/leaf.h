/* Bodies and leaves of facts (docs/formats/ledger.md, sections 2 and 3). Pure. */
#ifndef SINETTI_LEDGER_LEAF_H
#define SINETTI_LEDGER_LEAF_H

#include "base/ctx.h"
#include "base/limits.h"
#include "ledger/tile.h"

struct body {
    struct str actor, credential, kind, subject, via;
    struct str payload; /* canonical JSON, an object */
};

struct leaf {
    uint64_t n;
    int64_t at; /* microseconds since 1970, UTC */
    struct str kind;
    uint8_t digest[32];
};

/* The canonical spelling of a body. Its fields are checked; `payload` is any JSON object and is read strictly. */
enum rc body_write(struct ctx *cx, const struct body *b, struct buf *out) MUST_CHECK;
/* From its bytes, which must be canonical; fields live in the arena or borrow. E_INVALID says what is wrong. */
enum rc body_read(struct ctx *cx, struct str bytes, struct body *out) MUST_CHECK;

void body_digest(const uint8_t salt[SALT_SIZE], struct str body, uint8_t out[32]);

/* Salt and body against their leaf: E_DENIED when they are not what was recorded, E_INVALID when this is no proper body
 * or one of another kind. */
enum rc body_check(struct ctx *cx, const struct leaf *l, const uint8_t salt[SALT_SIZE], struct str bytes,
                   struct body *out) MUST_CHECK;

/* The bytes of a leaf; returns their length. */
size_t leaf_write(const struct leaf *l, char out[LIMIT_LEAF]);
/* Only the one spelling of a proper leaf; E_INVALID for anything else. */
enum rc leaf_read(struct ctx *cx, struct str bytes, struct leaf *out) MUST_CHECK;

bool kind_is_valid(struct str kind);

#endif
