#include <stdlib.h>

#include "base/limits.h"
#include "git/batch.h"
#include "git/child.h"
#include "git/oid.h"
#include "git/records.h"

#define CHUNK 4096 /* entries whose sizes are asked for together: `ls-tree -l` asks one by one, and dies at a missing blob */

struct chunk {
    struct git_entry entries[CHUNK];
    struct str names[CHUNK]; /* of the blobs */
    bool is_blob[CHUNK];
    size_t path_at[CHUNK];
    size_t n, n_names;
    struct buf text;
};

static void add(struct chunk *c, struct git_entry e, bool is_blob, struct str path, struct str oid)
{
    c->path_at[c->n] = c->text.n;
    buf_str(&c->text, oid);
    buf_str(&c->text, path);
    e.path.n = path.n;
    c->is_blob[c->n] = is_blob;
    c->entries[c->n++] = e;
}

static enum rc give(struct ctx *cx, struct git *g, struct batch *b, struct chunk *c,
                    enum rc (*each)(void *arg, const struct git_entry *e), void *arg)
{
    TRY(buf_ok(&c->text));
    c->n_names = 0;
    for (size_t i = 0; i < c->n; i++) {
        const char *text = c->text.p + c->path_at[i];
        c->entries[i].oid = (struct str){text, g->hex};
        c->entries[i].path.p = text + g->hex;
        if (c->is_blob[i]) c->names[c->n_names++] = c->entries[i].oid;
    }
    batch_begin(b, c->names, c->n_names, BATCH_INFO, 0);
    for (size_t i = 0; i < c->n; i++) {
        struct batch_item item = {.size = -1};
        if (c->is_blob[i]) TRY(batch_next(cx, b, &item));
        c->entries[i].size = item.size;
        TRY(each(arg, &c->entries[i]));
    }
    c->n = 0;
    buf_clear(&c->text);
    return OK;
}

static enum rc read_entries(struct ctx *cx, struct git *g, struct reader *r, struct chunk *c, struct batch *b,
                            enum rc (*each)(void *arg, const struct git_entry *e), void *arg)
{
    struct str record;
    bool cut;
    for (size_t n = 0; reader_until(r, '\0', &record, &cut); n++) {
        struct str path = record, meta;
        struct git_entry e = {0};
        bool is_blob;
        if (n == LIMIT_GIT_ENTRIES) return fail(cx, E_LIMIT, "the tree has over %d files", LIMIT_GIT_ENTRIES);
        if (!str_cut(&path, '\t', &meta) || !record_entry(meta, g->hex, &e, &is_blob))
            return fail(cx, E_INTERNAL, "git ls-tree printed something unknown");
        if (cut || path.n > LIMIT_PATH) continue; /* no system could check it out */
        add(c, e, is_blob, path, e.oid);
        if (c->n == CHUNK) TRY(give(cx, g, b, c, each, arg));
    }
    return give(cx, g, b, c, each, arg);
}

enum rc git_tree(struct ctx *cx, struct git *g, struct str commit, enum rc (*each)(void *arg, const struct git_entry *e),
                 void *arg)
{
    if (!oid_is(commit, g->hex)) return fail(cx, E_INVALID, "a tree is named by a whole object id");
    const char *oid = arena_cstr(&cx->arena, commit);
    const char *const argv[] = {"ls-tree", "-r", "-z", "--full-tree", oid, NULL};
    struct chunk *chunk = malloc(sizeof *chunk);
    if (!chunk) return fail(cx, E_IO, "no memory for the tree");
    chunk->n = chunk->n_names = 0;
    buf_init(&chunk->text, CHUNK * (LIMIT_PATH + 64));
    struct child c = CHILD_NONE;
    struct reader r = {0};
    struct batch b;
    batch_init(&b, g);
    enum rc rc = child_start(cx, g, argv, CHILD_NO_INPUT, &c);
    if (rc == OK) {
        reader_init(&r, c.out);
        rc = read_entries(cx, g, &r, chunk, &b, each, arg);
    }
    int code = 0;
    if (rc == OK && !child_finish(&c, &code))
        rc = fail(cx, code == 127 ? E_IO : E_CORRUPT, "the tree of %s cannot be read whole: %s", oid,
                  child_complaint(cx, &c));
    child_kill(&c);
    reader_release(&r);
    batch_release(&b);
    buf_release(&chunk->text);
    free(chunk);
    return rc;
}
