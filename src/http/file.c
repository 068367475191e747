/* Answers out of a regular file: whole, or the part that was asked for. */
#include "http/http_int.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK (64 * 1024)

struct sending {
    struct http_exchange *x;
    int fd;
    uint64_t at, end;
};

static ssize_t give(void *arg, uint64_t position, char *out, size_t most)
{
    struct sending *f = arg;
    ssize_t n;
    (void)position; /* of the answer, not of the file */
    if (f->at == f->end) return MHD_CONTENT_READER_END_OF_STREAM;
    if (most > f->end - f->at) most = (size_t)(f->end - f->at);
    do n = pread(f->fd, out, most, (off_t)f->at);
    while (n < 0 && errno == EINTR);
    if (n <= 0) return MHD_CONTENT_READER_END_WITH_ERROR; /* it was cut short under us */
    f->at += (uint64_t)n;
    f->x->sent += (uint64_t)n;
    http_place_set(f->x->place, LIMIT_HTTP_STREAM_SECONDS);
    return n;
}

static void over(void *arg)
{
    struct sending *f = arg;
    close(f->fd);
    free(f);
}

static struct str header_of(const struct http_response *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, str_from(name))) return r->headers[i].value;
    return STR_NONE;
}

/* "bytes=A-B", "bytes=A-", "bytes=-N" (RFC 9110 14.1.2): one range; others, and several, are as if not asked for.
 * false: it begins behind the end. */
static bool read_range(struct str header, uint64_t size, uint64_t *from, uint64_t *to, bool *asked)
{
    struct str last = str_slice(header, 6, header.n), first;
    int64_t a = 0, b = INT64_MAX;
    *asked = false;
    if (!header.p || !str_starts_nocase(header, STR("bytes=")) || !str_cut(&last, '-', &first) || !last.p) return true;
    first = str_trim(first);
    last = str_trim(last);
    if ((first.n && !str_to_i64(first, 0, INT64_MAX, &a)) || (last.n && !str_to_i64(last, 0, INT64_MAX, &b)) ||
        (!first.n && !last.n) || (first.n && b < a))
        return true;
    *asked = true;
    if (!first.n) { /* the last b bytes */
        *from = (uint64_t)b < size ? size - (uint64_t)b : 0;
        *to = size;
        return b > 0 && size > 0;
    }
    *from = (uint64_t)a;
    *to = (uint64_t)b < size ? (uint64_t)b + 1 : size;
    return *from < size;
}

/* Whether the part is of the file the client has in mind. */
static bool is_the_same(const struct http_exchange *x)
{
    struct str named = http_request_header(&x->request, "If-Range"), tag = header_of(&x->answer, "ETag");
    return !named.p || (tag.p && str_eq(named, tag));
}

struct MHD_Response *http_file_response(struct http_exchange *x, uint64_t size, bool *refused)
{
    struct http_response *a = &x->answer;
    uint64_t from = 0, to = size;
    bool asked = false;
    struct str range = http_request_header(&x->request, "Range");
    bool may = a->status == 200 && range.p && str_eq(x->request.method, STR("GET")) && is_the_same(x);
    if (may && !read_range(range, size, &from, &to, &asked)) {
        *refused = true;
        return NULL;
    }
    struct sending *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    *f = (struct sending){x, x->stream, from, to};
    struct MHD_Response *r = MHD_create_response_from_callback(to - from, BLOCK, give, f, over);
    if (!r) {
        free(f);
        return NULL;
    }
    x->stream = -1;
    http_response_header(a, "Accept-Ranges", STR("bytes"));
    if (asked) {
        a->status = 206;
        http_response_header(a, "Content-Range",
                             arena_printf(&x->cx.arena, "bytes %llu-%llu/%llu", (unsigned long long)from,
                                          (unsigned long long)to - 1, (unsigned long long)size));
    }
    http_place_set(x->place, LIMIT_HTTP_STREAM_SECONDS);
    return r;
}
