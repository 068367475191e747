/* Answers on their way to the library. */
#include "http/http_int.h"

#include "base/json.h"

#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void http_problem(struct http_exchange *x, struct http_response *r, int status, const char *title, const char *detail)
{
    struct json j;
    (void)x;
    buf_clear(&r->body);
    r->status = status;
    r->n_headers = 0;
    r->fixed = STR_NONE;
    json_init(&j, &r->body, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "type", "about:blank");
    json_put_cstr(&j, "title", title);
    json_put_int(&j, "status", status);
    json_put_cstr(&j, "detail", detail);
    json_end(&j, '}');
    http_response_header(r, "Content-Type", STR("application/problem+json"));
    http_response_header(r, "Cache-Control", STR("no-store"));
    if (status == 503) http_response_header(r, "Retry-After", STR("1"));
}

static bool put_header(struct http_exchange *x, struct MHD_Response *r, const struct http_header *h)
{
    /* names and values that come from an arena or a literal end with NUL; others may not */
    const char *name = arena_cstr(&x->cx.arena, h->name), *value = arena_cstr(&x->cx.arena, h->value);
    return strlen(value) == h->value.n && MHD_add_response_header(r, name, value) == MHD_YES;
}

static bool put_headers(struct http_exchange *x, struct MHD_Response *r)
{
    const struct http_options *o = &x->server->o;
    bool good = x->answer.n_headers <= sizeof x->answer.headers / sizeof *x->answer.headers;
    for (size_t i = 0; good && i < x->answer.n_headers; i++) good = put_header(x, r, &x->answer.headers[i]);
    for (size_t i = 0; good && i < o->n_always; i++) good = put_header(x, r, &o->always[i]);
    if (x->must_close || atomic_load(&x->server->stopping))
        good = good && MHD_add_response_header(r, "Connection", "close");
    return good;
}

static enum MHD_Result queue(struct http_exchange *x, struct MHD_Response *r)
{
    x->state = HTTP_SENT;
    enum MHD_Result done = MHD_queue_response(x->connection, (unsigned)x->answer.status, r);
    MHD_destroy_response(r);
    if (done == MHD_YES) x->status = x->answer.status;
    return done;
}

/* An answer that cannot be sent as it is: our own fault, told without what was in it. */
static enum MHD_Result send_fault(struct http_exchange *x)
{
    static char text[] = "{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500}";
    struct MHD_Response *r = MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
    if (!r) return MHD_NO;
    x->answer.status = 500;
    x->sent = sizeof text - 1;
    MHD_add_response_header(r, "Content-Type", "application/problem+json");
    MHD_add_response_header(r, "Connection", "close");
    return queue(x, r);
}

enum MHD_Result http_send(struct http_exchange *x)
{
    struct http_response *a = &x->answer;
    if (x->stream >= 0) return http_send_stream(x);
    if (a->body.failed) return send_fault(x);
    size_t n = a->fixed.p ? a->fixed.n : a->body.n;
    struct MHD_Response *r;
    static char nothing[] = "";
    if (a->fixed.p || !n) /* only read */
        r = MHD_create_response_from_buffer(n, n ? (void *)(uintptr_t)a->fixed.p : nothing, MHD_RESPMEM_PERSISTENT);
    else {
        r = MHD_create_response_from_buffer(n, a->body.p, MHD_RESPMEM_MUST_FREE);
        if (r) a->body = (struct buf){.max = a->body.max}; /* the library's now */
    }
    if (!r) return MHD_NO;
    if (!put_headers(x, r)) {
        MHD_destroy_response(r);
        return send_fault(x);
    }
    x->sent = x->is_head ? 0 : n;
    http_place_set(x->place, LIMIT_HTTP_MOVING_SECONDS + (int64_t)(n / LIMIT_HTTP_PACE));
    return queue(x, r);
}

static void put_line(struct buf *b, struct str name, struct str value)
{
    buf_printf(b, STR_FMT ": " STR_FMT "\r\n", STR_ARG(name), STR_ARG(value));
}

/* Nothing else is on its way to this client: what goes into its empty buffer goes whole. */
static bool put_now(struct http_exchange *x, struct str bytes)
{
    const union MHD_ConnectionInfo *tls = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (tls && tls->tls_session) return gnutls_record_send(tls->tls_session, bytes.p, bytes.n) == (ssize_t)bytes.n;
    return x->place->fd >= 0 && send(x->place->fd, bytes.p, bytes.n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)bytes.n;
}

bool http_send_early(struct http_exchange *x)
{
    const struct http_response *a = &x->answer;
    const struct http_options *o = &x->server->o;
    scoped_buf b;
    if (a->status < 400 || x->stream >= 0 || a->fixed.p || a->body.failed) return false;
    buf_init(&b, 16 * KIB);
    buf_printf(&b, "HTTP/1.1 %d Refused\r\nConnection: close\r\nContent-Length: %zu\r\n", a->status, a->body.n);
    for (size_t i = 0; i < a->n_headers; i++) put_line(&b, a->headers[i].name, a->headers[i].value);
    for (size_t i = 0; i < o->n_always; i++) put_line(&b, o->always[i].name, o->always[i].value);
    buf_cstr(&b, "\r\n");
    buf_str(&b, buf_view(&a->body));
    if (buf_ok(&b) != OK || !put_now(x, buf_view(&b))) return false;
    x->status = a->status;
    x->sent = a->body.n;
    return true;
}

/* A part that is not there. */
static enum MHD_Result send_no_part(struct http_exchange *x, uint64_t size)
{
    close(x->stream);
    x->stream = -1;
    http_problem(x, &x->answer, 416, "Range Not Satisfiable", "there are not so many bytes");
    http_response_header(&x->answer, "Content-Range",
                         arena_printf(&x->cx.arena, "bytes */%llu", (unsigned long long)size));
    return http_send(x);
}

enum MHD_Result http_send_stream(struct http_exchange *x)
{
    struct stat st;
    bool is_file = fstat(x->stream, &st) == 0 && S_ISREG(st.st_mode), refused = false;
    struct MHD_Response *r = is_file ? http_file_response(x, (uint64_t)st.st_size, &refused) : http_stream_response(x);
    if (refused) return send_no_part(x, (uint64_t)st.st_size);
    if (!r) return MHD_NO;
    if (!is_file) http_response_header(&x->answer, "X-Accel-Buffering", STR("no")); /* nginx would keep it back */
    if (!put_headers(x, r)) {
        MHD_destroy_response(r);
        return send_fault(x);
    }
    return queue(x, r);
}
