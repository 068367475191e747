#include "cli/witness_http.h"

#include "base/limits.h"
#include "base/time.h"

#include <dlfcn.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATH "/add-checkpoint"
#define HASH 64 /* digits of GET /ORIGIN-HASH/checkpoint */

/* Opened when it is needed, for the reason that libcurl is (cli/url.c). */
struct library {
    __typeof__(MHD_start_daemon) *start;
    __typeof__(MHD_stop_daemon) *stop;
    __typeof__(MHD_create_response_from_buffer) *make;
    __typeof__(MHD_add_response_header) *header;
    __typeof__(MHD_queue_response) *queue;
    __typeof__(MHD_destroy_response) *destroy;
    __typeof__(MHD_get_connection_info) *info;
    __typeof__(MHD_lookup_connection_value) *value;
};

/* A connection may last so long and no longer, however busy it looks: one that drips would else keep its place. */
struct place {
    int fd; /* -1: free */
    int64_t since;
};

struct server {
    struct library lib;
    struct witness *witness;
    pthread_mutex_t lock; /* of the places: the library's thread takes and gives them, ours ends old ones */
    struct place places[LIMIT_CONNECTIONS];
};

static int64_t seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static enum rc load(struct ctx *cx, struct library *l)
{
    void *handle = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return fail(cx, E_IO, "a witness needs libmicrohttpd (Debian: libmicrohttpd12), which is not installed");
    const struct {
        const char *name;
        void *slot;
    } symbols[] = {
        {"MHD_start_daemon", &l->start},
        {"MHD_stop_daemon", &l->stop},
        {"MHD_create_response_from_buffer", &l->make},
        {"MHD_add_response_header", &l->header},
        {"MHD_queue_response", &l->queue},
        {"MHD_destroy_response", &l->destroy},
        {"MHD_get_connection_info", &l->info},
        {"MHD_lookup_connection_value", &l->value},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *found = dlsym(handle, symbols[i].name);
        if (!found) return fail(cx, E_IO, "this libmicrohttpd has no %s", symbols[i].name);
        memcpy(symbols[i].slot, &found, sizeof found);
    }
    return OK;
}

/* --- places of connections */

