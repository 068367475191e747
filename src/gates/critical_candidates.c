/* New files of a change that look critical, as an assessment would say (observe/classify.h). */
#include "base/limits.h"
#include "gates/critical_int.h"
#include "git/oid.h"
#include "observe/classify.h"

#define FILES_MOST 500 /* looked into */
#define HEAD 65536

struct file {
    struct str path, oid;
    uint32_t mode;
};

struct candidates {
    struct ctx *cx;
    const struct push *push;
    size_t ref;
    struct file *files;
    size_t n_files;
    struct critical_candidate *out;
    size_t n;
};

static bool is_needed(const struct candidates *c, struct str path)
{
    for (size_t i = 0; i < c->push->n_needs; i++) {
        const struct critical_need *n = &c->push->needs[i];
        for (size_t k = 0; n->ref == c->ref && !n->general && k < n->n_paths; k++)
            if (str_eq(n->paths[k], path)) return true;
    }
    return false;
}

static enum rc take_new(void *arg, const struct git_change *change)
{
    struct candidates *c = arg;
    if (!oid_is_zero(change->old_oid) || (change->new_mode & 0170000) != 0100000 || c->n_files == FILES_MOST) return OK;
    const struct classification is = classify(change->path, change->new_mode, STR_NONE);
    if (strcmp(is.class, "code") != 0 || is_needed(c, change->path)) return OK;
    c->files[c->n_files++] = (struct file){arena_str(&c->cx->arena, change->path),
                                           arena_str(&c->cx->arena, change->new_oid), change->new_mode};
    return OK;
}

static enum rc look_into(void *arg, size_t i, struct str content, bool missing)
{
    struct candidates *c = arg;
    const struct file *f = &c->files[i];
    if (missing || !content.p || c->n == CRITICAL_CANDIDATES) return OK;
    const struct classification is = classify(f->path, f->mode, str_slice(content, 0, HEAD));
    if (is.critical_hint) c->out[c->n++] = (struct critical_candidate){f->path, is.critical_hint};
    return OK;
}

enum rc critical_candidates(struct ctx *cx, struct git *g, const struct push *p, size_t ref,
                            struct critical_candidate *out, size_t *n)
{
    struct candidates c = {cx, p, ref, arena_array(&cx->arena, struct file, FILES_MOST), 0, out, 0};
    const struct push_ref *r = &p->refs[ref];
    struct str *oids = arena_array(&cx->arena, struct str, FILES_MOST);
    struct git_blobs *blobs = NULL;
    *n = 0;
    TRY(paths_changed(cx, g, oid_is_zero(r->before) ? STR_NONE : r->before, r->after, take_new, &c));
    if (!c.n_files) return OK;
    for (size_t i = 0; i < c.n_files; i++) oids[i] = c.files[i].oid;
    enum rc rc = git_blobs_open(cx, g, &blobs);
    if (rc == OK) rc = git_blobs_read(cx, blobs, oids, c.n_files, LIMIT_BLOB_SCAN, look_into, &c);
    git_blobs_close(blobs);
    *n = c.n;
    return rc;
}
