/* The tree of RFC 6962, section 2.1, over SHA-256: growing it, its root, proofs and their verification. Pure.
 * A tree is known by its complete subtrees: the node (height h, index i) covers entries [i·2^h, (i+1)·2^h). */
#ifndef SINETTI_LEDGER_MERKLE_H
#define SINETTI_LEDGER_MERKLE_H

#include "base/str.h"

struct hash {
    uint8_t b[32];
};

#define MERKLE_HEIGHT 63 /* sizes are below 2^63 */
#define MERKLE_PROOF 64  /* hashes in the longest proof */

bool hash_eq(const struct hash *a, const struct hash *b);
void merkle_leaf(struct str entry, struct hash *out);
void merkle_node(const struct hash *left, const struct hash *right, struct hash *out);

/* The right edge of a tree: peaks[h] is the complete subtree of height h when bit h of size is set. */
struct frontier {
    uint64_t size;
    struct hash peaks[MERKLE_HEIGHT];
};

/* Told of every subtree that becomes complete, lowest first; NULL when nobody wants to know. */
typedef void merkle_seen(void *arg, unsigned height, uint64_t index, const struct hash *hash);

void frontier_init(struct frontier *f);
void frontier_append(struct frontier *f, const struct hash *leaf, merkle_seen *seen, void *arg);
void frontier_root(const struct frontier *f, struct hash *out);

/* The root over n hashes taken as leaves' hashes: of a tile, or of a small tree. */
void merkle_root(const struct hash *hashes, size_t n, struct hash *out);

/* Where a maker of proofs finds complete subtrees of the tree it is about. */
struct merkle_nodes {
    enum rc (*get)(void *arg, unsigned height, uint64_t index, struct hash *out);
    void *arg;
};

/* The root of the first `size` entries, the proof that entry `index` is one of `size`, that the tree of `old` entries
 * is a prefix of that of `size`. *n hashes are written. Asking past the end is E_INVALID; else what `get` says. */
enum rc merkle_root_of(const struct merkle_nodes *nodes, uint64_t size, struct hash *out) MUST_CHECK;
enum rc merkle_inclusion(const struct merkle_nodes *nodes, uint64_t index, uint64_t size,
                         struct hash proof[MERKLE_PROOF], size_t *n) MUST_CHECK;
enum rc merkle_consistency(const struct merkle_nodes *nodes, uint64_t old, uint64_t size,
                           struct hash proof[MERKLE_PROOF], size_t *n) MUST_CHECK;

/* Whether the proof proves it (RFC 9162, sections 2.1.3.2 and 2.1.4.2). Every hash of it must be needed.
 * From the empty tree nothing can be proven, and nothing needs to be: old 0 is refused. */
bool merkle_verify_inclusion(uint64_t index, uint64_t size, const struct hash *leaf, const struct hash *proof, size_t n,
                             const struct hash *root);
bool merkle_verify_consistency(uint64_t old, uint64_t size, const struct hash *proof, size_t n,
                               const struct hash *old_root, const struct hash *root);

#endif
