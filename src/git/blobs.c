#include <stdlib.h>

#include "git/batch.h"

struct git_blobs {
    struct batch batch;
};

enum rc git_blobs_open(struct ctx *cx, struct git *g, struct git_blobs **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out) return fail(cx, E_IO, "no memory");
    batch_init(&(*out)->batch, g);
    return OK;
}

enum rc git_blobs_read(struct ctx *cx, struct git_blobs *b, const struct str *oids, size_t n, int64_t max_size,
                       enum rc (*each)(void *arg, size_t i, struct str content, bool missing), void *arg)
{
    batch_begin(&b->batch, oids, n, BATCH_WHOLE, max_size > 0 ? (uint64_t)max_size : 0);
    for (size_t i = 0; i < n; i++) {
        struct batch_item item;
        TRY(batch_next(cx, &b->batch, &item));
        bool missing = item.type == OBJECT_MISSING;
        TRY(each(arg, i, item.type == OBJECT_BLOB ? item.content : STR_NONE, missing));
    }
    return OK;
}

void git_blobs_close(struct git_blobs *b)
{
    if (!b) return;
    batch_release(&b->batch);
    free(b);
}
