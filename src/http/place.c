/* Connections: how many there may be, how long each may take, and the thread that sees to it. */
#include "http/http_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t http_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

void http_place_set(struct http_place *p, int64_t seconds)
{
    atomic_store(&p->until, seconds ? http_seconds() + seconds : 0);
}

/* Two addresses may share a counter, which is seldom and does no harm. */
static uint16_t *counter(struct http_server *s, const struct http_address *a)
{
    uint64_t h = s->seed;
    static const uint8_t four[12] = {[10] = 0xff, [11] = 0xff};
    size_t n = memcmp(a->bytes, four, sizeof four) == 0 ? 16 : 8; /* who has one IPv6 address has the /64 */
    for (size_t i = 0; i < n; i++) h = (h ^ a->bytes[i]) * 0x100000001b3ULL;
    return &s->of_address[(h ^ (h >> 32)) & 0xffff];
}

bool http_address_may(struct http_server *s, const struct sockaddr *from)
{
    struct http_address a;
    http_address_from(from, &a);
    pthread_mutex_lock(&s->lock);
    bool may = http_is_proxy(s, &a) || *counter(s, &a) < LIMIT_HTTP_OF_ADDRESS;
    pthread_mutex_unlock(&s->lock);
    return may;
}

static void begin(struct http_server *s, struct MHD_Connection *c, void **context)
{
    struct http_place *p = calloc(1, sizeof *p);
    const union MHD_ConnectionInfo *fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *from = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    *context = p;
    if (!p) return; /* its first request ends it */
    p->fd = fd ? fd->connect_fd : -1;
    http_address_from(from ? from->client_addr : NULL, &p->peer);
    p->is_proxy = http_is_proxy(s, &p->peer);
    http_place_set(p, LIMIT_HTTP_IDLE_SECONDS);
    pthread_mutex_lock(&s->lock);
    p->next = &s->places;
    p->prev = s->places.prev;
    p->prev->next = p->next->prev = p;
    s->connections++;
    if (!p->is_proxy) ++*counter(s, &p->peer);
    pthread_mutex_unlock(&s->lock);
}

void http_connection(void *arg, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode code)
{
    struct http_server *s = arg;
    struct http_place *p = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        begin(s, c, context);
        return;
    }
    if (!p) return;
    pthread_mutex_lock(&s->lock);
    p->prev->next = p->next;
    p->next->prev = p->prev;
    s->connections--;
    if (!p->is_proxy) --*counter(s, &p->peer);
    pthread_mutex_unlock(&s->lock);
    free(p);
    *context = NULL;
}

struct http_place *http_place_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void end_old(struct http_server *s, int64_t now)
{
    pthread_mutex_lock(&s->lock);
    for (struct http_place *p = s->places.next; p != &s->places; p = p->next) {
        int64_t until = atomic_load(&p->until);
        if (until && until <= now && p->fd >= 0) shutdown(p->fd, SHUT_RDWR); /* closing it is the library's */
    }
    pthread_mutex_unlock(&s->lock);
}

static void *watch(void *arg)
{
    struct http_server *s = arg;
    int64_t last = 0;
    while (!atomic_load(&s->watched)) {
        struct epoll_event events[32];
        int n = epoll_wait(s->poll, events, sizeof events / sizeof *events, 1000);
        for (int i = 0; i < n; i++)
            if (events[i].data.ptr) http_stream_ready(events[i].data.ptr);
        http_streams_bury(s);
        int64_t now = http_seconds();
        if (now == last) continue;
        last = now;
        end_old(s, now);
        http_streams_beat(s, now);
    }
    return NULL;
}

enum rc http_watch_start(struct ctx *cx, struct http_server *s)
{
    struct epoll_event e = {.events = EPOLLIN};
    s->poll = epoll_create1(EPOLL_CLOEXEC);
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->poll < 0 || s->wake < 0 || epoll_ctl(s->poll, EPOLL_CTL_ADD, s->wake, &e) != 0 ||
        pthread_create(&s->watcher, NULL, watch, s) != 0)
        return fail(cx, E_IO, "cannot start the HTTP server: %s", strerror(errno));
    return OK;
}

void http_watch_stop(struct http_server *s)
{
    uint64_t one = 1;
    atomic_store(&s->watched, true);
    (void)!write(s->wake, &one, sizeof one);
    pthread_join(s->watcher, NULL);
}
