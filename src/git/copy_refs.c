/* The repository's refs, loose and packed, become one list and one packed-refs file of ours. Links are never followed:
 * what a loose ref or HEAD says is taken only when it is well-formed and stays below refs/. Peeled ids are not copied;
 * objects tell the truth about themselves. */
#include "git/view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "git/refname.h"

#define SYMBOLIC_DEPTH 5 /* as git's SYMREF_MAXDEPTH */

struct list {
    struct ctx *cx;
    struct git *g;
    struct found {
        struct str name, oid;
        struct str symbolic; /* instead of oid */
        bool loose;
    } * items;
    size_t n, cap;
};

static enum rc add(struct list *l, struct found f)
{
    if (l->n == LIMIT_GIT_REFS) return fail(l->cx, E_LIMIT, "the repository has over %d refs", LIMIT_GIT_REFS);
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 1024;
        struct found *p = realloc(l->items, cap * sizeof *p);
        if (!p) return fail(l->cx, E_IO, "no memory for the repository's refs");
        l->items = p;
        l->cap = cap;
    }
    l->items[l->n++] = f;
    return OK;
}

static enum rc read_packed(struct list *l)
{
    struct git *g = l->g;
    scoped_buf b;
    buf_init(&b, LIMIT_GIT_REFS_FILE + 1);
    enum rc rc = place_read(view_path(g, g->place.common_dir, "packed-refs"), false, LIMIT_GIT_REFS_FILE, &b);
    if (rc == E_NOTFOUND) return OK;
    if (rc != OK)
        return fail(l->cx, rc, "packed-refs cannot be read: %s",
                    rc == E_INVALID ? "it is a link or no regular file; name the repository it belongs to"
                    : rc == E_LIMIT ? "it is over 64 MiB"
                                    : "permission denied, or the disk failed");
    struct str rest = buf_view(&b);
    struct packed_ref p;
    size_t skipped = 0;
    while (packed_refs_next(&rest, g->hex, &p, &skipped)) {
        struct found f = {.name = arena_str(&g->arena, p.name), .oid = arena_str(&g->arena, p.oid)};
        TRY(add(l, f));
    }
    return OK;
}

/* Old symbolic refs are links; they count when they point below refs/ by name. */
static bool read_link(int dir, const char *file, struct buf *content)
{
    char target[LIMIT_PATH + 1];
    ssize_t n = readlinkat(dir, file, target, sizeof target - 1);
    if (n <= 0) return false;
    buf_cstr(content, "ref: ");
    buf_add(content, target, (size_t)n);
    return true;
}

/* false: it holds nothing that could be a ref. errno EACCES: who knows. */
static bool read_loose(int dir, const char *file, struct buf *content)
{
    if (read_link(dir, file, content)) return true;
    int fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    char text[LIMIT_PATH + 64];
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (fd >= 0) (void)close(fd);
    if (fd >= 0) errno = 0;
    if (n <= 0 || (size_t)n == sizeof text) return false;
    buf_add(content, text, (size_t)n);
    return true;
}

/* Passed over, it would change what is judged without a word. */
static enum rc unreadable(struct list *l, struct str name)
{
    return fail(l->cx, E_IO, "%s cannot be read: permission denied", str_visible(l->cx, name));
}

static enum rc take_loose(struct list *l, int dir, const char *file, struct str name)
{
    if (!refname_is_valid(name)) return OK;
    scoped_buf b;
    buf_init(&b, 0);
    struct str value;
    if (!read_loose(dir, file, &b)) return errno == EACCES ? unreadable(l, name) : OK;
    enum loose_kind kind = loose_ref_parse(buf_view(&b), l->g->hex, &value);
    if (kind == LOOSE_BAD) return OK;
    struct found f = {.name = arena_str(&l->g->arena, name), .loose = true};
    *(kind == LOOSE_OID ? &f.oid : &f.symbolic) = arena_str(&l->g->arena, value);
    return add(l, f);
}

