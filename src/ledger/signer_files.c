#include "ledger/signer_files.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc trouble(struct ctx *cx, const char *name, const char *doing)
{
    return fail(cx, errno == ENOENT ? E_NOTFOUND : E_IO, "signer: %s: cannot %s: %s", name, doing, strerror(errno));
}

enum rc signer_read(struct ctx *cx, int dir, const char *name, bool secret, struct buf *out)
{
    struct stat st;
    char block[4096];
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return trouble(cx, name, "read");
    enum rc rc = OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        rc = fail(cx, E_IO, "signer: %s: not a file", name);
    else if (secret && (st.st_mode & 077 || st.st_uid != geteuid()))
        rc = fail(cx, E_DENIED, "signer: %s: others could read the key; give it to one user, with mode 600", name);
    for (ssize_t n = 1; rc == OK && n != 0;) {
        n = read(fd, block, sizeof block);
        if (n < 0 && errno != EINTR) rc = trouble(cx, name, "read");
        if (n > 0) buf_add(out, block, (size_t)n);
        if (out->failed) rc = fail(cx, E_CORRUPT, "signer: %s: too long", name);
    }
    sodium_memzero(block, sizeof block);
    close(fd);
    return rc;
}

enum rc signer_write(struct ctx *cx, int dir, const char *name, struct str bytes)
{
    char beside[128];
    (void)snprintf(beside, sizeof beside, "%s.new", name);
    int fd = openat(dir, beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return trouble(cx, name, "write");
    bool good = fchmod(fd, 0600) == 0 && file_write_all(fd, bytes) && fsync(fd) == 0;
    int failure = errno;
    if (close(fd) != 0 && good) {
        good = false;
        failure = errno;
    }
    if (good && renameat(dir, beside, dir, name) == 0 && fsync(dir) == 0) return OK;
    if (good) failure = errno;
    unlinkat(dir, beside, 0);
    errno = failure;
    return trouble(cx, name, "write");
}

enum rc signer_destroy(struct ctx *cx, int dir, const char *name)
{
    struct stat st;
    static const char nothing[512];
    int fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return trouble(cx, name, "remove");
    bool good = fstat(fd, &st) == 0;
    for (off_t left = good ? st.st_size : 0; good && left > 0;) {
        size_t n = left < (off_t)sizeof nothing ? (size_t)left : sizeof nothing;
        good = file_write_all(fd, (struct str){nothing, n});
        left -= (off_t)n;
    }
    good = good && fsync(fd) == 0;
    close(fd);
    return good && unlinkat(dir, name, 0) == 0 && fsync(dir) == 0 ? OK : trouble(cx, name, "remove");
}

enum rc signer_read_key(struct ctx *cx, int dir, const char *file, enum note_type type, struct note_signer *out)
{
    char text[LIMIT_NOTE_NAME + 128];
    struct buf bytes = {.p = text, .cap = sizeof text, .max = sizeof text - 1};
    uint8_t seed[32];
    TRY(signer_read(cx, dir, file, true, &bytes));
    struct str rest = buf_view(&bytes), name, hex;
    bool good =
        str_cut(&rest, '\n', &name) && str_cut(&rest, '\n', &hex) && !rest.n && hex_read_exact(seed, sizeof seed, hex);
    enum rc rc = good ? note_signer_from(cx, arena_str(&cx->arena, name), type, seed, out)
                      : fail(cx, E_CORRUPT, "signer: %s: not a key", file);
    sodium_memzero(text, sizeof text);
    sodium_memzero(seed, sizeof seed);
    return rc;
}

enum rc signer_make_key(struct ctx *cx, int dir, const char *file, struct str name)
{
    uint8_t seed[32];
    char hex[65], text[LIMIT_NOTE_NAME + 128];
    if (sodium_init() < 0) return fail(cx, E_IO, "no source of random numbers");
    if (!note_name_is_valid(name)) return fail(cx, E_INVALID, "%s cannot be a key's name", str_visible(cx, name));
    randombytes_buf(seed, sizeof seed);
    digest_hex(seed, sizeof seed, hex);
    int n = snprintf(text, sizeof text, STR_FMT "\n%s\n", STR_ARG(name), hex);
    enum rc rc = signer_write(cx, dir, file, (struct str){text, (size_t)n});
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(text, sizeof text);
    return rc;
}
