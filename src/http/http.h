/* An HTTP server on libmicrohttpd, plain or TLS: requests come whole and within limits, answers go out as given. What
 * they mean is the handler's business.
 *
 * Refused here, with a problem document (RFC 9457): bodies over the limit of their route, more headers or a longer
 * target than LIMIT_HTTP_*, targets that are not in normal form (dot segments, encoded slashes, NUL, bytes that are not
 * UTF-8), both Content-Length and Transfer-Encoding, too many connections in all or of one address. Slow senders are
 * cut off.
 *
 * Threads: the handler is called on several threads; a struct http_exchange belongs to whoever holds it, until
 * http_answer(). */
#ifndef SINETTI_HTTP_HTTP_H
#define SINETTI_HTTP_HTTP_H

#include "base/ctx.h"

struct http_header {
    struct str name, value; /* names as sent; compare with str_eq_nocase() */
};

struct http_request {
    struct str method; /* "GET" … */
    struct str path;   /* decoded, normal form, UTF-8 */
    struct str query;  /* as sent, without "?"; http_query() takes it apart */
    const struct http_header *headers;
    size_t n_headers;
    struct str body;
    struct str peer; /* the client's address; behind a trusted proxy what that says */
    bool secure;     /* came over TLS, here or at a trusted proxy */
};

struct http_response {
    int status;
    struct buf body;
    struct http_header headers[16]; /* values in the caller's arena */
    size_t n_headers;
    struct str fixed; /* instead of body: bytes that live as long as the server (assets) */
};

void http_response_init(struct http_response *r);
void http_response_release(struct http_response *r);
void http_response_header(struct http_response *r, const char *name, struct str value);

struct str http_request_header(const struct http_request *r, const char *name); /* STR_NONE when absent */
/* Cookie of that name (RFC 6265); STR_NONE when absent or twice there. */
struct str http_request_cookie(const struct http_request *r, const char *name);

/* Cuts the next name=value of a query (application/x-www-form-urlencoded), decoded into the arena. E_INVALID for broken
 * escapes, NUL, or what is not UTF-8; *more false at the end. */
enum rc http_query(struct ctx *cx, struct str *rest, struct str *name, struct str *value, bool *more) MUST_CHECK;

/* One request in hand. */
struct http_exchange;
const struct http_request *http_exchange_request(const struct http_exchange *x);
/* Memory that lives until the answer is gone. */
struct ctx *http_exchange_ctx(struct http_exchange *x);
/* Ends the exchange with r, which is taken over. From any thread, once. */
void http_answer(struct http_exchange *x, struct http_response *r);
/* Ends it with a stream (text/event-stream …): what comes out of `fd` (a pipe or socket, taken over) goes to the client
 * until it closes. */
void http_answer_stream(struct http_exchange *x, const char *type, int fd);

struct http_options {
    const char *address;       /* "127.0.0.1", "::1", "0.0.0.0" */
    uint16_t port;             /* 0: any free one */
    struct str cert, key;      /* PEM; empty: plain HTTP */
    const struct str *proxies; /* addresses or networks (CIDR) whose X-Forwarded-For and -Proto are believed */
    size_t n_proxies;
    unsigned threads;
    /* Largest body this request may have; asked before it is read. 0: none allowed. */
    size_t (*most_body)(void *arg, struct str method, struct str path);
    /* Takes the exchange: answers now, or keeps it and answers later. */
    void (*handle)(void *arg, struct http_exchange *x);
    void (*log)(void *arg, const struct http_request *r, int status, uint64_t bytes,
                int64_t microseconds); /* or NULL */
    void *arg;
};

struct http_server;
enum rc http_start(struct ctx *cx, const struct http_options *o, struct http_server **out) MUST_CHECK;
uint16_t http_port(const struct http_server *s);
/* New connections are refused; waits until what has begun is answered, at most `seconds`. */
void http_stop(struct http_server *s, int seconds);

#endif
