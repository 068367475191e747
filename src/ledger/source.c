#include "ledger/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors travel as pointers. */
static int fd_of(void *p)
{
    return (int)(intptr_t)p;
}

static enum rc open_file(struct ctx *cx, void *arg, const char *path, void **file)
{
    struct stat st;
    int fd = openat(fd_of(arg), path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(cx, errno == ENOENT || errno == ENOTDIR ? E_NOTFOUND : E_IO, "%s: %s", path,
                    errno == ENOENT || errno == ENOTDIR ? "missing" : strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return fail(cx, E_IO, "%s: not a file", path);
    }
    *file = (void *)(intptr_t)fd;
    return OK;
}

static enum rc read_file(struct ctx *cx, void *file, void *to, size_t n, size_t *got)
{
    char *p = to;
    *got = 0;
    while (*got < n) {
        ssize_t done = read(fd_of(file), p + *got, n - *got);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail(cx, E_IO, "cannot read: %s", strerror(errno));
        if (done == 0) break;
        *got += (size_t)done;
    }
    return OK;
}

static void close_file(void *file)
{
    close(fd_of(file));
}

enum rc source_folder(struct ctx *cx, const char *dir, struct source *out)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(cx, errno == ENOENT ? E_NOTFOUND : E_IO, "%s: cannot open: %s", str_visible(cx, str_from(dir)),
                    strerror(errno));
    *out = (struct source){(void *)(intptr_t)fd, open_file, read_file, close_file};
    return OK;
}

void source_release(struct source *s)
{
    close(fd_of(s->arg));
}

enum rc source_file(struct ctx *cx, const struct source *s, const char *path, size_t max, struct buf *out)
{
    void *file;
    char block[65536];
    size_t got = 0;
    TRY(s->open(cx, s->arg, path, &file));
    enum rc rc;
    do {
        rc = s->read(cx, file, block, sizeof block, &got);
        if (rc == OK && out->n + got > max) rc = fail(cx, E_LIMIT, "%s: over %zu bytes", path, max);
        if (rc == OK) buf_add(out, block, got);
        if (rc == OK && out->failed) rc = fail(cx, E_LIMIT, "%s: too long", path);
    } while (rc == OK && got == sizeof block);
    s->close(file);
    return rc;
}

enum rc source_open_tile(struct ctx *cx, const struct source *s, struct tile t, void **file, unsigned *width)
{
    char text[96], full[96];
    struct buf path = {.p = text, .cap = sizeof text, .max = sizeof text - 1};
    tile_path_put(&path, t);
    *width = t.width;
    enum rc rc = s->open(cx, s->arg, text, file);
    if (rc != E_NOTFOUND || t.width == TILE_WIDTH) return rc;
    struct buf other = {.p = full, .cap = sizeof full, .max = sizeof full - 1};
    *width = t.width = TILE_WIDTH;
    tile_path_put(&other, t);
    return s->open(cx, s->arg, full, file) == OK ? OK : fail(cx, E_NOTFOUND, "%s: missing", text);
}
