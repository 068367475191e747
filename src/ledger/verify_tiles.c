#include "ledger/verify_tiles.h"

static enum rc read_tile(struct proven_tree *t, int level, uint64_t index, unsigned width, struct proven_tile *out)
{
    void *file;
    unsigned there;
    size_t got = 0, n = width * sizeof(struct hash);
    char more;
    struct tile tile = {level, index, width};
    out->is_there = false;
    TRY(source_open_tile(t->cx, t->source, tile, &file, &there));
    enum rc rc = t->source->read(t->cx, file, out->hashes, n, &got);
    size_t behind = 0;
    /* of a full tile that took the place of a partial one, the rest is none of this tree */
    if (rc == OK && got == n && there == width) rc = t->source->read(t->cx, file, &more, 1, &behind);
    t->source->close(file);
    if (rc == OK && (got != n || behind)) {
        char text[96];
        struct buf path = {.p = text, .cap = sizeof text, .max = sizeof text - 1};
        tile_path_put(&path, tile);
        rc = fail(t->cx, E_INVALID, "%s: not %zu bytes, as %u hashes have", text, n, width);
    }
    out->index = index;
    out->is_there = rc == OK;
    return rc;
}

enum rc proven_tree_init(struct ctx *cx, const struct source *source, uint64_t size, const struct hash *root,
                         struct proven_tree *out)
{
    struct frontier f;
    struct hash made;
    *out = (struct proven_tree){.cx = cx, .source = source, .size = size};
    frontier_init(&f);
    f.size = size;
    for (int level = 0; level < TILE_LEVELS && size >> 8 * level; level++) {
        uint64_t row = size >> 8 * level;
        unsigned width = (unsigned)(row % TILE_WIDTH), at = 0;
        if (!width) continue;
        TRY(read_tile(out, level, row / TILE_WIDTH, width, &out->edge[level]));
        for (int bit = 7; bit >= 0; bit--) {
            if (!(width >> bit & 1)) continue;
            merkle_root(out->edge[level].hashes + at, (size_t)1 << bit, &f.peaks[8 * level + bit]);
            at += 1U << bit;
        }
    }
    frontier_root(&f, &made);
    return hash_eq(&made, root)
               ? OK
               : fail(cx, E_DENIED, "the tiles at the tree's edge do not give the root that was signed");
}

enum rc proven_tree_tile(struct proven_tree *t, int level, uint64_t index, const struct hash **out)
{
    unsigned width = level < TILE_LEVELS ? tile_width(level, index, t->size) : 0;
    if (!width) return fail(t->cx, E_INTERNAL, "a tile past the end was asked for");
    struct proven_tile *tile = width < TILE_WIDTH ? &t->edge[level] : &t->last[level];
    *out = tile->hashes;
    if (tile->is_there && tile->index == index) return OK;
    const struct hash *above;
    struct hash made;
    TRY(proven_tree_tile(t, level + 1, index / TILE_WIDTH, &above));
    struct hash want = above[index % TILE_WIDTH];
    TRY(read_tile(t, level, index, width, tile));
    merkle_root(tile->hashes, TILE_WIDTH, &made);
    if (hash_eq(&made, &want)) return OK;
    tile->is_there = false;
    return fail(t->cx, E_DENIED, "tile %llu of level %d: not what the tile above it holds", (unsigned long long)index,
                level);
}

static enum rc get(void *arg, unsigned height, uint64_t index, struct hash *out)
{
    struct proven_tree *t = arg;
    unsigned level = height / 8, left = height % 8;
    const struct hash *hashes;
    uint64_t first = index << left;
    TRY(proven_tree_tile(t, (int)level, first / TILE_WIDTH, &hashes));
    merkle_root(hashes + first % TILE_WIDTH, (size_t)1 << left, out);
    return OK;
}

struct merkle_nodes proven_tree_nodes(struct proven_tree *t)
{
    return (struct merkle_nodes){get, t};
}
