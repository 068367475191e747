/* One request from its first line to its end. The library calls on the connection's thread; the handler's answer may
 * come from another. */
#include "http/http_int.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define IGNORED (1 * MIB)             /* bytes of a body that is too large are read past, so that the refusal arrives */
#define IGNORED_FOLLOWING (256 * MIB) /* so of one that follows, and at most what it may have */

static int64_t microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void *http_began(void *arg, const char *uri, struct MHD_Connection *c)
{
    struct http_server *s = arg;
    struct http_exchange *x = calloc(1, sizeof *x);
    if (!x) return NULL;
    ctx_init(&x->cx);
    pthread_mutex_init(&x->lock, NULL);
    http_response_init(&x->answer);
    x->server = s;
    x->connection = c;
    x->place = http_place_of(c);
    x->holders = 1;
    x->stream = -1;
    x->began = microseconds();
    struct str target = str_from(uri);
    x->target = target.n <= LIMIT_HTTP_TARGET ? arena_str(&x->cx.arena, target) : STR_NONE;
    pthread_mutex_lock(&s->lock);
    s->active++;
    pthread_mutex_unlock(&s->lock);
    return x;
}

static void drop(struct http_exchange *x)
{
    pthread_mutex_lock(&x->lock);
    bool last = --x->holders == 0;
    pthread_mutex_unlock(&x->lock);
    if (!last) return;
    pthread_mutex_destroy(&x->lock);
    http_response_release(&x->answer);
    buf_release(&x->body);
    ctx_release(&x->cx);
    free(x);
}

static void unlist(struct http_exchange *x)
{
    struct http_server *s = x->server;
    *(x->prev ? &x->prev->next : &s->first) = x->next;
    if (x->next) x->next->prev = x->prev;
    s->in_hand--;
    pthread_cond_broadcast(&s->quiet);
}

static enum MHD_Result refuse(struct http_exchange *x, int status, const char *title, const char *detail)
{
    http_problem(x, &x->answer, status, title, detail);
    x->must_close = true;
    x->state = HTTP_ANSWERED;
    return http_send(x);
}

/* --- the head */

static bool has_body(const struct http_request *r)
{
    struct str length = http_request_header(r, "Content-Length");
    int64_t n = 0;
    return http_request_header(r, "Transfer-Encoding").p || (str_to_i64(length, 0, INT64_MAX, &n) && n > 0);
}

static bool says_too_large(const struct http_exchange *x)
{
    struct str length = http_request_header(&x->request, "Content-Length");
    int64_t n;
    return length.p && str_to_i64(length, 0, INT64_MAX, &n) && (uint64_t)n > x->most;
}

static void list(struct http_exchange *x)
{
    struct http_server *s = x->server;
    x->holders = 2;
    pthread_mutex_lock(&s->lock);
    x->next = s->first;
    if (x->next) x->next->prev = x;
    s->first = x;
    s->in_hand++;
    pthread_mutex_unlock(&s->lock);
}

static enum MHD_Result send_early(struct http_exchange *x)
{
    x->must_close = true;
    return http_send(x);
}

/* The handler gets the head of a request whose body follows. Refused is what is refused now; but who does not wait for
 * leave to send would see a connection that breaks: its body is read past first. */
static enum MHD_Result hand_over_head(struct http_exchange *x)
{
    struct http_server *s = x->server;
    x->request.follows = true;
    x->state = HTTP_HANDLING;
    list(x);
    s->o.handle(s->o.arg, x);
    pthread_mutex_lock(&x->lock);
    bool refused = x->state != HTTP_HANDLING;
    if (!refused) x->state = HTTP_BODY;
    pthread_mutex_unlock(&x->lock);
    http_place_set(x->place, LIMIT_HTTP_MOVING_SECONDS);
    return refused && http_request_header(&x->request, "Expect").p ? send_early(x) : MHD_YES;
}