/* Takes over dir. */
static enum rc walk(struct list *l, int dir, struct str prefix,
                    int depth) // NOLINT(misc-no-recursion): bounded by depth
{
    DIR *d = fdopendir(dir);
    if (!d) {
        (void)close(dir);
        return OK;
    }
    enum rc rc = OK;
    size_t seen = 0;
    for (const struct dirent *e; rc == OK && (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        if (++seen > LIMIT_GIT_REFS) {
            rc = fail(l->cx, E_LIMIT, "the repository has over %d refs", LIMIT_GIT_REFS);
            break;
        }
        scoped_buf name;
        buf_init(&name, LIMIT_PATH);
        buf_str(&name, prefix);
        buf_cstr(&name, e->d_name);
        if (name.failed) continue;
        int sub = e->d_type == DT_DIR || e->d_type == DT_UNKNOWN
                      ? openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                      : -1;
        if (sub < 0 && errno == EACCES && e->d_type == DT_DIR) {
            rc = unreadable(l, buf_view(&name));
        } else if (sub < 0) {
            rc = take_loose(l, dirfd(d), e->d_name, buf_view(&name));
        } else if (depth == LIMIT_GIT_REFS_DEPTH) {
            (void)close(sub);
        } else {
            buf_char(&name, '/');
            rc = walk(l, sub, buf_view(&name), depth + 1);
        }
    }
    (void)closedir(d);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int c = str_cmp(x->name, y->name);
    return c ? c : (int)y->loose - (int)x->loose; /* the loose one counts */
}

static const struct found *find(const struct list *l, struct str name)
{
    size_t from = 0, to = l->n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        int c = str_cmp(l->items[mid].name, name);
        if (c == 0) return &l->items[mid];
        if (c < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return NULL;
}

static struct str resolve(const struct list *l, const struct found *f)
{
    for (int i = 0; f && !f->oid.p && i < SYMBOLIC_DEPTH; i++) f = find(l, f->symbolic);
    return f ? f->oid : STR_NONE;
}

/* Sorts, drops packed refs that are loose too, resolves symbolic ones and keeps the result in the handle. */
static enum rc keep(struct list *l)
{
    struct git *g = l->g;
    size_t n = 0;
    if (l->n) qsort(l->items, l->n, sizeof *l->items, by_name);
    for (size_t i = 0; i < l->n; i++)
        if (n == 0 || !str_eq(l->items[n - 1].name, l->items[i].name)) l->items[n++] = l->items[i];
    l->n = n;
    struct view_ref *refs = arena_array(&g->arena, struct view_ref, n + 1);
    scoped_buf b;
    buf_init(&b, 2 * LIMIT_GIT_REFS_FILE);
    buf_cstr(&b, "# pack-refs with: sorted \n");
    for (size_t i = 0; i < n; i++) {
        struct str oid = resolve(l, &l->items[i]);
        if (!oid.p) continue;
        refs[g->n_refs++] = (struct view_ref){l->items[i].name, oid};
        buf_str(&b, oid);
        buf_char(&b, ' ');
        buf_str(&b, l->items[i].name);
        buf_char(&b, '\n');
    }
    g->refs = refs;
    if (b.failed) return fail(l->cx, E_LIMIT, "the repository's refs take over 128 MiB");
    return view_write(l->cx, g, "packed-refs", buf_view(&b));
}

struct str view_ref_get(const struct git *g, struct str name)
{
    size_t from = 0, to = g->n_refs;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        int c = str_cmp(g->refs[mid].name, name);
        if (c == 0) return g->refs[mid].oid;
        if (c < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return STR_NONE;
}

static enum rc copy_head(struct ctx *cx, struct git *g)
{
    scoped_buf b;
    buf_init(&b, 0);
    struct str value;
    int dir = open(g->place.git_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool read = dir >= 0 && read_loose(dir, "HEAD", &b);
    if (dir >= 0) (void)close(dir);
    if (!read) return fail(cx, E_IO, "HEAD of the repository cannot be read");
    switch (loose_ref_parse(buf_view(&b), g->hex, &value)) {
    case LOOSE_BAD:
        return fail(cx, E_CORRUPT, "HEAD is neither an object id nor \"ref: refs/…\": %s",
                    str_visible(cx, buf_view(&b)));
    case LOOSE_OID:
        g->head_oid = arena_str(&g->arena, value);
        break;
    case LOOSE_SYMBOLIC:
        g->facts.head_ref = arena_str(&g->arena, value);
        g->head_oid = view_ref_get(g, g->facts.head_ref);
        break;
    }
    scoped_buf head;
    buf_init(&head, 0);
    if (g->facts.head_ref.p) buf_cstr(&head, "ref: ");
    buf_str(&head, value);
    buf_char(&head, '\n');
    return view_write(cx, g, "HEAD", buf_view(&head));
}

enum rc view_copy_refs(struct ctx *cx, struct git *g)
{
    struct list l = {.cx = cx, .g = g};
    int dir = open(view_path(g, g->place.common_dir, "refs"), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0)
        return fail(cx, errno == ENOTDIR || errno == ELOOP ? E_INVALID : E_IO,
                    "the repository's refs cannot be read: %s",
                    errno == ENOTDIR || errno == ELOOP ? "the folder is a link; name the repository it belongs to"
                                                       : strerror(errno));
    enum rc rc = walk(&l, dir, STR("refs/"), 0);
    if (rc == OK) rc = read_packed(&l);
    if (rc == OK) rc = keep(&l);
    free(l.items);
    TRY(rc);
    return copy_head(cx, g);
}
