/* The tree of a folder of tiles, proven from its root down: no hash is given out before the tile above it vouched for
 * it. */
#ifndef SINETTI_LEDGER_VERIFY_TILES_H
#define SINETTI_LEDGER_VERIFY_TILES_H

#include "ledger/source.h"

struct proven_tile {
    bool is_there;
    uint64_t index;
    struct hash hashes[TILE_WIDTH];
};

struct proven_tree {
    struct ctx *cx;
    const struct source *source;
    uint64_t size;
    struct proven_tile edge[TILE_LEVELS],
        last[TILE_LEVELS]; /* the partial tile of each level, and the full one used last */
};

/* Reads the right edge, whose root must be `root`. */
enum rc proven_tree_init(struct ctx *cx, const struct source *source, uint64_t size, const struct hash *root,
                         struct proven_tree *out) MUST_CHECK;
/* Borrowed until the next call for that level. */
enum rc proven_tree_tile(struct proven_tree *t, int level, uint64_t index, const struct hash **out) MUST_CHECK;
struct merkle_nodes proven_tree_nodes(struct proven_tree *t);

#endif
