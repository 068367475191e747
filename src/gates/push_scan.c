#include "gates/push_scan.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/limits.h"
#include "git/changes.h"
#include "git/oid.h"
#include "observe/classify.h"
#include "scan/scan.h"

#define COMMITS_MOST (64U << 20) /* bytes of ids of new commits */
#define SCAN_BATCH 256

struct blob {
    struct str oid, old, path;
    uint32_t mode;
    size_t ref;
};

struct sweep {
    struct ctx *cx;
    struct push *push;
    struct scanner *scanner;
    struct blob *blobs;
    size_t n, cap;
    /* of the blob at hand */
    char (*before)[33];
    size_t n_before;
};

/* New commits, those of each ref apart, in the order of the refs: a commit belongs to the first that brings it. */
static enum rc list_commits(struct ctx *cx, const struct git *g, const struct push *p, struct str **oids, size_t *n)
{
    static const char *const argv[] = {"rev-list", "--no-merges", "--stdin", "--not", "--all", NULL};
    scoped_buf input, out;
    int code;
    const char *why;
    buf_init(&input, COMMITS_MOST);
    buf_init(&out, COMMITS_MOST);
    for (size_t i = 0; i < p->n; i++)
        if (!oid_is_zero(p->refs[i].after)) buf_printf(&input, STR_FMT "\n", STR_ARG(p->refs[i].after));
    *n = 0;
    if (!input.n) return OK;
    TRY(hosted_run(cx, g, argv, buf_view(&input), &out, &code, &why));
    if (code != 0) return fail(cx, E_CORRUPT, "what was pushed cannot be followed: %s", why);
    struct str rest = arena_str(&cx->arena, buf_view(&out)), line;
    *oids = arena_array(&cx->arena, struct str, rest.n / 41 + 1);
    while (str_cut(&rest, '\n', &line))
        if (oid_is(line, 40)) (*oids)[(*n)++] = line;
    return OK;
}

static bool is_file(uint32_t mode)
{
    return (mode & 0170000) == 0100000;
}

static enum rc add_blob(struct sweep *s, const struct git_change *c)
{
    if (c->status == 'D' || !is_file(c->new_mode) || oid_is_zero(c->new_oid)) return OK;
    if (s->n == s->cap) {
        struct blob *more = arena_array(&s->cx->arena, struct blob, s->cap ? 2 * s->cap : 256);
        if (s->n) memcpy(more, s->blobs, s->n * sizeof *more);
        s->cap = s->cap ? 2 * s->cap : 256;
        s->blobs = more;
    }
    s->blobs[s->n++] = (struct blob){.oid = arena_str(&s->cx->arena, c->new_oid),
                                     .old = is_file(c->old_mode) ? arena_str(&s->cx->arena, c->old_oid) : STR_NONE,
                                     .path = arena_str(&s->cx->arena, c->path),
                                     .mode = c->new_mode};
    return OK;
}

static int by_oid(const void *a, const void *b)
{
    const struct blob *x = a, *y = b;
    int order = str_cmp(x->oid, y->oid);
    return order ? order : str_cmp(x->path, y->path);
}

/* A key or token that is told by its form or its checksum, where programs would read it. */
static bool is_secret(const struct scan_hit *h, const char *class)
{
    static const char *const aside[] = {"test", "doc", "data", "vendored", "generated"};
    for (size_t i = 0; i < sizeof aside / sizeof *aside; i++)
        if (strcmp(class, aside[i]) == 0) return false;
    return h->category == SCAN_SECRET && h->confidence != SCAN_CONTEXT && !h->allowed && strcmp(h->rule, "jwt") != 0;
}

static bool is_lfs(struct str content)
{
    return content.n < 1024 && str_starts(content, STR("version https://git-lfs.github.com/spec/"));
}

static bool was_before(const struct sweep *s, const char *value)
{
    for (size_t i = 0; i < s->n_before; i++)
        if (strcmp(s->before[i], value) == 0) return true;
    return false;
}

static enum rc scan_old(void *arg, size_t i, struct str content, bool missing)
{
    struct sweep *s = arg;
    const struct scan_hit *hits;
    size_t n = 0;
    (void)i;
    if (missing || !content.p) return OK;
    struct scan_input in = {.content = content, .path = STR(""), .class = "code"};
    enum rc rc = scan_bytes(s->scanner, &in, &hits, &n);
    for (size_t k = 0; (rc == OK || rc == E_LIMIT) && k < n && s->n_before < LIMIT_HITS_PER_BLOB; k++)
        if (hits[k].category == SCAN_SECRET) memcpy(s->before[s->n_before++], hits[k].same_value, 33);
    return OK;
}

