/* C2SP tlog-tiles: names and widths of tiles, what is in bundles. Pure.
 * Kinds: hashes of a level (0 to 7), `entries`, and our `bodies`, which follow the rules of entries. */
#ifndef SINETTI_LEDGER_TILE_H
#define SINETTI_LEDGER_TILE_H

#include "base/ctx.h"
#include "ledger/merkle.h"

#define TILE_WIDTH 256
#define TILE_LEVELS 8
#define TILE_ENTRIES (-1)
#define TILE_BODIES (-2)
#define SALT_SIZE 16

struct tile {
    int level; /* or TILE_ENTRIES, TILE_BODIES */
    uint64_t index;
    unsigned width; /* 1 to 256 */
};

/* "tile/0/x001/234.p/7". */
void tile_path_put(struct buf *out, struct tile t);
/* The one spelling of a path; false for any other. */
bool tile_path_read(struct str path, struct tile *out);

/* How many hashes (or records) tile `index` has in a tree of `size`; 0: there is no such tile. */
unsigned tile_width(int level, uint64_t index, uint64_t size);
/* The number of tiles at that level that have anything. */
uint64_t tile_count(int level, uint64_t size);

/* The hash of the complete subtree of `height` (0 to 8) at `index` within a tile of hashes. */
void tile_node(const struct hash *hashes, unsigned height, unsigned index, struct hash *out);

/* One record of an entry bundle: at most LIMIT_LEAF bytes here, 65,535 in others' logs. false at the end and when
 * malformed: then *rest is not empty. */
void entry_put(struct buf *out, struct str leaf);
bool entry_next(struct str *rest, struct str *leaf);

/* One record of a body bundle; `body` is STR_NONE when it is not there. */
void body_record_put(struct buf *out, const uint8_t salt[SALT_SIZE], struct str body);
bool body_record_next(struct str *rest, const uint8_t **salt, struct str *body);
/* Length of what follows the first four bytes of a record; false when no record begins so. */
bool body_record_size(const uint8_t head[4], size_t *out);

#endif
