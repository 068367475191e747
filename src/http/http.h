/* An HTTP/1.1 server on libmicrohttpd, plain or TLS (1.2 and 1.3): requests come whole and within limits, answers go
 * out as given. What they mean is the handler's business.
 *
 * Refused here, with a problem document (RFC 9457): bodies over the limit of their route, more headers or a longer
 * target than LIMIT_HTTP_*, targets that are not in normal form (dot segments, empty segments, encoded slashes, control
 * characters, bytes that are not UTF-8), Transfer-Encoding with Content-Length or other than chunked, a header twice
 * that may stand once, names that are no tokens. What is no HTTP at all the library answers by itself, briefly, or cuts
 * off. After a refusal the connection ends. Too many connections, in all or of one address (trusted proxies aside), are
 * not taken. Who sends or takes an answer slowly is cut off, however busy it looks.
 *
 * HEAD comes as GET, and its answer goes without a body.
 *
 * A body that is too large to be held goes through: its handler gets the exchange with the head alone (`follows`),
 * refuses, or names a pipe that the body is written into as it comes (http_feed()). Memory is the same whatever its
 * length; a full pipe stops the client; a client that is too slow is cut off.
 *
 * Threads: the handler is called on several threads; a struct http_exchange belongs to whoever holds it, until
 * http_answer(). */
#ifndef SINETTI_HTTP_HTTP_H
#define SINETTI_HTTP_HTTP_H

#include "base/ctx.h"

struct http_header {
    struct str name, value; /* names as sent; compare with str_eq_nocase() */
};

/* A body that was taken into a file, by who read it from the pipe of http_feed(). */
enum http_file_end {
    HTTP_FILE_WHOLE,
    HTTP_FILE_BROKEN,  /* it ended before its end: the client is gone, or web */
    HTTP_FILE_LONG,    /* more than may be */
    HTTP_FILE_NO_ROOM, /* it could not be written */
    HTTP_FILE_TOO_MANY /* too many are being sent */
};
struct http_file {
    const char *path; /* deleted after the request, unless it has been moved away */
    int fd;           /* open for reading and writing */
    uint64_t size;
    uint8_t sha256[32];
    enum http_file_end end; /* whatever but WHOLE: nothing above holds */
};

struct http_request {
    struct str method; /* "GET" …; HEAD comes as GET */
    struct str path;   /* decoded, normal form, UTF-8 */
    struct str query;  /* as sent, without "?"; http_query() takes it apart */
    const struct http_header *headers;
    size_t n_headers;
    struct str body;
    bool follows;                 /* the body is yet to come: http_feed() */
    const struct http_file *file; /* the body, when it lies in a file; else NULL */
    struct str peer;              /* the client's address; behind a trusted proxy what that says */
    bool secure;                  /* came over TLS, here or at a trusted proxy */
};

struct http_response {
    int status;
    struct buf body;
    struct http_header headers[16]; /* values live until the exchange ends: in its arena, or for ever */
    size_t n_headers;
    struct str fixed; /* instead of body: bytes that live as long as the server (assets) */
};

void http_response_init(struct http_response *r);
void http_response_release(struct http_response *r);
/* A 17th header is an error of ours. `name` is a literal. */
void http_response_header(struct http_response *r, const char *name, struct str value);

/* STR_NONE when absent. Those whose repetition means something else to somebody stand once (see http/headers.c). */
struct str http_request_header(const struct http_request *r, const char *name);
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
/* What the log shall know of it: the request's id, and whose credential it came with. Copied. */
void http_exchange_mark(struct http_exchange *x, struct str id, struct str who);
/* Ends the exchange with r, which is taken over. From any thread, once. Also when the client is gone or the server is
 * stopping: then nobody gets it. */
void http_answer(struct http_exchange *x, struct http_response *r);
/* So with what comes out of `fd` (taken over) as its body. Of a regular file all from its beginning, or the part that
 * the client asked for (Range, RFC 9110 14); of a pipe or socket whatever comes until it closes. A stream of
 * text/event-stream gets a comment each 15 seconds by itself, so that a client that is gone is noticed: then `fd` is
 * closed. */
void http_answer_stream(struct http_exchange *x, struct http_response *r, int fd);

/* Of an exchange whose body follows: it goes into `fd` (the end of a pipe to write to; taken over) as it comes, in
 * blocks: four bytes of length in the machine's order, so many bytes; after the last a length of 0. A pipe that ends
 * without it tells of a client who is gone. The exchange may be answered at any time: what of the body has not come
 * then is read past. Once, within the handler. */
void http_feed(struct http_exchange *x, int fd);
#define HTTP_FEED_BLOCK (64 * 1024) /* longest block */
/* Whether all of it has gone into the pipe. True of one whose body does not follow. */
bool http_exchange_is_whole(struct http_exchange *x);

/* Refuses with a problem document: title and detail in English. */
void http_refuse(struct http_exchange *x, int status, const char *title, const char *detail);

/* A listening socket. address: "127.0.0.1", "::1", "0.0.0.0"; "::" takes IPv4 too. port 0: any free one. */
enum rc http_listen(struct ctx *cx, const char *address, uint16_t port, int *out) MUST_CHECK;
uint16_t http_port(int fd); /* of a listening socket */
/* Whether s is an address or a network (CIDR) as `proxies` wants it. */
bool http_is_network(struct str s);

/* What became of a request, when it has ended. */
struct http_done {
    int status;           /* 0: the client was gone before an answer */
    bool head;            /* it was HEAD */
    uint64_t bytes;       /* of the answer's body, as far as known */
    int64_t microseconds; /* from its first line to its end */
    struct str id, who;   /* of http_exchange_mark() */
};

struct http_options {
    int fd;                    /* from http_listen(); taken over */
    struct str cert, key;      /* PEM; empty: plain HTTP */
    const struct str *proxies; /* addresses or networks (CIDR) whose X-Forwarded-For and -Proto are believed */
    size_t n_proxies;
    unsigned threads;
    const struct http_header *always; /* headers of every answer, refusals too; they live as long as the server */
    size_t n_always;
    /* Largest body this request may have; asked before it is read. 0: none allowed. method "HEAD" is told as "GET".
     * *follows: set when it is not to be held here. */
    size_t (*most_body)(void *arg, struct str method, struct str path, bool *follows);
    /* Takes the exchange: answers now, or keeps it and answers later. Of one whose body follows it is called when the
     * head is there; without any body (that needs none) it is as any other. */
    void (*handle)(void *arg, struct http_exchange *x);
    void (*log)(void *arg, const struct http_request *r, const struct http_done *d); /* NULL: none */
    void *arg;
};

struct http_server;
enum rc http_start(struct ctx *cx, const struct http_options *o, struct http_server **out) MUST_CHECK;
size_t http_in_hand(struct http_server *s); /* exchanges that the handler has not answered */
/* New connections are refused and streams end; waits until what has begun is answered, at most `seconds`: then it is
 * answered 503. */
void http_stop(struct http_server *s, int seconds);

#endif
