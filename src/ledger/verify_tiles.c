/* Tiles of hashes: each is proven by the one above it before anything below it is judged. */
#include "ledger/verify_run.h"

#include <assert.h>
#include <inttypes.h>

struct str tiles_path(struct run *r, struct tile t)
{
    scoped_buf path;
    buf_init(&path, 100);
    tile_path_put(&path, t);
    return arena_str(&r->scratch.arena, buf_view(&path));
}

enum rc tiles_read(struct run *r, struct tile t, struct buf *into, struct str *path, unsigned *width)
{
    *path = tiles_path(r, t);
    *width = t.width;
    enum rc rc = reader_whole(&r->scratch, &r->o->reader, *path, into);
    if (rc == E_NOTFOUND && t.width < TILE_WIDTH) {
        struct str full = tiles_path(r, (struct tile){t.level, t.index, TILE_WIDTH});
        if (reader_whole(&r->scratch, &r->o->reader, full, into) == OK) {
            *path = full;
            *width = TILE_WIDTH;
            return OK;
        }
        (void)fail(&r->scratch, E_NOTFOUND, "missing");
    }
    return rc == OK ? OK : run_unread(r, rc, *path);
}

static enum rc load(struct run *r, int level, uint64_t index, struct proven_tile *out)
{
    struct tile t = {level, index, tile_width(level, index, r->size)};
    struct str path;
    unsigned width;
    TRY(tiles_read(r, t, &r->file, &path, &width));
    if (r->file.n != (size_t)width * 32)
        return run_wrong(r, path, -1, "%zu bytes; a tile of %u hashes has %u", r->file.n, width, width * 32);
    memcpy(out->hashes, r->file.p, (size_t)t.width * 32);
    out->tile = t;
    out->is_loaded = true;
    return OK;
}

/* A complete subtree, in the tile of its level that `arg` holds. */
static enum rc node_in(void *arg, unsigned height, uint64_t index, struct hash *out)
{
    const struct proven_tile *tiles = arg, *t = &tiles[height / 8];
    unsigned within = height % 8;
    uint64_t first = t->tile.index << (8 - within);
    assert(t->is_loaded && index >= first && (index - first + 1) << within <= t->tile.width);
    tile_node(t->hashes, within, (unsigned)(index - first), out);
    return OK;
}

static void root_in(struct proven_tile *tiles, uint64_t size, struct hash *out)
{
    struct merkle_nodes nodes = {node_in, tiles};
    (void)!merkle_root_of(&nodes, size, out);
}

void tiles_root(struct run *r, uint64_t size, struct hash *out)
{
    /* the right edge at that size runs through the present path: to its left all tiles are complete */
    root_in(r->path, size, out);
}

enum rc tiles_prove_edge(struct run *r)
{
    scoped_buf names;
    struct str top = STR("checkpoint");
    struct hash root;
    buf_init(&names, 0);
    for (int level = TILE_LEVELS - 1; level >= 0; level--) {
        uint64_t hashes = r->size >> 8 * level;
        if (hashes % TILE_WIDTH == 0) continue; /* nothing, or all of it is under a tile above */
        TRY(load(r, level, hashes / TILE_WIDTH, &r->edge[level]));
        struct str path = tiles_path(r, r->edge[level].tile);
        if (!names.n) top = path;
        buf_printf(&names, "%s" STR_FMT, names.n ? ", " : "", STR_ARG(path));
    }
    root_in(r->edge, r->size, &root);
    if (hash_eq(&root, &r->out->head.root)) return OK;
    return names.n ? run_wrong(r, top, -1, "the root that checkpoint says does not come of " STR_FMT,
                               STR_ARG(buf_view(&names)))
                   : run_wrong(r, top, -1, "its root is not that of an empty ledger");
}

static enum rc prove(struct run *r, int level, uint64_t index)
{
    struct proven_tile *t = &r->path[level];
    if (r->edge[level].is_loaded && r->edge[level].tile.index == index) {
        *t = r->edge[level];
        return OK;
    }
    t->is_loaded = false; /* until it is proven */
    TRY(load(r, level, index, t));
    struct hash root;
    merkle_root(t->hashes, TILE_WIDTH, &root);
    const struct proven_tile *above = &r->path[level + 1];
    assert(t->tile.width == TILE_WIDTH && above->is_loaded && above->tile.index == index / TILE_WIDTH);
    if (hash_eq(&root, &above->hashes[index % TILE_WIDTH])) return OK;
    return run_wrong(r, tiles_path(r, t->tile), -1, "does not hash to what " STR_FMT " holds as its number %" PRIu64,
                     STR_ARG(tiles_path(r, above->tile)), index % TILE_WIDTH);
}

enum rc tiles_prove_path(struct run *r, uint64_t index)
{
    for (int level = TILE_LEVELS - 1; level >= 0; level--) {
        uint64_t i = index >> 8 * level;
        if (tile_width(level, i, r->size) == 0) continue;
        if (!r->path[level].is_loaded || r->path[level].tile.index != i) TRY(prove(r, level, i));
    }
    return OK;
}
