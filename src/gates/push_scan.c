#include "gates/push_scan.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/limits.h"
#include "git/batch.h"
#include "git/changes.h"
#include "git/oid.h"
#include "observe/classify.h"
#include "scan/scan.h"

#define COMMITS_MOST (64U << 20) /* bytes of ids of new commits */
#define SCAN_BATCH 256

#define MERGES_MOST (64U << 20)

struct blob {
    struct str oid, path;
    const struct str *old; /* what stood there before: of a merge, on each side */
    size_t n_old;
    uint32_t mode;
};

struct sweep {
    struct ctx *cx;
    struct push *push;
    struct scanner *scanner;
    struct blob *blobs;
    size_t n, cap;
    uint64_t bytes; /* unpacked */
    /* of the blob at hand */
    struct scan_input at_hand;
    char (*before)[33];
    size_t n_before;
    int64_t items_before;
};

struct commits {
    struct str *plain, *merges;
    size_t n_plain, n_merges;
};

/* The commits that no ref has yet: `ID PARENT…` a line. */
static enum rc list_commits(struct ctx *cx, const struct git *g, const struct push *p, struct commits *out)
{
    static const char *const argv[] = {"rev-list", "--parents", "--stdin", "--not", "--all", NULL};
    scoped_buf input, said;
    int code;
    const char *why;
    *out = (struct commits){0};
    buf_init(&input, COMMITS_MOST);
    buf_init(&said, COMMITS_MOST);
    for (size_t i = 0; i < p->n; i++)
        if (!oid_is_zero(p->refs[i].after)) buf_printf(&input, STR_FMT "\n", STR_ARG(p->refs[i].after));
    if (!input.n) return OK;
    TRY(hosted_run(cx, g, argv, buf_view(&input), &said, &code, &why));
    if (code != 0) return fail(cx, E_CORRUPT, "what was pushed cannot be followed: %s", why);
    struct str rest = arena_str(&cx->arena, buf_view(&said)), line, oid;
    out->plain = arena_array(&cx->arena, struct str, rest.n / 41 + 1);
    out->merges = arena_array(&cx->arena, struct str, rest.n / 41 + 1);
    while (str_cut(&rest, '\n', &line)) {
        bool merge = line.n > 82;
        oid = str_slice(line, 0, 40);
        if (!oid_is(oid, 40)) continue;
        if (merge)
            out->merges[out->n_merges++] = oid;
        else
            out->plain[out->n_plain++] = oid;
    }
    return OK;
}

static bool is_file(uint32_t mode)
{
    return (mode & 0170000) == 0100000;
}

static struct blob *next_blob(struct sweep *s)
{
    if (s->n == s->cap) {
        struct blob *more = arena_array(&s->cx->arena, struct blob, s->cap ? 2 * s->cap : 256);
        if (s->n) memcpy(more, s->blobs, s->n * sizeof *more);
        s->cap = s->cap ? 2 * s->cap : 256;
        s->blobs = more;
    }
    return &s->blobs[s->n++];
}

/* What was taken out of the history comes back by no name, and as no link. */
static void look_back(struct sweep *s, struct str oid, struct str path)
{
    struct push *p = s->push;
    if (p->back.p || !str_among(p->gone, p->n_gone, oid)) return;
    p->back = arena_str(&s->cx->arena, path);
}

/* A name that shows as another, or as nothing, is told by none who reviews it, nor by a file system that leaves out
 * what cannot be seen. What has such a name already keeps it. */
static void look_at_name(struct sweep *s, struct str path)
{
    uint32_t cp = 0;
    for (size_t at = 0, n; at < path.n && !s->push->odd.p; at += n ? n : 1) {
        n = str_char(path, at, &cp);
        if (n && char_is_deceptive(cp)) s->push->odd = arena_str(&s->cx->arena, path);
    }
}