static enum MHD_Result take_head(struct http_exchange *x, const char *method, const char *version)
{
    struct http_request *r = &x->request;
    const char *why = NULL;
    x->state = HTTP_BODY;
    x->is_head = !strcmp(method, "HEAD");
    r->method = x->is_head ? STR("GET") : arena_str(&x->cx.arena, str_slice(str_from(method), 0, 32));
    r->path = r->query = r->body = r->peer = STR("");
    int status = http_headers_take(x, x->connection, &why);
    http_peer(x);
    if (!x->target.p) return refuse(x, 414, "URI Too Long", "the target of the request is longer than is read");
    if (status) return refuse(x, status, status == 431 ? "Request Header Fields Too Large" : "Bad Request", why);
    bool one = !strcmp(version, "HTTP/1.1");
    if (!one && strcmp(version, "HTTP/1.0") != 0)
        return refuse(x, 505, "HTTP Version Not Supported", "HTTP/1.1 is spoken here");
    if (one && !http_request_header(r, "Host").p) return refuse(x, 400, "Bad Request", "the header Host is missing");
    if (!http_target_read(&x->cx, x->target, r))
        return refuse(x, 400, "Bad Request", "the target is not in normal form: an absolute path in UTF-8 is expected");
    if (!strcmp(method, "TRACE") || !strcmp(method, "CONNECT"))
        return refuse(x, 501, "Not Implemented", "this method is not offered");
    bool follows = false;
    x->most = x->server->o.most_body(x->server->o.arg, r->method, r->path, &follows);
    if (says_too_large(x) || (!x->most && has_body(r)))
        return refuse(x, 413, "Content Too Large", "the body is larger than this request may have");
    if (follows && has_body(r)) return hand_over_head(x);
    buf_init(&x->body, x->most);
    http_place_set(x->place, LIMIT_HTTP_MOVING_SECONDS + (int64_t)(x->most / LIMIT_HTTP_PACE));
    return MHD_YES;
}

/* --- the body */

/* Bytes are counted here: what a request says of its length is no promise. */
static enum MHD_Result take_body(struct http_exchange *x, const char *data, size_t *n)
{
    size_t got = *n;
    *n = 0;
    if (!x->refused && got > x->most - x->body.n) x->refused = 413;
    if (!x->refused && atomic_fetch_add(&x->server->bodies, got) + got > LIMIT_HTTP_BODIES) {
        atomic_fetch_sub(&x->server->bodies, got);
        x->refused = 503;
    } else if (!x->refused) {
        x->charged += got;
        buf_add(&x->body, data, got);
        if (x->body.failed) x->refused = 503;
    }
    if (x->refused) x->ignored += got;
    return x->ignored > IGNORED ? MHD_NO : MHD_YES;
}

static void hand_over(struct http_exchange *x)
{
    struct http_server *s = x->server;
    x->request.body = x->body.n ? buf_view(&x->body) : STR("");
    x->state = HTTP_HANDLING;
    http_place_set(x->place, 0);
    list(x);
    s->o.handle(s->o.arg, x);
}

static enum MHD_Result wait_for_answer(struct http_exchange *x)
{
    pthread_mutex_lock(&x->lock);
    bool waits = x->state == HTTP_HANDLING || x->state == HTTP_BODY;
    if (waits) {
        x->state = HTTP_WAITING;
        MHD_suspend_connection(x->connection);
    }
    pthread_mutex_unlock(&x->lock);
    return waits ? MHD_YES : http_send(x);
}

static enum MHD_Result handle(struct http_exchange *x)
{
    if (x->refused == 413) return refuse(x, 413, "Content Too Large", "the body is larger than this request may have");
    if (x->refused) return refuse(x, 503, "Service Unavailable", "too much is being sent here at once; try again");
    hand_over(x);
    return wait_for_answer(x);
}

/* A body that follows, which the handler has asked for already. */
static enum MHD_Result pass_on(struct http_exchange *x, const char *data, size_t *n)
{
    if (*n) return http_feed_take(x, data, n);
    if (!http_feed_end(x)) return MHD_YES;
    http_place_set(x->place, 0);
    return wait_for_answer(x);
}

size_t http_ignores(const struct http_exchange *x)
{
    if (!x->request.follows || x->most < IGNORED) return IGNORED;
    return x->most < IGNORED_FOLLOWING ? x->most : IGNORED_FOLLOWING;
}

/* What still comes when the answer is there: who looks hears it at once, who does not still sends for a while. */
static enum MHD_Result read_past(struct http_exchange *x, size_t *n)
{
    if (!x->must_close) x->told = x->request.follows && http_send_early(x);
    x->must_close = true;
    x->ignored += *n;
    *n = 0;
    return x->ignored > http_ignores(x) ? MHD_NO : MHD_YES;
}

static enum http_state state_of(struct http_exchange *x)
{
    pthread_mutex_lock(&x->lock);
    enum http_state state = x->state;
    pthread_mutex_unlock(&x->lock);
    return state;
}

enum MHD_Result http_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
                             const char *version, const char *data, size_t *n, void **context)
{
    struct http_exchange *x = *context;
    (void)arg, (void)c, (void)url;
    if (!x || !x->place) return MHD_NO; /* memory ran out */
    switch (state_of(x)) {
    case HTTP_HEAD:
        return take_head(x, method, version);
    case HTTP_BODY:
        if (x->request.follows) return pass_on(x, data, n);
        return *n ? take_body(x, data, n) : handle(x);
    case HTTP_ANSWERED:
        return *n ? read_past(x, n) : x->told ? MHD_NO : http_send(x);
    case HTTP_SENT: /* a refused body is still coming */
        *n = 0;
        return MHD_YES;
    case HTTP_HANDLING:
    case HTTP_WAITING:
        break;
    }
    return MHD_NO;
}

