#include "serve/frames.h"

#include "base/limits.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_ID "X-Request-Id"

struct head {
    uint32_t kind, part;
    uint64_t id;
    uint32_t total, zero;
};

void frames_init(struct frames *w, int fd)
{
    *w = (struct frames){.fd = fd, .passed = -1};
    buf_init(&w->body, LIMIT_SERVE_MESSAGE);
}

void frames_release(struct frames *w)
{
    if (w->passed >= 0) close(w->passed);
    buf_release(&w->body);
}

static bool send_frame(int fd, const struct head *h, struct str bytes, int passed)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec parts[2] = {{(void *)(uintptr_t)h, sizeof *h}, {(void *)(uintptr_t)bytes.p, bytes.n}};
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
    if (passed >= 0) {
        m.msg_control = control.bytes;
        m.msg_controllen = sizeof control.bytes;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof passed);
        memcpy(CMSG_DATA(c), &passed, sizeof passed);
    }
    ssize_t n;
    do n = sendmsg(fd, &m, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)(sizeof *h + bytes.n);
}

bool frames_send(int fd, enum frame_kind kind, uint64_t id, struct str body, int passed)
{
    if (body.n > LIMIT_SERVE_MESSAGE) return false;
    struct head h = {.kind = kind, .id = id, .total = (uint32_t)body.n};
    size_t at = 0;
    do {
        struct str part = str_slice(body, at, at + LIMIT_SERVE_FRAME);
        if (!send_frame(fd, &h, part, h.part == 0 ? passed : -1)) return false;
        at += part.n;
        h.part++;
    } while (at < body.n);
    return true;
}

static int passed_with(struct msghdr *m)
{
    int found = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        for (size_t i = 0; CMSG_LEN((i + 1) * sizeof(int)) <= c->cmsg_len; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (found >= 0) close(found);
            found = fd;
        }
    }
    return found;
}

static int drop(struct frames *w)
{
    if (w->passed >= 0) close(w->passed);
    w->passed = -1;
    w->total = w->part = 0;
    w->id = 0;
    buf_clear(&w->body);
    return 0;
}

/* The frame's place in the message. */
static int take(struct frames *w, const struct head *h, struct str bytes, int passed)
{
    if (h->part == 0) {
        drop(w);
        w->kind = (enum frame_kind)h->kind;
        w->id = h->id;
        w->total = h->total;
        w->passed = passed;
    } else if (passed >= 0)
        close(passed);
    bool fits = h->part == w->part && h->id == w->id && h->kind == (uint32_t)w->kind && h->total == w->total &&
                w->total <= LIMIT_SERVE_MESSAGE && bytes.n <= w->total - w->body.n;
    if (!fits) return drop(w);
    w->part++;
    buf_str(&w->body, bytes);
    if (w->body.failed) return drop(w);
    if (w->body.n < w->total) return 0;
    w->part = UINT32_MAX; /* whatever follows begins anew */
    return 1;
}