static int socket_of(struct server *s, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = s->lib.info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static void on_connection(void *arg, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode code)
{
    struct server *s = arg;
    pthread_mutex_lock(&s->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct place *free_one = NULL;
        for (size_t i = 0; i < LIMIT_CONNECTIONS && !free_one; i++)
            if (s->places[i].fd < 0) free_one = &s->places[i];
        if (free_one) *free_one = (struct place){socket_of(s, c), seconds()};
        *context = free_one;
    } else if (*context)
        ((struct place *)*context)->fd = -1;
    pthread_mutex_unlock(&s->lock);
}

static void end_old(struct server *s)
{
    int64_t now = seconds();
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++)
        if (s->places[i].fd >= 0 && now - s->places[i].since > LIMIT_CONNECTION_SECONDS)
            shutdown(s->places[i].fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
}

/* --- requests */

static enum MHD_Result reply_allowing(struct server *s, struct MHD_Connection *c, unsigned status, const char *type,
                                      struct str body, const char *allow)
{
    /* copied by the library: the body is only read */
    struct MHD_Response *r = s->lib.make(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_MUST_COPY);
    if (!r) return MHD_NO;
    enum MHD_Result ok = s->lib.header(r, "Content-Type", type);
    if (ok && status == 405) ok = s->lib.header(r, "Allow", allow);
    if (ok) ok = s->lib.queue(c, status, r);
    s->lib.destroy(r);
    return ok;
}

static enum MHD_Result reply(struct server *s, struct MHD_Connection *c, unsigned status, const char *type,
                             struct str body)
{
    return reply_allowing(s, c, status, type, body, "");
}

static enum MHD_Result refuse(struct server *s, struct MHD_Connection *c, unsigned status, const char *why)
{
    return reply(s, c, status, "text/plain; charset=utf-8", str_from(why));
}

static void tell(struct ctx *cx, const struct witness_answer *a)
{
    if (!a->origin.n) return; /* what anybody can send is not worth a line */
    char at[32];
    fprintf(stderr, "%s status=%d origin=%s size=%llu%s%s\n", time_format(time_now(), at), a->status,
            str_visible(cx, a->origin), (unsigned long long)a->size, *a->why ? " why=" : "", a->why);
}

static enum MHD_Result decide(struct server *s, struct MHD_Connection *c, struct str body)
{
    struct ctx own;
    struct witness_answer a;
    ctx_init(&own);
    enum rc rc = witness_add_checkpoint(&own, s->witness, body, time_now(), &a);
    enum MHD_Result out;
    if (rc == OK) {
        tell(&own, &a);
        out = reply(s, c, (unsigned)a.status, a.type, a.body);
    } else { /* what is wrong with our disk is the operator's matter */
        fprintf(stderr, "sinetti: %s\n", own.message);
        out = refuse(s, c, 500, "the witness cannot keep what it would sign\n");
    }
    ctx_release(&own);
    return out;
}

/* "/HASH/checkpoint" → HASH; STR_NONE for any other path. */
static struct str origin_hash_of(const char *url)
{
    struct str s = str_from(url);
    bool fits = s.n == 1 + HASH + sizeof "/checkpoint" - 1 && s.p[0] == '/' && str_ends(s, STR("/checkpoint"));
    return fits ? str_slice(s, 1, 1 + HASH) : STR_NONE;
}

/* For monitors. HEAD is answered so too: the library leaves the body out. */
static enum MHD_Result show(struct server *s, struct MHD_Connection *c, struct str origin_hash, const char *method)
{
    static const char expected[] = "GET is expected\n";
    struct ctx own;
    struct witness_answer a;
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return reply_allowing(s, c, 405, "text/plain; charset=utf-8", str_from(expected), "GET, HEAD");
    ctx_init(&own);
    enum rc rc = witness_get_checkpoint(&own, s->witness, origin_hash, &a);
    if (rc != OK) fprintf(stderr, "sinetti: %s\n", own.message);
    enum MHD_Result out = rc == OK ? reply(s, c, (unsigned)a.status, a.type, a.body)
                                   : refuse(s, c, 500, "the witness cannot read what it has cosigned\n");
    ctx_release(&own);
    return out;
}

/* Whether the request itself says that its body is too long. */
static bool says_too_long(struct server *s, struct MHD_Connection *c)
{
    struct str length = str_from(s->lib.value(c, MHD_HEADER_KIND, "Content-Length"));
    int64_t n;
    return length.p && !str_to_i64(length, 0, LIMIT_WITNESS_REQUEST, &n);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *data, size_t *n, void **context)
{
    struct server *s = arg;
    struct buf *body = *context;
    (void)version;
    if (!body) {
        struct str origin_hash = origin_hash_of(url);
        if (origin_hash.p) return show(s, c, origin_hash, method);
        if (strcmp(url, PATH) != 0)
            return refuse(s, c, 404, "there are " PATH " and /ORIGIN-HASH/checkpoint here, nothing else\n");
        if (strcmp(method, "POST") != 0)
            return reply_allowing(s, c, 405, "text/plain; charset=utf-8", STR("POST is expected\n"), "POST");
        if (says_too_long(s, c)) return refuse(s, c, 413, "the request is too long\n");
        body = calloc(1, sizeof *body);
        if (!body) return MHD_NO;
        buf_init(body, LIMIT_WITNESS_REQUEST);
        *context = body;
        return MHD_YES;
    }
    if (*n) { /* bytes are counted here: what a request says of its length is no promise */
        buf_add(body, data, *n);
        *n = 0;
        return body->failed ? MHD_NO : MHD_YES;
    }
    return decide(s, c, buf_view(body));
}

static void on_end(void *arg, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode code)
{
    (void)arg;
    (void)c;
    (void)code;
    if (!*context) return;
    buf_release(*context);
    free(*context);
    *context = NULL;
}

/* --- running */

static struct MHD_Daemon *start(struct server *s, int fd)
{
    return s->lib.start(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL, on_request, s,
                        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_CONNECTIONS,
                        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)LIMIT_SILENCE_SECONDS,
                        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(32 * KIB), MHD_OPTION_NOTIFY_CONNECTION,
                        on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
}

static void wait_for_end(struct server *s)
{
    sigset_t ends;
    const struct timespec second = {1, 0};
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    while (sigtimedwait(&ends, NULL, &second) < 0) end_old(s);
}

enum rc witness_http_serve(struct ctx *cx, struct witness *w, int fd)
{
    struct server s = {.witness = w, .lock = PTHREAD_MUTEX_INITIALIZER};
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++) s.places[i].fd = -1;
    enum rc rc = load(cx, &s.lib);
    struct MHD_Daemon *d = rc == OK ? start(&s, fd) : NULL;
    if (rc == OK && !d) rc = fail(cx, E_IO, "the HTTP server does not start");
    if (!d) {
        close(fd);
        return rc;
    }
    wait_for_end(&s);
    s.lib.stop(d);
    return OK;
}