static void add_blob(struct sweep *s, const struct git_change *c)
{
    if (c->status != 'D' && oid_is_zero(c->old_oid)) look_at_name(s, c->path);
    if (c->status != 'D') look_back(s, c->new_oid, c->path);
    if (c->status == 'D' || !is_file(c->new_mode) || oid_is_zero(c->new_oid)) return;
    struct str *old = arena_new(&s->cx->arena, struct str);
    *old = is_file(c->old_mode) ? arena_str(&s->cx->arena, c->old_oid) : STR_NONE;
    *next_blob(s) = (struct blob){.oid = arena_str(&s->cx->arena, c->new_oid),
                                  .path = arena_str(&s->cx->arena, c->path),
                                  .old = old,
                                  .n_old = old->p != NULL,
                                  .mode = c->new_mode};
}

/* What a merge has that none of its sides has, as `diff-tree -c` tells it: `::MODE… NEW_MODE OLD… NEW LETTERS`, a
 * colon, a mode and an id for each side. Borrowed. false: it is something else. */
static bool add_merged(struct sweep *s, struct str meta, struct str path)
{
    struct str word;
    size_t sides = 0;
    int64_t mode = 0;
    while (sides < meta.n && meta.p[sides] == ':') sides++;
    if (sides < 2) return false;
    meta = str_slice(meta, sides, meta.n);
    bool *files = arena_array(&s->cx->arena, bool, sides + 1);
    for (size_t i = 0; i <= sides; i++) {
        mode = 0;
        if (!str_cut(&meta, ' ', &word) || word.n != 6) return false;
        for (size_t k = 0; k < 6; k++) mode = mode * 8 + (word.p[k] - '0');
        files[i] = is_file((uint32_t)mode);
    }
    struct str *old = arena_array(&s->cx->arena, struct str, sides), new = STR_NONE;
    size_t n_old = 0;
    for (size_t i = 0; i <= sides; i++) {
        if (!str_cut(&meta, ' ', &word) || !oid_is(word, 40)) return false;
        if (i == sides)
            new = word;
        else if (files[i] && !oid_is_zero(word))
            old[n_old++] = word;
    }
    look_back(s, new, path);
    if (!n_old && !oid_is_zero(new)) look_at_name(s, path);
    if (files[sides] && !oid_is_zero(new))
        *next_blob(s) = (struct blob){.oid = new, .path = path, .old = old, .n_old = n_old, .mode = (uint32_t)mode};
    return true;
}

static enum rc list_merged(struct ctx *cx, struct git *g, struct sweep *s, const struct commits *c)
{
    static const char *const argv[] = {"diff-tree", "--stdin", "-c", GIT_RAW_DIFF, NULL};
    scoped_buf input, said;
    int code;
    const char *why;
    if (!c->n_merges) return OK;
    buf_init(&input, COMMITS_MOST);
    buf_init(&said, MERGES_MOST);
    for (size_t i = 0; i < c->n_merges; i++) buf_printf(&input, STR_FMT "\n", STR_ARG(c->merges[i]));
    TRY(hosted_run(cx, g, argv, buf_view(&input), &said, &code, &why));
    if (code != 0) return fail(cx, E_CORRUPT, "the files of a merge cannot be read: %s", why);
    struct str rest = arena_str(&cx->arena, buf_view(&said)), meta, path;
    while (str_cut(&rest, '\0', &meta) && meta.n) {
        if (oid_is(meta, 40)) continue;
        if (!str_cut(&rest, '\0', &path) || !add_merged(s, meta, path))
            return fail(cx, E_CORRUPT, "the files of a merge cannot be read");
    }
    return OK;
}

static int by_oid(const void *a, const void *b)
{
    const struct blob *x = a, *y = b;
    int order = str_cmp(x->oid, y->oid);
    if (!order) order = str_cmp(x->path, y->path);
    if (!order) order = (x->n_old > y->n_old) - (x->n_old < y->n_old); /* what it came from is part of what it is */
    for (size_t i = 0; !order && i < x->n_old; i++) order = str_cmp(x->old[i], y->old[i]);
    return order;
}