int frames_receive(struct frames *w, bool wait)
{
    char bytes[LIMIT_SERVE_FRAME];
    struct head h;
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control;
    struct iovec parts[2] = {{&h, sizeof h}, {bytes, sizeof bytes}};
    struct msghdr m = {
        .msg_iov = parts, .msg_iovlen = 2, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t n = recvmsg(w->fd, &m, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
    if (n < 0) return errno == EINTR || errno == EAGAIN ? 0 : -1;
    if (n == 0) return -1;
    int passed = passed_with(&m);
    if (n < (ssize_t)sizeof h || m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        if (passed >= 0) close(passed);
        return drop(w);
    }
    return take(w, &h, (struct str){bytes, (size_t)n - sizeof h}, passed);
}

/* --- what stands in messages */

void frames_put_u32(struct buf *b, uint32_t v)
{
    buf_add(b, &v, sizeof v);
}

void frames_put(struct buf *b, struct str s)
{
    frames_put_u32(b, s.p ? (uint32_t)s.n : UINT32_MAX);
    buf_str(b, s);
}

bool frames_get_u32(struct str *rest, uint32_t *out)
{
    if (rest->n < sizeof *out) return false;
    memcpy(out, rest->p, sizeof *out);
    *rest = str_slice(*rest, sizeof *out, rest->n);
    return true;
}

bool frames_get(struct str *rest, struct str *out)
{
    uint32_t n;
    if (!frames_get_u32(rest, &n)) return false;
    *out = STR_NONE;
    if (n == UINT32_MAX) return true;
    if (n > rest->n) return false;
    *out = (struct str){rest->p, n};
    *rest = str_slice(*rest, n, rest->n);
    return true;
}

static void put_header(struct buf *b, struct str name, struct str value)
{
    frames_put(b, name);
    frames_put(b, value);
}

static void put_headers(struct buf *b, const struct http_header *h, size_t n)
{
    frames_put_u32(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++) put_header(b, h[i].name, h[i].value);
}

static bool get_headers(struct str *rest, struct http_header *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!frames_get(rest, &out[i].name) || !frames_get(rest, &out[i].value) || !out[i].name.p || !out[i].value.p)
            return false;
    return true;
}

void frames_put_request(struct buf *b, const struct http_request *r, struct str id)
{
    frames_put(b, r->method);
    frames_put(b, r->path);
    frames_put(b, r->query);
    frames_put(b, r->peer);
    frames_put(b, r->body);
    frames_put_u32(b, (uint32_t)r->secure | (uint32_t)r->follows << 1);
    uint32_t n = 1;
    for (size_t i = 0; i < r->n_headers; i++) n += !str_eq_nocase(r->headers[i].name, STR(REQUEST_ID));
    frames_put_u32(b, n);
    put_header(b, STR(REQUEST_ID), id); /* ours, and no other */
    for (size_t i = 0; i < r->n_headers; i++)
        if (!str_eq_nocase(r->headers[i].name, STR(REQUEST_ID))) put_header(b, r->headers[i].name, r->headers[i].value);
}

bool frames_peek_request(struct str message, struct str *method, struct str *path)
{
    return frames_get(&message, method) && frames_get(&message, path) && method->p && path->p;
}

bool frames_get_request(struct ctx *cx, struct str message, struct http_request *out)
{
    uint32_t secure, n;
    struct str *texts[] = {&out->method, &out->path, &out->query, &out->peer, &out->body};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!frames_get(&message, texts[i]) || !texts[i]->p) return false;
    if (!frames_get_u32(&message, &secure) || !frames_get_u32(&message, &n) || n > LIMIT_HTTP_HEADERS + 1) return false;
    struct http_header *headers = arena_array(&cx->arena, struct http_header, n + 1);
    out->secure = secure & 1;
    out->follows = secure >> 1 & 1;
    out->headers = headers;
    out->n_headers = n;
    return get_headers(&message, headers, n) && message.n == 0;
}

void frames_put_answer(struct buf *b, const struct http_response *r, struct str who)
{
    frames_put_u32(b, (uint32_t)r->status);
    frames_put(b, who);
    put_headers(b, r->headers, r->n_headers);
    frames_put(b, r->fixed.p ? r->fixed : r->body.n ? buf_view(&r->body) : STR(""));
}

bool frames_get_answer(struct ctx *cx, struct str message, struct http_response *out, struct str *who)
{
    uint32_t status, n;
    struct str body;
    if (!frames_get_u32(&message, &status) || status < 200 || status > 599 || !frames_get(&message, who) || !who->p ||
        !frames_get_u32(&message, &n) || n > sizeof out->headers / sizeof *out->headers)
        return false;
    out->status = (int)status;
    out->n_headers = n;
    if (!get_headers(&message, out->headers, n) || !frames_get(&message, &body) || !body.p || message.n) return false;
    for (size_t i = 0; i < n; i++)
        out->headers[i] = (struct http_header){arena_str(&cx->arena, out->headers[i].name),
                                               arena_str(&cx->arena, out->headers[i].value)};
    buf_str(&out->body, body);
    return !out->body.failed;
}