struct found {
    struct sweep *s;
    const struct blob *blobs;
    struct git *g;
    struct git_blobs *old;
};

static enum rc scan_new(void *arg, size_t i, struct str content, bool missing)
{
    struct found *f = arg;
    struct sweep *s = f->s;
    const struct blob *b = &f->blobs[i];
    const struct scan_hit *hits;
    size_t n = 0;
    bool asked = false;
    if (missing || !content.p) return OK;
    struct classification is = classify(b->path, b->mode, str_slice(content, 0, 4096));
    if (is_lfs(content)) s->push->lfs = true;
    struct scan_input in = {b->path, content, is.class, is.language};
    enum rc rc = scan_bytes(s->scanner, &in, &hits, &n);
    if (rc != OK && rc != E_LIMIT) return rc;
    /* borrowed until the next scan, and an older version is about to be scanned */
    struct scan_hit *mine = arena_array(&s->cx->arena, struct scan_hit, n + 1);
    if (n) memcpy(mine, hits, n * sizeof *mine);
    s->n_before = 0;
    for (size_t k = 0; k < n; k++) {
        if (!is_secret(&mine[k], is.class)) continue;
        if (!asked && b->old.p && !oid_is_zero(b->old))
            TRY(git_blobs_read(s->cx, f->old, &b->old, 1, LIMIT_BLOB_SCAN, scan_old, s));
        asked = true;
        if (mine[k].same_value[0] && was_before(s, mine[k].same_value)) continue;
        s->push->secrets++;
        if (s->push->n_hits < PUSH_HITS)
            s->push->hits[s->push->n_hits++] =
                (struct push_hit){.path = b->path, .line = mine[k].line, .rule = mine[k].rule};
    }
    return OK;
}

static enum rc scan_blobs(struct ctx *cx, struct git *g, struct sweep *s)
{
    struct git_blobs *blobs = NULL, *old = NULL;
    enum rc rc = git_blobs_open(cx, g, &blobs);
    if (rc == OK) rc = git_blobs_open(cx, g, &old);
    struct str *oids = arena_array(&cx->arena, struct str, SCAN_BATCH);
    for (size_t from = 0; rc == OK && from < s->n; from += SCAN_BATCH) {
        size_t n = s->n - from < SCAN_BATCH ? s->n - from : SCAN_BATCH;
        for (size_t i = 0; i < n; i++) oids[i] = s->blobs[from + i].oid;
        struct found f = {s, s->blobs + from, g, old};
        rc = git_blobs_read(cx, blobs, oids, n, LIMIT_BLOB_SCAN, scan_new, &f);
    }
    git_blobs_close(blobs);
    git_blobs_close(old);
    return rc;
}

static enum rc list_blobs(struct ctx *cx, struct git *g, struct sweep *s, const struct str *oids, size_t n)
{
    struct changes c = {.input = -1, .child = CHILD_NONE};
    enum rc rc = changes_begin(cx, &c, g, oids, n);
    for (size_t i = 0; rc == OK && i < n; i++) {
        bool told;
        rc = changes_of(cx, &c, oids[i], &told);
        if (rc == OK && !told) rc = fail(cx, E_CORRUPT, "the files of commit %.12s cannot be read", oids[i].p);
        for (size_t k = 0; rc == OK && k < c.list.n; k++) rc = add_blob(s, &c.list.items[k]);
    }
    changes_release(&c);
    if (rc != OK || s->n == 0) return rc;
    qsort(s->blobs, s->n, sizeof *s->blobs, by_oid);
    size_t kept = 1;
    for (size_t i = 1; i < s->n; i++)
        if (!str_eq(s->blobs[i].oid, s->blobs[kept - 1].oid)) s->blobs[kept++] = s->blobs[i];
    s->n = kept;
    return OK;
}

enum rc push_scan(struct ctx *cx, struct git *g, struct push *p)
{
    struct str *oids = NULL;
    size_t n;
    uint8_t key[16];
    struct sweep s = {.cx = cx, .push = p};
    TRY(list_commits(cx, g, p, &oids, &n));
    if (n == 0) return OK;
    TRY(list_blobs(cx, g, &s, oids, n));
    randombytes_buf(key, sizeof key);
    s.scanner = scanner_new(key);
    s.before = (char(*)[33])arena_alloc(&cx->arena, LIMIT_HITS_PER_BLOB * 33);
    if (!s.scanner) return fail(cx, E_IO, "no memory for the scanner");
    enum rc rc = scan_blobs(cx, g, &s);
    scanner_free(s.scanner);
    return rc;
}