/* A key or token that is told by its form or its checksum, where programs would read it. */
static bool is_secret(const struct scan_hit *h, const char *class)
{
    static const char *const aside[] = {"test", "doc", "data", "vendored", "generated"};
    for (size_t i = 0; i < sizeof aside / sizeof *aside; i++)
        if (strcmp(class, aside[i]) == 0) return false;
    return h->category == SCAN_SECRET && h->confidence != SCAN_CONTEXT && !h->allowed && strcmp(h->rule, "jwt") != 0;
}

#define PERSONAL_LEAST 5 /* one may be an example */

/* Pieces of personal data whose check digit is right. */
static struct push_personal count_personal(const struct scan_hit *hits, size_t n)
{
    struct push_personal out = {0};
    int64_t most = 0;
    for (size_t i = 0; i < n; i++) {
        const struct scan_hit *h = &hits[i];
        if (h->category != SCAN_PERSONAL_DATA || h->confidence != SCAN_CHECKSUM || h->allowed) continue;
        out.items += h->count;
        if (!out.line || h->line < out.line) out.line = h->line;
        if (h->count > most) out.rule = h->rule;
        if (h->count > most) most = h->count;
    }
    return out;
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

static enum rc count_old(void *arg, size_t i, struct str content, bool missing)
{
    struct sweep *s = arg;
    const struct scan_hit *hits;
    size_t n = 0;
    (void)i;
    if (missing || !content.p) return OK;
    struct scan_input in = s->at_hand;
    in.content = content;
    enum rc rc = scan_bytes(s->scanner, &in, &hits, &n);
    if (rc != OK && rc != E_LIMIT) return rc;
    int64_t items = count_personal(hits, n).items;
    if (items > s->items_before) s->items_before = items;
    return OK;
}

/* In files of rows and records; elsewhere it is an example more often than not. */
static enum rc look_for_people(struct sweep *s, struct git_blobs *old, const struct blob *b,
                               const struct scan_hit *hits, size_t n)
{
    struct push_personal found = count_personal(hits, n);
    if (strcmp(s->at_hand.class, "data") != 0 || found.items < PERSONAL_LEAST) return OK;
    s->items_before = 0;
    if (b->n_old) TRY(git_blobs_read(s->cx, old, b->old, b->n_old, LIMIT_BLOB_SCAN, count_old, s));
    if (found.items <= s->items_before || s->push->n_personal == PUSH_HITS) return OK;
    found.path = b->path;
    s->push->personal[s->push->n_personal++] = found;
    return OK;
}

void push_put_personal(struct json *j, const struct push *p)
{
    json_key(j, "personal");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_personal; i++) {
        json_begin(j, '{');
        json_put_str(j, "path", p->personal[i].path);
        json_put_int(j, "line", p->personal[i].line);
        json_put_cstr(j, "rule", p->personal[i].rule);
        json_put_int(j, "items", p->personal[i].items);
        json_end(j, '}');
    }
    json_end(j, ']');
}

/* Not read: it is too large for that. */
static void weigh(struct sweep *s, const struct blob *b, int64_t size)
{
    if (size > 0) s->bytes += (uint64_t)size;
    if (size > (int64_t)LIMIT_PUSH_FILE && !s->push->large.p) s->push->large = b->path;
    if (s->bytes > LIMIT_PUSH_UNPACKED) s->push->too_much = true;
}

