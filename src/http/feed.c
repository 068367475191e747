/* Bodies on their way into a pipe. What the pipe does not take stays with the library, and so, when that has enough,
 * with the client. */
#include "http/http_int.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Bytes written; 0: the pipe is full; -1: whoever read it is gone. */
static ssize_t put(const struct http_stream *t, const void *bytes, size_t n)
{
    ssize_t w;
    do w = write(t->fd, bytes, n);
    while (w < 0 && errno == EINTR);
    return w >= 0 ? w : errno == EAGAIN ? 0 : -1;
}

/* Four bytes go whole or not at all (PIPE_BUF). */
static ssize_t put_length(const struct http_stream *t, uint32_t length)
{
    return put(t, &length, sizeof length);
}

static ssize_t put_some(struct http_stream *t, const char *data, size_t n)
{
    if (t->left == 0) {
        uint32_t length = n < HTTP_FEED_BLOCK ? (uint32_t)n : HTTP_FEED_BLOCK;
        ssize_t w = put_length(t, length);
        if (w <= 0) return w;
        t->left = length;
    }
    ssize_t w = put(t, data, n < t->left ? n : t->left);
    if (w > 0) t->left -= (uint32_t)w;
    return w;
}

/* The client's time begins anew with each so many bytes. */
static void count(struct http_stream *t, size_t n)
{
    t->since += n;
    if (t->since < LIMIT_HTTP_MOVING_SECONDS * LIMIT_HTTP_PACE) return;
    t->since = 0;
    http_place_set(t->place, LIMIT_HTTP_MOVING_SECONDS);
}

void http_feed(struct http_exchange *x, int fd)
{
    x->feed = http_stream_open(x, fd, true);
    if (!x->feed) close(fd); /* the reader sees a body that breaks off */
}

void http_feed_close(struct http_exchange *x)
{
    struct http_server *s = x->server;
    pthread_mutex_lock(&s->lock);
    struct http_stream *t = x->feed;
    x->feed = NULL;
    pthread_mutex_unlock(&s->lock);
    if (t) http_stream_close(t);
}

enum MHD_Result http_feed_take(struct http_exchange *x, const char *data, size_t *n)
{
    struct http_stream *t = x->feed;
    while (t && *n) {
        ssize_t w = put_some(t, data, *n);
        if (w < 0) {
            http_feed_close(x);
            t = NULL;
        } else if (w == 0) {
            if (http_stream_sleep(t)) return MHD_YES;
            t = NULL;
        } else {
            data += w;
            *n -= (size_t)w;
            count(t, (size_t)w);
        }
    }
    /* nobody takes it: read past until the answer comes */
    x->ignored += *n;
    *n = 0;
    return x->ignored > http_ignores(x) ? MHD_NO : MHD_YES;
}

bool http_feed_end(struct http_exchange *x)
{
    struct http_stream *t = x->feed;
    if (!t) return true;
    ssize_t w = put_length(t, 0);
    if (w == 0 && http_stream_sleep(t)) return false;
    if (w > 0) {
        pthread_mutex_lock(&x->lock);
        x->whole = true;
        pthread_mutex_unlock(&x->lock);
    }
    http_feed_close(x);
    return true;
}
