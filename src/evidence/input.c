#include "evidence/input.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/limits.h"

void input_init(struct input *in, int fd)
{
    in->fd = fd;
    in->before = 0;
    in->at = in->n = 0;
    in->line = 1;
}

enum rc input_more(struct ctx *cx, struct input *in, bool *more)
{
    *more = true;
    if (in->at < in->n) return OK;
    in->before += in->n;
    in->at = in->n = 0;
    ssize_t got;
    do got = pread(in->fd, in->piece, sizeof in->piece, (off_t)in->before);
    while (got < 0 && errno == EINTR);
    if (got < 0) return fail(cx, E_IO, "the file cannot be read: %s", strerror(errno));
    in->n = (size_t)got;
    *more = got > 0;
    return in->before + in->n <= LIMIT_EVIDENCE ? OK
                                                : fail(cx, E_LIMIT, "it is larger than %llu MiB", LIMIT_EVIDENCE / MIB);
}

enum rc input_wrong(struct ctx *cx, const struct input *in, const char *what)
{
    return fail(cx, E_INVALID, "line %" PRId64 ", byte %" PRIu64 ": %s", in->line, in->before + in->at, what);
}