static enum rc scan_new(struct sweep *s, struct git_blobs *old, const struct blob *b, struct str content)
{
    const struct scan_hit *hits;
    size_t n = 0;
    bool asked = false;
    struct classification is = classify(b->path, b->mode, str_slice(content, 0, 4096));
    if (is_lfs(content)) s->push->lfs = true;
    struct scan_input in = {b->path, content, is.class, is.language};
    enum rc rc = scan_bytes(s->scanner, &in, &hits, &n);
    if (rc != OK && rc != E_LIMIT) return rc;
    /* borrowed until the next scan, and an older version is about to be scanned */
    struct scan_hit *mine = arena_array(&s->cx->arena, struct scan_hit, n + 1);
    if (n) memcpy(mine, hits, n * sizeof *mine);
    s->at_hand = in;
    TRY(look_for_people(s, old, b, mine, n));
    s->n_before = 0;
    for (size_t k = 0; k < n; k++) {
        if (!is_secret(&mine[k], is.class)) continue;
        if (!asked && b->n_old) TRY(git_blobs_read(s->cx, old, b->old, b->n_old, LIMIT_BLOB_SCAN, scan_old, s));
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
    struct batch new;
    struct git_blobs *old = NULL;
    batch_init(&new, g);
    enum rc rc = git_blobs_open(cx, g, &old);
    struct str *oids = arena_array(&cx->arena, struct str, s->n);
    for (size_t i = 0; i < s->n; i++) oids[i] = s->blobs[i].oid;
    if (rc == OK) batch_begin(&new, oids, s->n, BATCH_WHOLE, LIMIT_BLOB_SCAN);
    for (size_t i = 0; rc == OK && i < s->n && !s->push->too_much; i++) {
        struct batch_item item;
        rc = batch_next(cx, &new, &item);
        if (rc != OK || item.type != OBJECT_BLOB) continue;
        weigh(s, &s->blobs[i], item.size);
        if (item.content.p) rc = scan_new(s, old, &s->blobs[i], item.content);
    }
    batch_release(&new);
    git_blobs_close(old);
    return rc;
}

/* The same content in two places is looked at twice: what is aside in one (a test, a document) is read by programs in
 * the other. */
static enum rc list_blobs(struct ctx *cx, struct git *g, struct sweep *s, const struct str *oids, size_t n)
{
    struct changes c = {.input = -1, .child = CHILD_NONE};
    enum rc rc = changes_begin(cx, &c, g, oids, n);
    c.list.all = true; /* what git would not check out is read here all the same */
    for (size_t i = 0; rc == OK && i < n; i++) {
        bool told;
        rc = changes_of(cx, &c, oids[i], &told);
        if (rc == OK && !told) rc = fail(cx, E_CORRUPT, "the files of commit %.12s cannot be read", oids[i].p);
        if (rc == OK && c.list.full)
            rc = fail(cx, E_LIMIT, "commit %.12s changes more than %d files, which is more than is looked through here",
                      oids[i].p, LIMIT_GIT_CHANGES);
        for (size_t k = 0; rc == OK && k < c.list.n; k++) add_blob(s, &c.list.items[k]);
    }
    changes_release(&c);
    return rc;
}

static void drop_twins(struct sweep *s)
{
    if (s->n == 0) return;
    qsort(s->blobs, s->n, sizeof *s->blobs, by_oid);
    size_t kept = 1;
    for (size_t i = 1; i < s->n; i++)
        if (by_oid(&s->blobs[i], &s->blobs[kept - 1]) != 0) s->blobs[kept++] = s->blobs[i];
    s->n = kept;
}

enum rc push_scan(struct ctx *cx, struct git *g, struct push *p)
{
    struct commits commits;
    uint8_t key[16];
    struct sweep s = {.cx = cx, .push = p};
    TRY(list_commits(cx, g, p, &commits));
    if (commits.n_plain) TRY(list_blobs(cx, g, &s, commits.plain, commits.n_plain));
    TRY(list_merged(cx, g, &s, &commits));
    drop_twins(&s);
    if (s.n == 0) return OK;
    randombytes_buf(key, sizeof key);
    s.scanner = scanner_new(key);
    s.before = (char(*)[33])arena_alloc(&cx->arena, LIMIT_HITS_PER_BLOB * 33);
    if (!s.scanner) return fail(cx, E_IO, "no memory for the scanner");
    enum rc rc = scan_blobs(cx, g, &s);
    scanner_free(s.scanner);
    return rc;
}
