#include "ledger/facts_seen.h"

#include "ledger/canonical.h"

#include <inttypes.h>

enum rc facts_seen_leaf(struct ctx *cx, struct facts_seen *s, struct str bytes, struct leaf *out)
{
    TRY(leaf_read(cx, bytes, out));
    if (out->n != s->n) return fail(cx, E_INVALID, "leaf: it is that of fact %" PRIu64, out->n);
    if (out->at < s->at) return fail(cx, E_INVALID, "leaf: its time is before that of the fact before it");
    s->n++;
    s->at = out->at;
    return OK;
}

static enum rc see_erasure(struct ctx *cx, struct facts_seen *s, const struct leaf *l, const struct body *b)
{
    int64_t n;
    if (!canonical_int(canonical_find(b->payload, "n"), &n) || n < 0 || (uint64_t)n >= l->n)
        return fail(cx, E_INVALID, "body: an erasure of no fact before it");
    if (!str_eq(b->subject, arena_printf(&cx->arena, "fact:%" PRId64, n)))
        return fail(cx, E_INVALID, "body: an erasure whose subject is another fact");
    return numbers_add(&s->erased, (uint64_t)n) ? OK : fail(cx, E_IO, "out of memory");
}

enum rc facts_seen_body(struct ctx *cx, struct facts_seen *s, const struct leaf *l, const uint8_t salt[SALT_SIZE],
                        struct str bytes, struct body *out)
{
    TRY(body_check(cx, l, salt, bytes, out));
    return str_eq(l->kind, STR("erasure")) ? see_erasure(cx, s, l, out) : OK;
}

void facts_seen_release(struct facts_seen *s)
{
    numbers_release(&s->erased);
}
