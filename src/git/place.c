#include "git/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

enum rc place_read(const char *path, bool follow, size_t max, struct buf *b)
{
    /* O_NONBLOCK: a FIFO with that name must not hold us up. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));
    if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? E_NOTFOUND : errno == ELOOP ? E_INVALID : E_IO;
    struct stat st;
    enum rc rc = OK;
    if (fstat(fd, &st) < 0)
        rc = E_IO;
    else if (!S_ISREG(st.st_mode))
        rc = E_INVALID;
    else if ((uint64_t)st.st_size > max)
        rc = E_LIMIT;
    size_t before = b->n;
    if (rc == OK && !file_read_all(fd, b)) rc = E_IO;
    (void)close(fd);
    if (rc == OK && (b->failed || b->n - before > max)) rc = E_LIMIT; /* it grew meanwhile */
    return rc;
}

static bool is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_readable_dir(const char *path)
{
    return access(path, R_OK | X_OK) == 0;
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static const char *join(struct arena *a, const char *dir, struct str name)
{
    if (name.n && name.p[0] == '/') return arena_cstr(a, name);
    return arena_printf(a, "%s/" STR_FMT, strcmp(dir, "/") == 0 ? "" : dir, STR_ARG(name)).p;
}

/* The absolute path without links, or NULL. */
static char *real(struct arena *a, const char *path)
{
    char *p = realpath(path, NULL);
    char *copy = p ? arena_cstr(a, str_from(p)) : NULL;
    free(p);
    return copy;
}

static struct str one_line(struct str s)
{
    while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r')) s.n--;
    return s;
}

/* Where refs and objects are: named by `commondir` in the git folder of a linked worktree. */
static const char *common_dir(struct arena *a, const char *git_dir)
{
    scoped_buf b;
    buf_init(&b, 0);
    if (place_read(join(a, git_dir, STR("commondir")), false, LIMIT_PATH, &b) != OK) return git_dir;
    struct str name = one_line(buf_view(&b));
    if (name.n == 0 || memchr(name.p, '\0', name.n)) return git_dir;
    return join(a, git_dir, arena_str(a, name));
}

/* Fills *out when git_dir has what every git folder has. */
static bool take_git_dir(struct arena *a, const char *git_dir, struct place *out)
{
    if (!exists(join(a, git_dir, STR("HEAD")))) return false;
    const char *common = common_dir(a, git_dir);
    if (!is_dir(join(a, common, STR("refs")))) return false;
    out->objects = real(a, join(a, common, STR("objects")));
    if (!out->objects || !is_dir(out->objects)) return false;
    out->git_dir = real(a, git_dir);
    out->common_dir = real(a, common);
    return out->git_dir && out->common_dir;
}

/* Follows a `.git` file: "gitdir: PATH". */
static enum rc take_git_file(struct ctx *cx, struct arena *a, const char *dir, const char *file, struct place *out)
{
    scoped_buf b;
    buf_init(&b, 0);
    enum rc rc = place_read(file, true, LIMIT_PATH + 16, &b);
    struct str s = one_line(buf_view(&b));
    if (rc != OK || !str_starts(s, STR("gitdir: ")) || s.n == 8 || memchr(s.p, '\0', s.n))
        return fail(cx, rc == E_IO ? E_IO : E_CORRUPT, "%s is no folder and no file with a \"gitdir: PATH\" line",
                    str_visible(cx, str_from(file)));
    const char *git_dir = join(a, dir, arena_str(a, str_slice(s, 8, s.n)));
    if (!take_git_dir(a, git_dir, out))
        return fail(cx, E_CORRUPT, "%s points to %s, which is not a repository (moved or removed?)",
                    str_visible(cx, str_from(file)), str_visible(cx, str_from(git_dir)));
    return OK;
}

/* Looks in one folder. E_NOTFOUND (without a text): go on with its parent. */
static enum rc look_in(struct ctx *cx, struct arena *a, char *dir, struct place *out)
{
    const char *dot_git = join(a, dir, STR(".git"));
    struct stat st;
    if (stat(dot_git, &st) == 0) {
        if (!S_ISDIR(st.st_mode)) {
            TRY(take_git_file(cx, a, dir, dot_git, out));
            out->work_tree = dir;
            return OK;
        }
        if (take_git_dir(a, dot_git, out)) {
            out->work_tree = dir;
            return OK;
        }
        if (!is_readable_dir(dot_git))
            return fail(cx, E_IO, "%s cannot be read: permission denied", str_visible(cx, str_from(dot_git)));
        if (is_dir(join(a, dot_git, STR("objects"))) && is_dir(join(a, dot_git, STR("refs"))))
            return fail(cx, E_CORRUPT, "the repository in %s has no HEAD", str_visible(cx, str_from(dir)));
    } else if (errno == EACCES) {
        return fail(cx, E_IO, "%s cannot be read: permission denied", str_visible(cx, str_from(dir)));
    }
    return take_git_dir(a, dir, out) ? OK : E_NOTFOUND;
}

enum rc place_find(struct ctx *cx, struct arena *keep, const char *path, struct place *out)
{
    *out = (struct place){0};
    const char *shown = str_visible(cx, str_from(path));
    char *dir = real(keep, path);
    if (!dir && errno == EACCES) return fail(cx, E_IO, "%s cannot be read: permission denied", shown);
    if (!dir) return fail(cx, E_NOTFOUND, "%s does not exist", shown);
    if (!is_dir(dir)) {
        if (!str_ends(str_from(dir), STR("/.git")))
            return fail(cx, E_NOTFOUND, "%s is a file, not a repository", shown);
        dir[strlen(dir) - 5] = '\0';
        if (!*dir) dir = arena_cstr(keep, STR("/"));
    }
    for (char *at = dir;;) {
        enum rc rc = look_in(cx, keep, at, out);
        if (rc == OK && !is_readable_dir(out->objects))
            return fail(cx, E_IO, "%s cannot be read: permission denied", str_visible(cx, str_from(out->objects)));
        if (rc != E_NOTFOUND) return rc;
        if (strcmp(at, "/") == 0) break;
        at = arena_cstr(keep, str_from(at));
        char *slash = strrchr(at, '/');
        slash[slash == at] = '\0';
    }
    return fail(cx, E_NOTFOUND,
                "%s is not a git repository: neither it nor a folder above it has a .git, and it is no bare one",
                shown);
}
