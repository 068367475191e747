#include "git/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "git/child.h"

#define PIECE (256 * 1024)

/* Less than a piece: that was the end. */
static size_t fill(int fd, char *piece)
{
    size_t n = 0;
    while (n < PIECE) {
        ssize_t got = read(fd, piece + n, PIECE - n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        n += (size_t)got;
    }
    return n;
}

enum rc git_stream(struct ctx *cx, const struct git *g, const char *type, struct str oid,
                   enum rc (*take)(void *arg, struct str bytes), void *arg, int64_t *read_out)
{
    /* git itself too is to hand such an object on as it reads it */
    const char *const argv[] = {"-c", "core.bigFileThreshold=1m", "cat-file", type, arena_cstr(&cx->arena, oid), NULL};
    struct child c = CHILD_NONE;
    int code;
    char *piece = malloc(PIECE);
    *read_out = 0;
    if (!piece) return fail(cx, E_IO, "no memory to read an object");
    enum rc rc = child_start(cx, g, argv, CHILD_NO_INPUT, &c);
    for (size_t n = PIECE; rc == OK && n == PIECE;) {
        n = fill(c.out, piece);
        *read_out += (int64_t)n;
        if (n) rc = take(arg, (struct str){piece, n});
    }
    free(piece);
    if (rc == OK) (void)child_finish(&c, &code); /* what it did not give is seen by the length */
    child_kill(&c);
    return rc;
}
