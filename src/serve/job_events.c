#include "serve/job_events.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ID_TEXT 32

struct watcher {
    char id[ID_TEXT + 1];
    int fd;
};

struct job_events {
    pthread_mutex_t lock;
    struct watcher list[LIMIT_JOB_WATCHERS];
    size_t n;
};

enum rc job_events_new(struct ctx *cx, struct job_events **out)
{
    *out = calloc(1, sizeof **out);
    if (!*out) return fail(cx, E_IO, "out of memory");
    pthread_mutex_init(&(*out)->lock, NULL);
    return OK;
}

void job_events_free(struct job_events *e)
{
    if (!e) return;
    for (size_t i = 0; i < e->n; i++) close(e->list[i].fd);
    pthread_mutex_destroy(&e->lock);
    free(e);
}

static void put(struct buf *out, const struct job *j)
{
    struct json o;
    buf_cstr(out, "data: ");
    json_init(&o, out, false);
    job_put_event(&o, j);
    buf_cstr(out, "\n\n");
}

/* false: nobody reads any more. An event fits into a pipe whole, or is left out. */
static bool give(int fd, const struct job *j)
{
    scoped_buf event;
    buf_init(&event, 4 * KIB);
    put(&event, j);
    return event.failed || write(fd, event.p, event.n) > 0 || errno == EAGAIN;
}

enum rc job_events_watch(struct ctx *cx, struct job_events *e, const struct job *j, int *fd)
{
    int ends[2];
    if (j->id.n > ID_TEXT) return fail(cx, E_INTERNAL, "the id of a job is too long");
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return fail(cx, E_IO, "a stream: %s", strerror(errno));
    bool more = give(ends[1], j) && !job_has_ended(j->state), fits = true;
    pthread_mutex_lock(&e->lock);
    if (more) fits = e->n < LIMIT_JOB_WATCHERS;
    if (more && fits) {
        struct watcher *w = &e->list[e->n++];
        *w = (struct watcher){.fd = ends[1]};
        memcpy(w->id, j->id.p, j->id.n);
    }
    pthread_mutex_unlock(&e->lock);
    if (!more || !fits) close(ends[1]);
    if (!fits) {
        close(ends[0]);
        return fail(cx, E_LIMIT, "too many watch jobs at once; ask for the job itself now and then");
    }
    *fd = ends[0];
    return OK;
}

void job_events_tell(struct job_events *e, const struct job *j)
{
    pthread_mutex_lock(&e->lock);
    for (size_t i = 0; i < e->n;) {
        struct watcher *w = &e->list[i];
        if (!str_eq(str_from(w->id), j->id) || (give(w->fd, j) && !job_has_ended(j->state))) {
            i++;
            continue;
        }
        close(w->fd);
        *w = e->list[--e->n];
    }
    pthread_mutex_unlock(&e->lock);
}