/* --- the answer */

const struct http_request *http_exchange_request(const struct http_exchange *x)
{
    return &x->request;
}

struct ctx *http_exchange_ctx(struct http_exchange *x)
{
    return &x->cx;
}

void http_exchange_mark(struct http_exchange *x, struct str id, struct str who)
{
    pthread_mutex_lock(&x->lock);
    x->id = id.p ? arena_str(&x->cx.arena, id) : x->id;
    x->who = arena_str(&x->cx.arena, who);
    pthread_mutex_unlock(&x->lock);
}

bool http_exchange_is_whole(struct http_exchange *x)
{
    pthread_mutex_lock(&x->lock);
    bool whole = !x->request.follows || x->whole;
    pthread_mutex_unlock(&x->lock);
    return whole;
}

/* With the exchange's lock held: lets the connection's thread send what lies in x. */
static void settle(struct http_exchange *x)
{
    bool waits = x->state == HTTP_WAITING;
    x->state = HTTP_ANSWERED;
    if (waits) MHD_resume_connection(x->connection);
}

/* With the server's lock held: nobody sleeps for the body's sake any longer. */
static void end_feed(struct http_exchange *x)
{
    x->done = true;
    if (x->feed) http_stream_wake(x->feed);
}

static void answer(struct http_exchange *x, struct http_response *r, int fd)
{
    pthread_mutex_lock(&x->lock);
    bool lost = x->lost;
    if (!lost) {
        x->answer = *r;
        x->stream = fd;
        settle(x);
    }
    pthread_mutex_unlock(&x->lock);
    if (!lost) {
        struct http_server *s = x->server;
        pthread_mutex_lock(&s->lock);
        unlist(x);
        end_feed(x);
        pthread_mutex_unlock(&s->lock);
    } else {
        http_response_release(r);
        if (fd >= 0) close(fd);
    }
    http_response_init(r);
    drop(x);
}

void http_answer(struct http_exchange *x, struct http_response *r)
{
    answer(x, r, -1);
}

void http_answer_stream(struct http_exchange *x, struct http_response *r, int fd)
{
    answer(x, r, fd);
}

void http_refuse(struct http_exchange *x, int status, const char *title, const char *detail)
{
    struct http_response r;
    http_response_init(&r);
    http_problem(x, &r, status, title, detail);
    http_answer(x, &r);
}

void http_give_up(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    for (struct http_exchange *x = s->first, *next; x; x = next) {
        next = x->next;
        pthread_mutex_lock(&x->lock);
        bool held = !x->lost && (x->state == HTTP_HANDLING || x->state == HTTP_WAITING ||
                                 (x->state == HTTP_BODY && x->request.follows));
        if (held) {
            x->lost = true;
            http_problem(x, &x->answer, 503, "Service Unavailable",
                         "the server stops, and the outcome is unknown; ask again");
            settle(x);
            unlist(x);
            end_feed(x);
        }
        pthread_mutex_unlock(&x->lock);
    }
    pthread_mutex_unlock(&s->lock);
}

/* The client is gone while its body was coming: what the handler answers goes nowhere. */
static void abandon(struct http_exchange *x)
{
    struct http_server *s = x->server;
    http_feed_close(x);
    pthread_mutex_lock(&s->lock);
    pthread_mutex_lock(&x->lock);
    bool held = !x->lost && x->state == HTTP_BODY;
    if (held) {
        x->lost = true;
        unlist(x);
    }
    pthread_mutex_unlock(&x->lock);
    pthread_mutex_unlock(&s->lock);
}

void http_ended(void *arg, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode code)
{
    struct http_server *s = arg;
    struct http_exchange *x = *context;
    (void)c, (void)code;
    if (!x) return;
    *context = NULL;
    atomic_fetch_sub(&s->bodies, x->charged);
    if (x->request.follows) abandon(x);
    pthread_mutex_lock(&x->lock);
    if (x->stream >= 0) close(x->stream); /* never came to be sent */
    x->stream = -1;
    const struct http_done done = {.status = x->status,
                                   .head = x->is_head,
                                   .bytes = x->sent,
                                   .microseconds = microseconds() - x->began,
                                   .id = x->id,
                                   .who = x->who};
    pthread_mutex_unlock(&x->lock);
    if (s->o.log && x->request.method.p) s->o.log(s->o.arg, &x->request, &done);
    if (x->place) http_place_set(x->place, LIMIT_HTTP_IDLE_SECONDS);
    drop(x);
    pthread_mutex_lock(&s->lock);
    s->active--;
    pthread_cond_broadcast(&s->quiet);
    pthread_mutex_unlock(&s->lock);
}
