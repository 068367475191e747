#include "serve/forward.h"

#include "base/limits.h"
#include "serve/frames.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define PING_SECONDS 1
#define PIPE_BYTES (256 * KIB)

/* One that waits. Its place and `turn` make up the id in messages, so that an old answer finds nobody. */
struct waiting {
    struct http_exchange *x; /* NULL: free */
    uint32_t turn;
    bool sent;
    int64_t until; /* seconds, monotonic */
    int body;      /* end of a pipe that goes with it; -1: none */
    struct buf message;
};

struct forward {
    int fd;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t work;
    struct waiting waiting[LIMIT_SERVE_FORWARDED];
    uint16_t queue[LIMIT_SERVE_FORWARDED]; /* places to be sent, a ring */
    size_t first, queued, used;
    bool ping, ending;
    int64_t heard; /* of worker, seconds; 0: never */
    pthread_t sender, receiver;
};

static int64_t seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static void unknown(struct http_exchange *x)
{
    http_refuse(x, 503, "Service Unavailable",
                http_exchange_is_whole(x)
                    ? "the outcome is unknown; ask again with the same Idempotency-Key to find out"
                    : "it could not be taken to its end; nothing was done; send it again");
}

/* With the lock held: takes the exchange out of its place. */
static struct http_exchange *take_out(struct forward *f, struct waiting *w)
{
    struct http_exchange *x = w->x;
    w->x = NULL;
    w->turn++;
    w->sent = false;
    if (w->body >= 0) close(w->body);
    w->body = -1;
    buf_release(&w->message);
    f->used--;
    return x;
}

/* The pipe of a body that follows: the end to read from, for worker. -1: none could be made. */
static int open_body(struct http_exchange *x)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    (void)fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES); /* larger than usual: fewer turns */
    http_feed(x, ends[1]);
    return ends[0];
}

void forward_put(struct forward *f, struct http_exchange *x, struct str id)
{
    bool follows = http_exchange_request(x)->follows;
    int body = follows ? open_body(x) : -1;
    struct buf message;
    buf_init(&message, LIMIT_SERVE_MESSAGE);
    frames_put_request(&message, http_exchange_request(x), id);
    size_t at = 0;
    pthread_mutex_lock(&f->lock);
    while (at < LIMIT_SERVE_FORWARDED && f->waiting[at].x) at++;
    bool fits = at < LIMIT_SERVE_FORWARDED && !message.failed && !f->ending && (body >= 0 || !follows);
    if (fits) {
        struct waiting *w = &f->waiting[at];
        *w = (struct waiting){
            .x = x, .turn = w->turn, .until = seconds() + LIMIT_SERVE_SECONDS, .body = body, .message = message};
        f->queue[(f->first + f->queued++) % LIMIT_SERVE_FORWARDED] = (uint16_t)at;
        f->used++;
        pthread_cond_signal(&f->work);
    }
    pthread_mutex_unlock(&f->lock);
    if (fits) return;
    buf_release(&message);
    if (body >= 0) close(body);
    http_refuse(x, 503, "Service Unavailable", "too much waits here at once; nothing was done; try again");
}

static uint64_t id_of(const struct forward *f, const struct waiting *w)
{
    return (uint64_t)w->turn << 32 | (uint64_t)(w - f->waiting);
}

