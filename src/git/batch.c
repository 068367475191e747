#include "git/batch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "git/oid.h"

/* Requests travel in groups closed by "flush"; a new one is sent when less than a group is outstanding, so that the
 * child always has work waiting and its answers never wait for a full buffer. */
#define GROUP 256
#define SKIP_BYTES (16 * MIB) /* to skip more than this, a new child is cheaper */
#define NAME_MAX_BYTES 128

void batch_init(struct batch *b, const struct git *g)
{
    *b = (struct batch){.g = g, .child = CHILD_NONE};
    buf_init(&b->requests, GROUP * (NAME_MAX_BYTES + 16));
}

static void stop(struct batch *b)
{
    child_kill(&b->child);
    b->asked = b->next;
    buf_clear(&b->requests);
    b->sent = 0;
}

void batch_release(struct batch *b)
{
    stop(b);
    reader_release(&b->reader);
    buf_release(&b->requests);
    free(b->content);
    b->content = NULL;
}

void batch_begin(struct batch *b, const struct str *names, size_t n, enum batch_mode mode, uint64_t max)
{
    if (b->asked != b->next) stop(b);
    b->names = names;
    b->n = n;
    b->next = b->asked = 0;
    b->mode = mode;
    b->max = max;
    b->restarts = 0;
    b->alone = false;
}

static void send_some(struct batch *b)
{
    struct buf *q = &b->requests;
    ssize_t n = send(b->child.in, q->p + b->sent, q->n - b->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) b->sent += (size_t)n;
    /* A dead child shows itself at the other end. */
    if (b->sent == q->n || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        buf_clear(q);
        b->sent = 0;
    }
}

/* Sends while the child has nothing for us: neither side may wait for the other to read. */
static void until_ready(void *arg)
{
    struct batch *b = arg;
    while (b->requests.n) {
        struct pollfd fds[2] = {{b->child.out, POLLIN, 0}, {b->child.in, POLLOUT, 0}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR) return;
        if (fds[1].revents) send_some(b);
        if (fds[0].revents) return;
    }
}

static void ask(struct batch *b)
{
    size_t outstanding = b->asked - b->next;
    if (b->asked == b->n || b->requests.n || outstanding >= GROUP || (b->alone && outstanding)) return;
    size_t n = b->alone ? 1 : GROUP;
    for (size_t i = 0; i < n && b->asked < b->n; i++) {
        buf_cstr(&b->requests, b->mode == BATCH_INFO ? "info " : "contents ");
        buf_str(&b->requests, str_slice(b->names[b->asked++], 0, NAME_MAX_BYTES));
        buf_char(&b->requests, '\n');
    }
    buf_cstr(&b->requests, "flush\n");
    send_some(b);
}

static enum rc ensure_child(struct ctx *cx, struct batch *b)
{
    static const char *const argv[] = {"cat-file", "--batch-command", "--buffer", NULL};
    if (b->child.pid > 0) return OK;
    TRY(child_start(cx, b->g, argv, CHILD_FEED, &b->child));
    reader_init(&b->reader, b->child.out);
    b->reader.ready = until_ready;
    b->reader.arg = b;
    b->asked = b->next;
    b->answered = false;
    return OK;
}

enum rc batch_ready(struct ctx *cx, struct batch *b)
{
    return ensure_child(cx, b);
}

/* The child died before it had answered for names[next]. *retry: ask again, alone, since what it had ready may be lost.
 */
static enum rc died(struct ctx *cx, struct batch *b, bool *retry)
{
    int code;
    (void)child_finish(&b->child, &code);
    const char *why = code == 127 ? "it did not start" : child_complaint(cx, &b->child);
    stop(b);
    if (!b->answered && (code == 127 || code == 129))
        return fail(cx, E_IO, "git cat-file failed: %s (git 2.36 or later is needed)", why);
    b->restarts++;
    *retry = !b->alone;
    b->alone = !b->alone;
    return OK;
}

static bool reserve(struct batch *b, size_t n)
{
    if (n <= b->content_cap) return true;
    char *p = realloc(b->content, n);
    if (!p) return false;
    b->content = p;
    b->content_cap = n;
    return true;
}

/* Reads the content behind a header. false: the stream ended first. */
static bool read_content(struct batch *b, struct batch_item *out)
{
    uint64_t size = (uint64_t)out->size, keep = size;
    if (size > b->max) keep = b->mode == BATCH_START ? b->max : 0;
    bool wanted = size <= b->max || b->mode == BATCH_START;
    if (wanted && !reserve(b, keep + 1)) {
        wanted = false; /* no memory: as if it were too large */
        keep = 0;
    }
    if (keep && !reader_take(&b->reader, b->content, keep)) return false;
    if (wanted) out->content = (struct str){b->content, keep};
    if (size - keep > SKIP_BYTES) {
        stop(b);
        b->asked = b->next + 1;
        return true;
    }
    return reader_take(&b->reader, NULL, size - keep + 1); /* and the newline behind it */
}

/* false: the stream ended, or is not what was asked for. */
static bool read_answer(struct batch *b, struct batch_item *out)
{
    struct str line, name = b->names[b->next];
    bool cut;
    if (!reader_until(&b->reader, '\n', &line, &cut)) return false;
    struct str oid;
    out->type = record_object(line, b->g->hex, &oid, &out->size);
    if (out->type == OBJECT_MISSING) {
        out->size = -1;
        return str_starts(line, name);
    }
    if (name.n == b->g->hex && !str_eq(oid, name)) return false;
    memcpy(b->oid, oid.p, oid.n); /* the line goes with the next read */
    out->oid = (struct str){b->oid, oid.n};
    return b->mode == BATCH_INFO || read_content(b, out);
}

enum rc batch_next(struct ctx *cx, struct batch *b, struct batch_item *out)
{
    const struct batch_item missing = {OBJECT_MISSING, STR_NONE, -1, STR_NONE};
    bool retry = true;
    while (retry && b->restarts < LIMIT_GIT_RESTARTS) {
        *out = missing;
        TRY(ensure_child(cx, b));
        ask(b);
        if (read_answer(b, out)) {
            b->answered = true;
            b->alone = false;
            b->next++;
            return OK;
        }
        TRY(died(cx, b, &retry));
    }
    *out = missing;
    b->next++;
    b->asked = b->next;
    return OK;
}
