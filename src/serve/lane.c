#include "serve/lane.h"

#include "serve/receive.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct lane {
    struct lane_options o;
    pthread_mutex_t lock; /* of the queue */
    pthread_cond_t work;
    struct lane_task *first, **last;
    size_t waiting;
    bool ending;
    pthread_t *threads;
    size_t n;
};

/* Linux has a niceness for each thread, under the number that gettid() gives. */
static void step_back(int niceness)
{
    if (niceness) (void)setpriority(PRIO_PROCESS, (id_t)gettid(), getpriority(PRIO_PROCESS, 0) + niceness);
}

static void *run(void *arg)
{
    struct lane *l = arg;
    step_back(l->o.niceness);
    pthread_mutex_lock(&l->lock);
    for (;;) {
        struct lane_task *t = l->first;
        if (!t && l->ending) break;
        if (!t) {
            pthread_cond_wait(&l->work, &l->lock);
            continue;
        }
        l->first = t->next;
        if (!l->first) l->last = &l->first;
        l->waiting--;
        pthread_mutex_unlock(&l->lock);
        l->o.work(l->o.arg, t);
        pthread_mutex_lock(&l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

enum rc lane_start(struct ctx *cx, const struct lane_options *o, struct lane **out)
{
    struct lane *l = *out = calloc(1, sizeof *l);
    if (!l) return fail(cx, E_IO, "out of memory");
    l->o = *o;
    l->last = &l->first;
    l->threads = calloc(o->threads, sizeof *l->threads);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->work, NULL);
    for (; l->threads && l->n < o->threads; l->n++)
        if (pthread_create(&l->threads[l->n], NULL, run, l) != 0) break;
    if (l->n) return OK;
    lane_finish(l);
    *out = NULL;
    return fail(cx, E_IO, "cannot start threads: %s", strerror(errno));
}

struct lane_task *lane_task_new(uint64_t id, struct buf *message, int body)
{
    struct lane_task *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->id = id;
    t->body = body;
    t->message = *message;
    buf_init(message, message->max);
    return t;
}

void lane_task_free(struct lane_task *t)
{
    if (!t) return;
    if (t->body >= 0) close(t->body);
    if (t->has_file) receive_drop(&t->file);
    buf_release(&t->message);
    free(t);
}

bool lane_put(struct lane *l, struct lane_task *t)
{
    pthread_mutex_lock(&l->lock);
    bool fits = !l->o.most || l->waiting < l->o.most;
    if (fits) {
        t->next = NULL;
        *l->last = t;
        l->last = &t->next;
        l->waiting++;
        pthread_cond_signal(&l->work);
    }
    pthread_mutex_unlock(&l->lock);
    return fits;
}

void lane_finish(struct lane *l)
{
    if (!l) return;
    pthread_mutex_lock(&l->lock);
    l->ending = true;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    for (size_t i = 0; i < l->n; i++) pthread_join(l->threads[i], NULL);
    pthread_mutex_destroy(&l->lock);
    pthread_cond_destroy(&l->work);
    free(l->threads);
    free(l);
}
