#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_read_all(int fd, struct buf *out)
{
    char block[16384];
    for (ssize_t n = 1; n != 0 && !out->failed;) {
        n = read(fd, block, sizeof block);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) buf_add(out, block, (size_t)n);
    }
    return true;
}

bool file_read_exactly(int fd, void *bytes, size_t n)
{
    for (char *p = bytes; n;) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

bool file_is_ordinary(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

bool file_write_all(int fd, struct str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return true;
}

static bool write_parts(int fd, const struct str *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!file_write_all(fd, parts[i])) return false;
    return true;
}

/* Closes in any case; errno is of what failed first. */
static bool write_and_close(int fd, const struct str *parts, size_t n)
{
    bool fine = write_parts(fd, parts, n);
    int failure = errno;
    if (close(fd) != 0 && fine) return false;
    errno = failure;
    return fine;
}

/* The descriptor behind /dev/stdout and the like, or -1. Opened by that name it would be another place in the same
 * file, and as a link in /dev it would be replaced itself. */
static int descriptor_of(const char *path)
{
    static const struct {
        const char *name;
        int fd; /* -1: its number follows */
    } names[] = {
        {"/dev/stdout", STDOUT_FILENO}, {"/dev/stderr", STDERR_FILENO}, {"/dev/fd/", -1}, {"/proc/self/fd/", -1}};
    int64_t number;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str rest = str_from(path), name = str_from(names[i].name);
        if (!str_starts(rest, name)) continue;
        rest = str_slice(rest, name.n, rest.n);
        if (names[i].fd >= 0 && rest.n == 0) return names[i].fd;
        if (names[i].fd < 0 && str_to_i64(rest, 0, INT_MAX, &number)) return (int)number;
    }
    return -1;
}

/* A new file gets the rights of the old one; root leaves it to its owner. */
static bool take_over(int fd, const struct stat *old)
{
    if (geteuid() == 0 && fchown(fd, old->st_uid, old->st_gid) != 0) return false;
    return fchmod(fd, old->st_mode & 0777) == 0;
}

static bool replace(struct ctx *cx, const char *path, const struct stat *old, unsigned mode, const struct str *parts,
                    size_t n)
{
    if (old && access(path, W_OK) != 0) return false; /* write-protected, though its folder is not */
    const char *slash = strrchr(path, '/');
    const char *beside =
        arena_printf(&cx->arena, "%.*s.sinetti-%ld.new", slash ? (int)(slash + 1 - path) : 0, path, (long)getpid()).p;
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0) return false;
    bool fine = !old || take_over(fd, old);
    if (!fine) (void)close(fd);
    if (fine && write_and_close(fd, parts, n) && rename(beside, path) == 0) return true;
    int failure = errno;
    unlink(beside);
    errno = failure;
    return false;
}

static bool open_and_write(const char *path, const struct str *parts, size_t n)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return fd >= 0 && write_and_close(fd, parts, n);
}

enum rc file_replace_parts(struct ctx *cx, const char *path, unsigned mode, const struct str *parts, size_t n)
{
    struct stat st;
    bool fine, there = stat(path, &st) == 0;
    int fd = descriptor_of(path);
    if (fd >= 0) {
        fine = write_parts(fd, parts, n);
    } else if (there && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        fine = open_and_write(path, parts, n);
    } else {
        char *target = there ? realpath(path, NULL) : NULL; /* a link stays one */
        fine = replace(cx, target ? target : path, there ? &st : NULL, mode, parts, n);
        int failure = errno;
        free(target);
        errno = failure;
    }
    return fine ? OK : fail(cx, E_IO, "%s: cannot write: %s", str_visible(cx, str_from(path)), strerror(errno));
}

enum rc file_replace(struct ctx *cx, const char *path, struct str bytes)
{
    return file_replace_parts(cx, path, 0666, &bytes, 1);
}

char *file_temporary(struct ctx *cx, const char *what)
{
    struct str dir = str_environment("TMPDIR"), name;
    if (!str_starts(dir, STR("/"))) dir = STR("/tmp");
    name = arena_printf(&cx->arena, STR_FMT "/sinetti-%s-XXXXXX", STR_ARG(dir), what);
    return arena_cstr(&cx->arena, name);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    (void)remove(path);
    return 0;
}

void file_remove_folder(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
