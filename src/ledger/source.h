/* Where the files of a folder of tiles come from (docs/formats/ledger.md, section 5): a folder on disk here; anything
 * that can open and read elsewhere. Per-ctx. */
#ifndef SINETTI_LEDGER_SOURCE_H
#define SINETTI_LEDGER_SOURCE_H

#include "base/ctx.h"
#include "ledger/tile.h"

struct source {
    void *arg;
    /* E_NOTFOUND when there is no such file. Paths are relative, of tile_path_put() or fixed: never ".." */
    enum rc (*open)(struct ctx *cx, void *arg, const char *path, void **file);
    /* Up to n bytes; *got is less only at the end. */
    enum rc (*read)(struct ctx *cx, void *file, void *to, size_t n, size_t *got);
    void (*close)(void *file);
};

/* The folder `dir`, which must outlive the source. */
enum rc source_folder(struct ctx *cx, const char *dir, struct source *out) MUST_CHECK;
void source_release(struct source *s);

/* A whole file of at most `max` bytes; E_LIMIT when it is longer. */
enum rc source_file(struct ctx *cx, const struct source *s, const char *path, size_t max, struct buf *out) MUST_CHECK;
/* The file of a tile; a partial one that is gone is looked for as the full one that took its place. *width is what is
 * there. */
enum rc source_open_tile(struct ctx *cx, const struct source *s, struct tile t, void **file,
                         unsigned *width) MUST_CHECK;

#endif
