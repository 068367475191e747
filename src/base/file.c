#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Closes in any case; errno is of what failed first. */
static bool write_and_close(int fd, struct str bytes)
{
    bool fine = file_write_all(fd, bytes);
    int failure = errno;
    if (close(fd) != 0 && fine) return false;
    errno = failure;
    return fine;
}

static bool replace(const char *beside, const char *path, struct str bytes)
{
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) return false;
    if (write_and_close(fd, bytes) && rename(beside, path) == 0) return true;
    int failure = errno;
    unlink(beside);
    errno = failure;
    return false;
}

enum rc file_replace(struct ctx *cx, const char *path, struct str bytes)
{
    struct stat st;
    bool fine;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        fine = fd >= 0 && write_and_close(fd, bytes);
    } else {
        fine = replace(arena_printf(&cx->arena, "%s.%ld.new", path, (long)getpid()).p, path, bytes);
    }
    return fine ? OK : fail(cx, E_IO, "%s: cannot write: %s", str_visible(cx, str_from(path)), strerror(errno));
}
