#include "serve/git_body.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define GZIP (16 + MAX_WBITS)
#define STEPS 256 /* of one turn: others wait too */

bool git_body_open(struct git_body *b, int from, int to, bool packed, uint64_t most)
{
    *b = (struct git_body){.from = from, .to = to, .packed = packed, .most = most};
    b->raw = malloc(HTTP_FEED_BLOCK);
    b->out = packed ? malloc(HTTP_FEED_BLOCK) : NULL;
    bool good =
        b->raw && (!packed || b->out) && fcntl(from, F_SETFL, O_NONBLOCK) == 0 && fcntl(to, F_SETFL, O_NONBLOCK) == 0;
    if (good && packed) good = inflateInit2(&b->z, GZIP) == Z_OK;
    if (good) return true;
    b->packed = false;
    git_body_close(b);
    return false;
}

void git_body_close(struct git_body *b)
{
    if (b->packed) (void)inflateEnd(&b->z);
    b->packed = false;
    if (b->from >= 0) close(b->from);
    if (b->to >= 0) close(b->to);
    b->from = b->to = -1;
    free(b->raw);
    free(b->out);
    b->raw = b->out = NULL;
    b->rest = b->pending = STR_NONE;
}

/* true: go on. */
static bool write_pending(struct git_body *b, enum git_body_state *state)
{
    ssize_t n = write(b->to, b->pending.p, b->pending.n);
    *state = GIT_BODY_WRITES;
    if (n >= 0) b->pending = str_slice(b->pending, (size_t)n, b->pending.n);
    if (n < 0 && errno != EINTR && errno != EAGAIN) *state = GIT_BODY_REFUSED;
    return n >= 0 || errno == EINTR;
}

static bool give(struct git_body *b, struct str bytes, enum git_body_state *state)
{
    *state = GIT_BODY_LONG;
    if (bytes.n > b->most - b->taken) return false;
    b->taken += bytes.n;
    b->pending = bytes;
    return true;
}

static bool unpack(struct git_body *b, enum git_body_state *state)
{
    b->z.next_out = (Bytef *)b->out;
    b->z.avail_out = HTTP_FEED_BLOCK;
    int code = inflate(&b->z, Z_NO_FLUSH);
    size_t n = HTTP_FEED_BLOCK - b->z.avail_out;
    *state = GIT_BODY_BAD;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return false;
    b->unpacked = code == Z_STREAM_END;
    b->more = !b->unpacked && b->z.avail_out == 0;
    if (b->unpacked && b->z.avail_in) return false; /* something behind its end */
    return give(b, (struct str){b->out, n}, state);
}

static bool look(struct git_body *b, enum git_body_state *state)
{
    struct str part;
    *state = GIT_BODY_BROKEN;
    if (!blocks_next(&b->blocks, &b->rest, &part, &b->ended)) return false;
    if (!b->packed) return give(b, part, state);
    *state = GIT_BODY_BAD;
    if (part.n && b->unpacked) return false;
    b->z.next_in = (Bytef *)(uintptr_t)part.p;
    b->z.avail_in = (uInt)part.n;
    return true;
}

static bool read_some(struct git_body *b, enum git_body_state *state)
{
    ssize_t n = read(b->from, b->raw, HTTP_FEED_BLOCK);
    *state = n == 0 ? GIT_BODY_BROKEN : GIT_BODY_READS;
    if (n < 0 && errno != EINTR && errno != EAGAIN) *state = GIT_BODY_BROKEN;
    if (n > 0) b->rest = (struct str){b->raw, (size_t)n};
    return n > 0 || (n < 0 && errno == EINTR);
}

static bool step(struct git_body *b, enum git_body_state *state)
{
    if (b->pending.n) return write_pending(b, state);
    if (b->packed && (b->z.avail_in || b->more)) return unpack(b, state);
    if (b->rest.n) return look(b, state);
    if (!b->ended) return read_some(b, state);
    *state = b->packed && !b->unpacked ? GIT_BODY_BAD : GIT_BODY_WHOLE;
    return false;
}

enum git_body_state git_body_turn(struct git_body *b)
{
    enum git_body_state state = GIT_BODY_READS;
    for (int i = 0; i < STEPS; i++)
        if (!step(b, &state)) return state;
    return b->pending.n ? GIT_BODY_WRITES : GIT_BODY_READS;
}
