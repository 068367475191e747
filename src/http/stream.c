/* Answers that come out of a descriptor as it gives them, and bodies that go into one. The connection sleeps while
 * there is nothing, or no room; the watcher wakes it. */
#include "http/http_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BEAT_SECONDS 15
#define BLOCK 16384

static bool wants_beat(const struct http_stream *t)
{
    return t->is_events && (!t->end[1] || (t->end[0] == '\n' && t->end[1] == '\n')) && http_seconds() >= t->beat;
}

bool http_stream_sleep(struct http_stream *t)
{
    struct http_server *s = t->server;
    pthread_mutex_lock(&s->lock);
    bool sleeps = t->writes ? !t->x->done : !atomic_load(&s->stopping);
    if (sleeps) {
        struct epoll_event e = {.events = (t->writes ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT, .data.ptr = t};
        t->waits = true;
        http_place_set(t->place, 0);
        MHD_suspend_connection(t->connection);
        (void)epoll_ctl(s->poll, EPOLL_CTL_MOD, t->fd, &e);
    }
    pthread_mutex_unlock(&s->lock);
    return sleeps;
}

static ssize_t give(void *arg, uint64_t position, char *out, size_t most)
{
    struct http_stream *t = arg;
    static const char beat[] = ":\n\n";
    (void)position;
    if (atomic_load(&t->server->stopping)) return MHD_CONTENT_READER_END_OF_STREAM;
    ssize_t n = read(t->fd, out, most);
    bool nothing = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (nothing && wants_beat(t) && most >= sizeof beat - 1) {
        n = sizeof beat - 1;
        memcpy(out, beat, sizeof beat - 1);
    } else if (nothing) {
        (void)http_stream_sleep(t);
        return 0;
    }
    if (n <= 0) return MHD_CONTENT_READER_END_OF_STREAM;
    t->end[0] = n > 1 ? out[n - 2] : t->end[1];
    t->end[1] = out[n - 1];
    t->beat = http_seconds() + BEAT_SECONDS;
    t->x->sent += (uint64_t)n;
    http_place_set(t->place, LIMIT_HTTP_STREAM_SECONDS);
    return n;
}

static void link_into(struct http_stream *list, struct http_stream *t)
{
    t->next = list;
    t->prev = list->prev;
    t->prev->next = t->next->prev = t;
}

void http_stream_close(struct http_stream *t)
{
    struct http_server *s = t->server;
    pthread_mutex_lock(&s->lock);
    t->prev->next = t->next;
    t->next->prev = t->prev;
    t->waits = false; /* an event that names it comes too late to wake anybody */
    /* closing takes it out of the watcher's set only when nobody else has it open: who has sent it here may still */
    (void)epoll_ctl(s->poll, EPOLL_CTL_DEL, t->fd, NULL);
    close(t->fd);
    link_into(&s->dead, t);
    pthread_mutex_unlock(&s->lock);
}

static void over(void *arg)
{
    http_stream_close(arg);
}

struct http_stream *http_stream_open(struct http_exchange *x, int fd, bool writes)
{
    struct http_server *s = x->server;
    struct http_stream *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    *t = (struct http_stream){
        .x = x, .server = s, .connection = x->connection, .place = x->place, .fd = fd, .writes = writes};
    /* once: that the other end is gone would be told for ever */
    struct epoll_event e = {.events = EPOLLONESHOT, .data.ptr = t};
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(s->poll, EPOLL_CTL_ADD, fd, &e) != 0) {
        free(t);
        return NULL;
    }
    pthread_mutex_lock(&s->lock);
    link_into(&s->streams, t);
    pthread_mutex_unlock(&s->lock);
    return t;
}

static bool is_events(const struct http_response *r)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, STR("Content-Type")))
            return str_starts(r->headers[i].value, STR("text/event-stream"));
    return false;
}

struct MHD_Response *http_stream_response(struct http_exchange *x)
{
    struct http_stream *t = http_stream_open(x, x->stream, false);
    if (!t) return NULL;
    t->is_events = is_events(&x->answer);
    t->beat = http_seconds() + BEAT_SECONDS;
    x->stream = -1;
    struct MHD_Response *r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, give, t, over);
    if (!r) http_stream_close(t);
    return r;
}

void http_stream_wake(struct http_stream *t)
{
    if (!t->waits) return;
    t->waits = false;
    http_place_set(t->place, t->writes ? LIMIT_HTTP_MOVING_SECONDS : LIMIT_HTTP_STREAM_SECONDS);
    MHD_resume_connection(t->connection);
}

void http_stream_ready(struct http_stream *t)
{
    struct http_server *s = t->server;
    pthread_mutex_lock(&s->lock);
    http_stream_wake(t);
    pthread_mutex_unlock(&s->lock);
}

/* The library hears of a client's end only when it comes after the bytes before it, not with them. */
static void end_if_gone(const struct http_stream *t)
{
    char c;
    if (!t->waits && t->place->fd >= 0 && recv(t->place->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        (void)shutdown(t->place->fd, SHUT_RDWR);
}

void http_streams_beat(struct http_server *s, int64_t now)
{
    pthread_mutex_lock(&s->lock);
    for (struct http_stream *t = s->streams.next; t != &s->streams; t = t->next) {
        if (t->is_events && t->beat <= now) http_stream_wake(t);
        if (t->writes) end_if_gone(t);
    }
    pthread_mutex_unlock(&s->lock);
}

void http_streams_bury(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->dead.next != &s->dead) {
        struct http_stream *t = s->dead.next;
        s->dead.next = t->next;
        t->next->prev = &s->dead;
        free(t);
    }
    pthread_mutex_unlock(&s->lock);
}

void http_streams_end(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    atomic_store(&s->stopping, true);
    for (struct http_stream *t = s->streams.next; t != &s->streams; t = t->next)
        if (!t->writes) http_stream_wake(t); /* what is being taken is taken to its end */
    pthread_mutex_unlock(&s->lock);
}
