/* One comparison: the index with HEAD, or two commits. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "git/changes.h"
#include "git/oid.h"

#define EMPTY_TREE_SHA1 "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
#define EMPTY_TREE_SHA256 "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"

static const char *empty_tree(const struct git *g)
{
    return g->hex == OID_HEX_SHA256 ? EMPTY_TREE_SHA256 : EMPTY_TREE_SHA1;
}

static enum rc give(struct change_list *l, enum rc (*each)(void *arg, const struct git_change *c), void *arg)
{
    for (size_t i = 0; i < l->n; i++) TRY(each(arg, &l->items[i]));
    return OK;
}

static enum rc compare(struct ctx *cx, const struct git *g, const char *const *argv, const char *what,
                       enum rc (*each)(void *arg, const struct git_change *c), void *arg)
{
    struct child c;
    struct reader r = {0};
    struct change_list list = {.all = true};
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &c));
    reader_init(&r, c.out);
    enum rc rc = OK;
    bool good = true;
    /* A list is cut at a ceiling; the rest comes in further lists. */
    do {
        good = change_list_read(&list, &r, g->hex);
        rc = give(&list, each, arg);
    } while (rc == OK && good && list.full);
    int code = 0;
    if (rc == OK && (!child_finish(&c, &code) || !good))
        rc = fail(cx, code == 127 ? E_IO : E_CORRUPT, "%s cannot be compared: %s", what, child_complaint(cx, &c));
    child_kill(&c);
    reader_release(&r);
    change_list_release(&list);
    return rc;
}

/* Copies a regular file into the private folder. */
static enum rc copy_file(struct ctx *cx, struct git *g, int from_dir, const char *from, const char *name,
                         uint64_t *left)
{
    enum rc rc = OK;
    int in = openat(from_dir, from, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (in < 0) return errno == ENOENT ? E_NOTFOUND : fail(cx, E_IO, "the index cannot be read: %s", strerror(errno));
    int out = open(view_path(g, g->dir, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat st;
    if (out < 0 || fstat(in, &st) < 0 || !S_ISREG(st.st_mode))
        rc = fail(cx, E_IO, "the index cannot be copied: it is no regular file, or the temporary folder is full");
    else if ((uint64_t)st.st_size > *left)
        rc = fail(cx, E_LIMIT, "the index is over 512 MiB");
    while (rc == OK) {
        char chunk[64 * 1024];
        ssize_t n = read(in, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) break;
        if (n < 0 || write(out, chunk, (size_t)n) != n)
            rc = fail(cx, E_IO, "the index cannot be copied: %s", strerror(errno));
        else if ((uint64_t)n > *left)
            rc = fail(cx, E_LIMIT, "the index is over 512 MiB");
        else
            *left -= (uint64_t)n;
    }
    if (out >= 0) (void)close(out);
    (void)close(in);
    return rc;
}

static bool is_shared_index(struct str name, size_t hex)
{
    return str_starts(name, STR("sharedindex.")) && oid_is(str_slice(name, 12, name.n), hex);
}

/* A split index keeps most of itself in sharedindex.<id> files beside it. */
static enum rc copy_shared(struct ctx *cx, struct git *g, uint64_t *left)
{
    DIR *d = opendir(g->place.git_dir);
    enum rc rc = OK;
    g->n_shared_indexes = 0;
    for (const struct dirent *e; rc == OK && d && (e = readdir(d));) {
        if (!is_shared_index(str_from(e->d_name), g->hex) || g->n_shared_indexes == SHARED_INDEXES_MAX) continue;
        (void)snprintf(g->shared_indexes[g->n_shared_indexes++], sizeof *g->shared_indexes, "%.79s", e->d_name);
        rc = copy_file(cx, g, dirfd(d), e->d_name, e->d_name, left);
        if (rc == E_NOTFOUND) rc = OK; /* replaced meanwhile */
    }
    if (d) (void)closedir(d);
    return rc;
}

enum rc git_use_index(struct ctx *cx, struct git *g, const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return fail(cx, E_NOTFOUND, "%s is no index file", str_visible(cx, str_from(path)));
    g->index_path = arena_cstr(&g->arena, str_from(path));
    return OK;
}

enum rc git_staged(struct ctx *cx, struct git *g, enum rc (*each)(void *arg, const struct git_change *c), void *arg)
{
    uint64_t left = LIMIT_GIT_INDEX;
    enum rc rc = copy_file(cx, g, AT_FDCWD, g->index_path, "index", &left);
    if (rc == E_NOTFOUND) return OK; /* nothing was ever staged */
    TRY(rc);
    TRY(copy_shared(cx, g, &left));
    const char *head = g->head_oid.p ? arena_cstr(&g->arena, g->head_oid) : empty_tree(g);
    const char *const argv[] = {"diff-index", "--cached", GIT_RAW_DIFF, head, "--", NULL};
    return compare(cx, g, argv, "the index and HEAD", each, arg);
}

enum rc git_diff(struct ctx *cx, const struct git *g, struct str from, struct str to,
                 enum rc (*each)(void *arg, const struct git_change *c), void *arg)
{
    if (!from.p) from = str_from(empty_tree(g));
    if (!oid_is(from, g->hex) || !oid_is(to, g->hex))
        return fail(cx, E_INVALID, "commits are compared by whole object ids");
    const char *const argv[] = {"diff-tree", GIT_RAW_DIFF, arena_cstr(&cx->arena, from), arena_cstr(&cx->arena, to),
                                "--",        NULL};
    return compare(cx, g, argv, "the two commits", each, arg);
}
