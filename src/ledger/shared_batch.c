/* What a transaction adds, kept as the arrays it is sent in: a header, then each element behind its length. */
#include "ledger/shared.h"

#include "ledger/shared_arrays.h"

#include "base/limits.h"

static void put32(char *out, uint32_t v)
{
    for (int i = 0; i < 4; i++) out[i] = (char)(v >> (24 - 8 * i));
}

static void begin(struct buf *b)
{
    static const char nothing[SHARED_ARRAY_HEADER];
    if (b->cap > LIMIT_SHARED_KEPT) buf_release(b);
    if (!b->p) buf_init(b, LIMIT_SHARED_BATCH);
    buf_clear(b);
    buf_add(b, nothing, sizeof nothing);
}

static void add(struct buf *b, const void *p, size_t n)
{
    char length[4];
    put32(length, (uint32_t)n);
    buf_add(b, length, sizeof length);
    buf_add(b, p, n);
}

static void add_int(struct buf *b, uint64_t v)
{
    char bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (char)(v >> (56 - 8 * i));
    add(b, bytes, sizeof bytes);
}

struct str shared_array(const struct buf *b, unsigned type, size_t n)
{
    put32(b->p, n ? 1 : 0); /* dimensions; of none at all there is nothing more */
    put32(b->p + 4, 0);     /* no NULLs */
    put32(b->p + 8, type);
    put32(b->p + 12, (uint32_t)n);
    put32(b->p + 16, 1); /* the first has number 1 */
    return n ? buf_view(b) : (struct str){b->p, 12};
}

#define EACH(b)                                                                                                        \
    {                                                                                                                  \
        &(b)->leaves, &(b)->salts, &(b)->bodies, &(b)->request_numbers, &(b)->request_ids, &(b)->request_facts,        \
            &(b)->erased                                                                                               \
    }

void shared_batch_init(struct shared_batch *b)
{
    *b = (struct shared_batch){0};
    buf_init(&b->note, LIMIT_NOTE);
    shared_batch_clear(b);
}

void shared_batch_release(struct shared_batch *b)
{
    struct buf *all[] = EACH(b);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_release(all[i]);
    buf_release(&b->note);
}

void shared_batch_clear(struct shared_batch *b)
{
    struct buf *all[] = EACH(b);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) begin(all[i]);
    buf_clear(&b->note);
    b->n = (struct shared_mark){.leaf_bytes = b->leaves.n, .salt_bytes = b->salts.n, .body_bytes = b->bodies.n};
}

void shared_batch_cut(struct shared_batch *b, const struct shared_mark *to)
{
    b->leaves.n = to->leaf_bytes;
    b->salts.n = to->salt_bytes;
    b->bodies.n = to->body_bytes;
    b->request_numbers.n = b->request_facts.n = SHARED_ARRAY_HEADER + 12 * to->requests;
    b->request_ids.n = SHARED_ARRAY_HEADER + 36 * to->requests;
    b->erased.n = SHARED_ARRAY_HEADER + 12 * to->erasures;
    struct buf *all[] = EACH(b);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) all[i]->failed = false;
    b->n = *to;
}

bool shared_batch_is_empty(const struct shared_batch *b)
{
    return !b->n.facts && !b->n.requests && !b->n.erasures && !b->n.has_note;
}

size_t shared_batch_bytes(const struct shared_batch *b)
{
    return b->leaves.n + b->salts.n + b->bodies.n;
}

static enum rc enough(struct ctx *cx, const struct shared_batch *b)
{
    const struct buf *all[] = EACH(b);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]->failed)
            return fail(cx, E_LIMIT, "more than %llu bytes of facts in one request", LIMIT_SHARED_BATCH);
    return OK;
}

enum rc shared_batch_fact(struct ctx *cx, struct shared_batch *b, struct str leaf, const uint8_t salt[SALT_SIZE],
                          struct str body)
{
    add(&b->leaves, leaf.p, leaf.n);
    add(&b->salts, salt, SALT_SIZE);
    add(&b->bodies, body.p, body.n);
    b->n.facts++;
    b->n.leaf_bytes = b->leaves.n;
    b->n.salt_bytes = b->salts.n;
    b->n.body_bytes = b->bodies.n;
    return enough(cx, b);
}

enum rc shared_batch_request(struct ctx *cx, struct shared_batch *b, const uint8_t id[32], uint64_t n, uint64_t facts)
{
    add_int(&b->request_numbers, n);
    add(&b->request_ids, id, 32);
    add_int(&b->request_facts, facts);
    b->n.requests++;
    return enough(cx, b);
}

enum rc shared_batch_erasure(struct ctx *cx, struct shared_batch *b, uint64_t n)
{
    add_int(&b->erased, n);
    b->n.erasures++;
    return enough(cx, b);
}

enum rc shared_batch_note(struct ctx *cx, struct shared_batch *b, uint64_t size, bool handover, struct str note)
{
    buf_clear(&b->note);
    buf_str(&b->note, note);
    if (buf_ok(&b->note) != OK) return fail(cx, E_LIMIT, "a note over %llu bytes", LIMIT_NOTE);
    b->note_size = size;
    b->note_handover = handover;
    b->n.has_note = true;
    return OK;
}
