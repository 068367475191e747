#include "base/limits.h"
#include "cli/fact.h"
#include "ledger/canonical.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct batch {
    struct facts *f;
    struct ctx own; /* memory of one chunk */
    struct facts_ready ready[LIMIT_CHUNK];
    size_t n;
    uint64_t line;
    bool told; /* that the clock is late */
};

static enum rc flush(struct ctx *cx)
{
    return fflush(stdout) == 0 ? OK : fail(cx, E_IO, "standard output: cannot write: %s", strerror(errno));
}

static void print(struct batch *b, const struct facts_answer *a, size_t n)
{
    if (!b->told) fact_tell_late(a);
    b->told = b->told || a->late > 1000000;
    for (size_t i = 0; i < n; i++) printf("%llu\n", (unsigned long long)a->n + i);
}

/* Records what has gathered. */
static enum rc record(struct batch *b)
{
    struct facts_answer a;
    size_t n = b->n;
    b->n = 0; /* whatever comes of it, it is not tried again */
    if (n == 0) return OK;
    TRY(facts_submit(&b->own, b->f, b->ready, n, STR(""), &a));
    print(b, &a, n);
    return flush(&b->own);
}

static enum rc read_line(struct ctx *cx, struct str line, struct body *out, struct str *key)
{
    struct str rest, name, value, kind = STR_NONE, subject = STR_NONE, payload = STR("{}");
    scoped_buf canonical;
    buf_init(&canonical, LIMIT_BODY);
    TRY(canonical_from(cx, line, 0, &canonical));
    rest = arena_str(&cx->arena, buf_view(&canonical));
    while (canonical_next(&rest, &name, &value)) {
        bool text = true;
        if (str_eq(name, STR("kind")))
            text = canonical_str(&cx->arena, value, &kind);
        else if (str_eq(name, STR("subject")))
            text = canonical_str(&cx->arena, value, &subject);
        else if (str_eq(name, STR("key")))
            text = canonical_str(&cx->arena, value, key) && key->n;
        else if (str_eq(name, STR("payload")))
            payload = value;
        else
            return fail(cx, E_INVALID, "there is no field \"%s\" (kind, subject, payload, key)", str_visible(cx, name));
        if (!text) return fail(cx, E_INVALID, "\"%s\" is to be a text", str_visible(cx, name));
    }
    if (!kind.p || !subject.p) return fail(cx, E_INVALID, "\"%s\" is missing", kind.p ? "subject" : "kind");
    *out = fact_by_operator(kind, subject, payload);
    return OK;
}

/* A line joins the chunk; one with a key is a request of its own. */
static enum rc take_line(struct batch *b, struct str line)
{
    struct body body;
    struct str key = STR("");
    struct facts_answer a;
    b->line++;
    if (str_trim(line).n == 0) return OK;
    TRY(read_line(&b->own, line, &body, &key));
    if (key.n) TRY(record(b));
    TRY(facts_make(&b->own, b->f, &body, false, &b->ready[b->n]));
    if (key.n == 0) return ++b->n == LIMIT_CHUNK ? record(b) : OK;
    TRY(facts_submit(&b->own, b->f, &b->ready[0], 1, key, &a));
    print(b, &a, 1);
    return OK;
}

/* The lines that are complete; `end`: what is left is one, too. How many bytes were used goes to *used. */
static enum rc take_lines(struct batch *b, struct str text, bool end, size_t *used)
{
    for (*used = 0; *used < text.n;) {
        const char *at = memchr(text.p + *used, '\n', text.n - *used);
        if (!at && !end) break;
        size_t to = at ? (size_t)(at - text.p) : text.n;
        TRY(take_line(b, str_slice(text, *used, to)));
        *used = at ? to + 1 : to;
    }
    return OK;
}

/* One reading's worth, all recorded at its end. */
static enum rc take_some(struct ctx *cx, struct batch *b, struct str text, bool end, size_t *used)
{
    ctx_init(&b->own);
    enum rc rc = take_lines(b, text, end, used);
    uint64_t line = b->line;
    if (rc != OK) { /* what was refused does not take along what stood before it */
        scoped_buf why;
        buf_init(&why, 0);
        buf_cstr(&why, b->own.message);
        enum rc before = record(b);
        rc = before == OK ? fail(cx, rc, "line %llu: " STR_FMT, (unsigned long long)line, STR_ARG(buf_view(&why)))
                          : fail(cx, before, "%s", b->own.message);
    } else if ((rc = record(b)) != OK || (rc = flush(&b->own)) != OK) {
        rc = fail(cx, rc, "%s", b->own.message);
    }
    ctx_release(&b->own);
    return rc;
}

enum rc fact_batch(struct ctx *cx, struct facts *f, int fd)
{
    struct batch *b = arena_new(&cx->arena, struct batch);
    const size_t room = LIMIT_BODY + 1;
    char *bytes = arena_alloc(&cx->arena, room);
    size_t n = 0, used;
    b->f = f;
    for (bool end = false; !end;) {
        ssize_t got = read(fd, bytes + n, room - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(cx, E_IO, "the batch cannot be read: %s", strerror(errno));
        end = got == 0;
        n += (size_t)got;
        TRY(take_some(cx, b, (struct str){bytes, n}, end, &used));
        memmove(bytes, bytes + used, n - used);
        n -= used;
        if (n == room)
            return fail(cx, E_LIMIT, "line %llu: longer than %llu bytes", (unsigned long long)b->line + 1, LIMIT_BODY);
    }
    return OK;
}
