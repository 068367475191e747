#include "ledger/reader.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (64 * KIB)

static enum rc into_buf(void *arg, struct str piece)
{
    buf_str(arg, piece);
    return buf_ok(arg);
}

enum rc reader_whole(struct ctx *cx, const struct reader *r, struct str path, struct buf *out)
{
    buf_clear(out);
    enum rc rc = r->read(cx, r->arg, path, into_buf, out);
    return out->failed ? fail(cx, E_LIMIT, "%s: over %zu bytes", str_visible(cx, path), out->max) : rc;
}

enum rc reader_folder_open(struct ctx *cx, const char *path, struct reader_folder *out)
{
    out->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return out->fd >= 0 ? OK
                        : fail(cx, errno == ENOENT || errno == ENOTDIR ? E_NOTFOUND : E_IO, "%s: %s",
                               str_visible(cx, str_from(path)), strerror(errno));
}

void reader_folder_close(struct reader_folder *f)
{
    if (f->fd >= 0) close(f->fd);
    f->fd = -1;
}

static enum rc cannot(struct ctx *cx, struct str path, int number)
{
    enum rc rc = number == ENOENT ? E_NOTFOUND : number == EACCES || number == EPERM ? E_DENIED : E_IO;
    return fail(cx, rc, "%s: %s", str_visible(cx, path), strerror(number));
}

/* Why a part of a path cannot be entered, or be read as a file. */
static enum rc no_file(struct ctx *cx, struct str path, int parent, const char *name, int number)
{
    struct stat st;
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return cannot(cx, path, number);
    if (S_ISLNK(st.st_mode))
        return fail(cx, E_INVALID, "%s: a symbolic link, which is not followed", str_visible(cx, path));
    /* what stands where a folder was looked for is another file: the one asked for is not there */
    if (number == ENOTDIR) return cannot(cx, path, ENOENT);
    if (number == ENXIO) return fail(cx, E_INVALID, "%s: a socket, not a file", str_visible(cx, path));
    return cannot(cx, path, number);
}

/* Walks down one part at a time, so that no link leads elsewhere. */
static enum rc open_beneath(struct ctx *cx, int root, struct str path, int *out)
{
    struct str rest = path, part;
    int at = root;
    enum rc rc = OK;
    while (rc == OK && str_cut(&rest, '/', &part)) {
        bool last = !rest.p;
        char name[NAME_MAX + 1] = "";
        if (part.n > NAME_MAX) {
            rc = fail(cx, E_INVALID, "%s: no file has such a name", str_visible(cx, path));
            break;
        }
        memcpy(name, part.p, part.n);
        int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (last ? 0 : O_DIRECTORY));
        if (fd < 0) rc = no_file(cx, path, at, name, errno);
        if (at != root) close(at);
        at = fd;
    }
    *out = at;
    return rc;
}

static enum rc read_open(struct ctx *cx, int fd, struct str path, reader_take *take, void *take_arg)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return cannot(cx, path, errno);
    if (!S_ISREG(st.st_mode))
        return fail(cx, E_INVALID, "%s: %s, not a file", str_visible(cx, path),
                    S_ISDIR(st.st_mode) ? "a folder" : "a pipe or a device");
    char piece[PIECE];
    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot(cx, path, errno);
        if (n == 0) return OK;
        TRY(take(take_arg, (struct str){piece, (size_t)n}));
    }
}

static enum rc read_beneath(struct ctx *cx, void *arg, struct str path, reader_take *take, void *take_arg)
{
    const struct reader_folder *f = arg;
    int fd;
    TRY(open_beneath(cx, f->fd, path, &fd));
    enum rc rc = read_open(cx, fd, path, take, take_arg);
    close(fd);
    return rc;
}

struct reader reader_of_folder(struct reader_folder *f)
{
    return (struct reader){read_beneath, f};
}
