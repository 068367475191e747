/* Headers of a request: taken from the library, checked, found again. */
#include "http/http_int.h"

#include <string.h>

/* Where two readers could take different ones, or join them to something that nobody sent. */
static const char *const once[] = {
    "Host",      "Content-Length",    "Transfer-Encoding", "Content-Type",    "Authorization",
    "Origin",    "If-Match",          "If-None-Match",     "Idempotency-Key", "Sec-Fetch-Site",
    "X-Sinetti", "X-Forwarded-Proto", "Content-Encoding",  "Expect",          "Referer"};

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) &&
            (!c || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return s.n > 0;
}

static bool is_value(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f) return false;
    return true;
}

struct taking {
    struct http_exchange *x;
    struct http_header *headers;
    size_t n;
    const char *why;
};

static enum MHD_Result take(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
                            size_t value_n)
{
    struct taking *t = arg;
    struct arena *arena = &t->x->cx.arena;
    (void)kind;
    struct http_header h = {{name, name_n}, {value ? value : "", value_n}};
    if (!is_token(h.name))
        t->why = "the name of a header is no token";
    else if (!is_value(h.value))
        t->why = "a header holds control characters";
    else if (t->n < LIMIT_HTTP_HEADERS)
        t->headers[t->n] = (struct http_header){arena_str(arena, h.name), arena_str(arena, str_trim(h.value))};
    t->n++;
    return t->why || t->n > LIMIT_HTTP_HEADERS ? MHD_NO : MHD_YES;
}

static size_t count(const struct http_request *r, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_headers; i++) n += str_eq_nocase(r->headers[i].name, str_from(name));
    return n;
}

static const char *check(const struct http_request *r)
{
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        if (count(r, once[i]) > 1) return "a header stands twice that may stand once";
    struct str length = http_request_header(r, "Content-Length"), coding = http_request_header(r, "Transfer-Encoding");
    int64_t n;
    if (length.p && (!str_to_i64(length, 0, INT64_MAX, &n) || length.p[0] == '+')) return "Content-Length is no number";
    if (coding.p && length.p) return "Content-Length and Transfer-Encoding exclude each other";
    if (coding.p && !str_eq_nocase(coding, STR("chunked"))) return "a Transfer-Encoding that is not known here";
    return NULL;
}

int http_headers_take(struct http_exchange *x, struct MHD_Connection *c, const char **why)
{
    int have = MHD_get_connection_values(c, MHD_HEADER_KIND, NULL, NULL);
    if (have > (int)LIMIT_HTTP_HEADERS) {
        *why = "more headers than are read";
        return 431;
    }
    struct taking t = {.x = x, .headers = arena_array(&x->cx.arena, struct http_header, have > 0 ? (size_t)have : 1)};
    MHD_get_connection_values_n(c, MHD_HEADER_KIND, take, &t);
    x->request.headers = t.headers;
    x->request.n_headers = t.why ? 0 : t.n;
    *why = t.why ? t.why : check(&x->request);
    return *why ? 400 : 0;
}

struct str http_request_header(const struct http_request *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, str_from(name))) return r->headers[i].value;
    return STR_NONE;
}

struct str http_request_cookie(const struct http_request *r, const char *name)
{
    struct str found = STR_NONE;
    for (size_t i = 0; i < r->n_headers; i++) {
        struct str rest = r->headers[i].value, pair;
        if (!str_eq_nocase(r->headers[i].name, STR("Cookie"))) continue;
        while (rest.n && str_cut(&rest, ';', &pair)) {
            struct str value = pair, key;
            if (!str_cut(&value, '=', &key) || !value.p || !str_eq(str_trim(key), str_from(name))) continue;
            if (found.p) return STR_NONE;
            found = str_trim(value);
        }
    }
    return found;
}

void http_response_init(struct http_response *r)
{
    *r = (struct http_response){.status = 200};
    buf_init(&r->body, 0);
}

void http_response_release(struct http_response *r)
{
    buf_release(&r->body);
}

void http_response_header(struct http_response *r, const char *name, struct str value)
{
    if (r->n_headers < sizeof r->headers / sizeof *r->headers)
        r->headers[r->n_headers] = (struct http_header){str_from(name), value};
    r->n_headers++; /* one too many is noticed when it is sent */
}