static void *send_all(void *arg)
{
    struct forward *f = arg;
    pthread_mutex_lock(&f->lock);
    while (!f->ending) {
        if (f->ping) {
            f->ping = false;
            pthread_mutex_unlock(&f->lock);
            (void)frames_send(f->fd, FRAME_PING, 0, STR(""), -1);
            pthread_mutex_lock(&f->lock);
            continue;
        }
        if (!f->queued) {
            pthread_cond_wait(&f->work, &f->lock);
            continue;
        }
        struct waiting *w = &f->waiting[f->queue[f->first]];
        f->first = (f->first + 1) % LIMIT_SERVE_FORWARDED;
        f->queued--;
        if (!w->x || w->sent) continue; /* its time was over before */
        uint64_t id = id_of(f, w);
        struct buf message = w->message;
        w->message = (struct buf){.max = message.max};
        int body = w->body;
        w->body = -1;
        w->sent = true;
        pthread_mutex_unlock(&f->lock);
        bool done = frames_send(f->fd, FRAME_REQUEST, id, buf_view(&message), body);
        buf_release(&message);
        if (body >= 0) close(body);
        pthread_mutex_lock(&f->lock);
        if (!done && w->x && id_of(f, w) == id) {
            struct http_exchange *x = take_out(f, w);
            pthread_mutex_unlock(&f->lock);
            unknown(x);
            pthread_mutex_lock(&f->lock);
        }
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

/* Those whose worker is gone (all that were sent), or whose time is over. */
static void give_up(struct forward *f, bool all_sent)
{
    int64_t now = seconds();
    for (size_t i = 0; i < LIMIT_SERVE_FORWARDED; i++) {
        pthread_mutex_lock(&f->lock);
        struct waiting *w = &f->waiting[i];
        struct http_exchange *x = NULL;
        if (w->x && !http_exchange_is_whole(w->x)) w->until = now + LIMIT_SERVE_SECONDS; /* the client's time */
        if (w->x && ((all_sent && w->sent) || w->until <= now)) x = take_out(f, w);
        pthread_mutex_unlock(&f->lock);
        if (x) unknown(x);
    }
}

static void answer(struct http_exchange *x, struct str message, int stream)
{
    struct http_response r;
    struct ctx *cx = http_exchange_ctx(x);
    struct str who;
    http_response_init(&r);
    if (!frames_get_answer(cx, message, &r, &who)) {
        http_response_release(&r);
        if (stream >= 0) close(stream);
        unknown(x);
        return;
    }
    http_exchange_mark(x, STR_NONE, who);
    if (stream < 0) {
        http_answer(x, &r);
        return;
    }
    http_answer_stream(x, &r, stream);
}

static void received(struct forward *f, struct frames *w)
{
    struct http_exchange *x = NULL;
    size_t at = (uint32_t)w->id;
    pthread_mutex_lock(&f->lock);
    f->heard = seconds();
    if (w->kind == FRAME_ANSWER && at < LIMIT_SERVE_FORWARDED && f->waiting[at].x && f->waiting[at].sent &&
        f->waiting[at].turn == (uint32_t)(w->id >> 32))
        x = take_out(f, &f->waiting[at]);
    pthread_mutex_unlock(&f->lock);
    if (w->kind == FRAME_HELLO) give_up(f, true);
    if (!x) return; /* of the web before this one, or too late */
    int stream = w->passed;
    w->passed = -1;
    answer(x, buf_view(&w->body), stream);
}

static void *receive_all(void *arg)
{
    struct forward *f = arg;
    struct frames w;
    int64_t swept = seconds();
    frames_init(&w, f->fd);
    for (bool ending = false; !ending;) {
        struct pollfd p = {.fd = f->fd, .events = POLLIN};
        int got = poll(&p, 1, 200) > 0 ? frames_receive(&w, false) : 0;
        if (got > 0) received(f, &w);
        if (got < 0) poll(NULL, 0, 200); /* the supervisor holds both ends, so this is not for long */
        int64_t now = seconds();
        if (now > swept) give_up(f, false);
        pthread_mutex_lock(&f->lock);
        if (now > swept && now % PING_SECONDS == 0) {
            f->ping = true;
            pthread_cond_signal(&f->work);
        }
        swept = now;
        ending = f->ending;
        pthread_mutex_unlock(&f->lock);
    }
    frames_release(&w);
    return NULL;
}

enum rc forward_open(struct ctx *cx, int fd, struct forward **out)
{
    struct forward *f = calloc(1, sizeof *f);
    uint32_t first;
    sigset_t all, before;
    *out = NULL;
    if (!f) return fail(cx, E_IO, "out of memory");
    f->fd = fd;
    f->ping = true;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->work, NULL);
    /* another web before this one may have begun with the same numbers */
    if (getrandom(&first, sizeof first, 0) != sizeof first) return fail(cx, E_IO, "no random numbers");
    for (size_t i = 0; i < LIMIT_SERVE_FORWARDED; i++) f->waiting[i] = (struct waiting){.turn = first, .body = -1};
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    bool good =
        pthread_create(&f->sender, NULL, send_all, f) == 0 && pthread_create(&f->receiver, NULL, receive_all, f) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!good) return fail(cx, E_IO, "cannot start threads: %s", strerror(errno));
    *out = f;
    return OK;
}

bool forward_works(struct forward *f, size_t *waiting)
{
    pthread_mutex_lock(&f->lock);
    bool works = f->heard && seconds() - f->heard <= 3 * PING_SECONDS;
    *waiting = f->used;
    pthread_mutex_unlock(&f->lock);
    return works;
}

void forward_close(struct forward *f)
{
    pthread_mutex_lock(&f->lock);
    f->ending = true;
    pthread_cond_broadcast(&f->work);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->receiver, NULL);
    /* the sender may be held up by a worker that does not read: the process ends anyway */
    pthread_detach(f->sender);
}
