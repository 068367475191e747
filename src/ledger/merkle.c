#include "ledger/merkle.h"

#include "base/ctx.h"
#include "base/digest.h"

#include <assert.h>

bool hash_eq(const struct hash *a, const struct hash *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

void merkle_leaf(struct str entry, struct hash *out)
{
    struct digest d;
    digest_init(&d);
    digest_add(&d, (struct str){"\0", 1});
    digest_add(&d, entry);
    digest_final(&d, out->b);
}

void merkle_node(const struct hash *left, const struct hash *right, struct hash *out)
{
    struct digest d;
    char both[65] = {1};
    memcpy(both + 1, left->b, 32);
    memcpy(both + 33, right->b, 32);
    digest_init(&d);
    digest_add(&d, (struct str){both, sizeof both});
    digest_final(&d, out->b);
}

static void empty_root(struct hash *out)
{
    struct digest d;
    digest_init(&d);
    digest_final(&d, out->b);
}

void frontier_init(struct frontier *f)
{
    *f = (struct frontier){0};
}

void frontier_append(struct frontier *f, const struct hash *leaf, merkle_seen *seen, void *arg)
{
    struct hash h = *leaf;
    uint64_t index = f->size;
    unsigned height = 0;
    if (seen) seen(arg, 0, index, &h);
    for (; index & 1; index >>= 1, height++) {
        merkle_node(&f->peaks[height], &h, &h);
        if (seen) seen(arg, height + 1, index >> 1, &h);
    }
    assert(height < MERKLE_HEIGHT);
    f->peaks[height] = h;
    f->size++;
}

void frontier_root(const struct frontier *f, struct hash *out)
{
    bool first = true;
    empty_root(out);
    for (unsigned h = 0; h < MERKLE_HEIGHT; h++) {
        if (!(f->size >> h & 1)) continue;
        if (first)
            *out = f->peaks[h];
        else
            merkle_node(&f->peaks[h], out, out);
        first = false;
    }
}

void merkle_root(const struct hash *hashes, size_t n, struct hash *out)
{
    struct frontier f;
    frontier_init(&f);
    for (size_t i = 0; i < n; i++) frontier_append(&f, &hashes[i], NULL, NULL);
    frontier_root(&f, out);
}

/* The largest power of two below n > 1. */
static uint64_t split(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/* The root over entries [from, to), where `from` is a multiple of the power of two that to - from fits in. */
static enum rc range_root(const struct merkle_nodes *nodes, uint64_t from, uint64_t to, struct hash *out)
{
    /* complete subtrees from left to right, then folded from the right */
    struct hash peaks[MERKLE_HEIGHT + 1];
    size_t n = 0;
    while (from < to) {
        unsigned height = 63 - (unsigned)__builtin_clzll(to - from);
        TRY(nodes->get(nodes->arg, height, from >> height, &peaks[n++]));
        from += (uint64_t)1 << height;
    }
    if (n == 0) {
        empty_root(out);
        return OK;
    }
    *out = peaks[n - 1];
    for (size_t i = n - 1; i-- > 0;) merkle_node(&peaks[i], out, out);
    return OK;
}

enum rc merkle_root_of(const struct merkle_nodes *nodes, uint64_t size, struct hash *out)
{
    return size >> MERKLE_HEIGHT ? E_INVALID : range_root(nodes, 0, size, out);
}

static void reverse(struct hash *proof, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct hash h = proof[i];
        proof[i] = proof[n - 1 - i];
        proof[n - 1 - i] = h;
    }
}

enum rc merkle_inclusion(const struct merkle_nodes *nodes, uint64_t index, uint64_t size,
                         struct hash proof[MERKLE_PROOF], size_t *n)
{
    *n = 0;
    if (index >= size || size >> MERKLE_HEIGHT) return E_INVALID;
    /* from the root down, keeping the half that is left out; the proof goes the other way */
    for (uint64_t from = 0, to = size; to - from > 1;) {
        uint64_t middle = from + split(to - from);
        bool left = index < middle;
        TRY(range_root(nodes, left ? middle : from, left ? to : middle, &proof[(*n)++]));
        if (left)
            to = middle;
        else
            from = middle;
    }
    reverse(proof, *n);
    return OK;
}

enum rc merkle_consistency(const struct merkle_nodes *nodes, uint64_t old, uint64_t size,
                           struct hash proof[MERKLE_PROOF], size_t *n)
{
    *n = 0;
    if (old > size || size >> MERKLE_HEIGHT) return E_INVALID;
    if (old == size || old == 0) return OK;
    uint64_t from = 0, to = size;
    while (to != old) {
        uint64_t middle = from + split(to - from);
        bool left = old <= middle;
        TRY(range_root(nodes, left ? middle : from, left ? to : middle, &proof[(*n)++]));
        if (left)
            to = middle;
        else
            from = middle;
    }
    if (from > 0) TRY(range_root(nodes, from, to, &proof[(*n)++]));
    reverse(proof, *n);
    return OK;
}

bool merkle_verify_inclusion(uint64_t index, uint64_t size, const struct hash *leaf, const struct hash *proof, size_t n,
                             const struct hash *root)
{
    if (index >= size) return false;
    uint64_t node = index, last = size - 1;
    struct hash h = *leaf;
    for (size_t i = 0; i < n; i++) {
        if (last == 0) return false;
        if (node & 1 || node == last) {
            merkle_node(&proof[i], &h, &h);
            for (; !(node & 1) && node; node >>= 1) last >>= 1;
        } else
            merkle_node(&h, &proof[i], &h);
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_eq(&h, root);
}

bool merkle_verify_consistency(uint64_t old, uint64_t size, const struct hash *proof, size_t n,
                               const struct hash *old_root, const struct hash *root)
{
    if (old == 0 || old > size) return false;
    if (old == size) return n == 0 && hash_eq(old_root, root);
    uint64_t node = old - 1, last = size - 1;
    for (; node & 1; node >>= 1) last >>= 1;
    size_t i = 0;
    if (n == 0) return false;
    /* an old tree that is one complete subtree is its own first hash, and is left out of the proof */
    struct hash a = node ? proof[i++] : *old_root, b = a;
    for (; i < n; i++) {
        if (last == 0) return false;
        if (node & 1 || node == last) {
            merkle_node(&proof[i], &a, &a);
            merkle_node(&proof[i], &b, &b);
            for (; !(node & 1) && node; node >>= 1) last >>= 1;
        } else
            merkle_node(&b, &proof[i], &b);
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_eq(&a, old_root) && hash_eq(&b, root);
}
