#include "serve/gate_served.h"

#include "base/limits.h"
#include "base/texts_fi.h"
#include "catalog/views.h"
#include "gates/door.h"
#include "gates/gate_wire.h"
#include "gates/receive.h"
#include "serve/inside.h"
#include "serve/local.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define THREADS 8 /* pushes that are judged at a time; what finds none free is judged by its hook itself */

/* A thread has a reader of its own, which stays open. */
struct one {
    struct gate_served *g;
    pthread_t thread;
    struct log_reader *reader;
};

struct gate_served {
    struct gate_served_options o;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    int fd; /* listens */
    atomic_bool ending;
    struct one threads[THREADS];
    size_t n;
};

/* What is asked each time is prepared once, and the views that it reads are made outside any state of the reader's. */
static enum rc open_reader(struct ctx *cx, struct one *t)
{
    TRY(log_reader_open(cx, t->g->o.dir, &t->reader));
    log_reader_rest(t->reader);
    TRY(store_keep_statements(cx, log_reader_db(t->reader)));
    return views_of_records(cx, log_reader_db(t->reader));
}

static enum rc look(struct ctx *cx, struct one *t)
{
    if (!t->reader) TRY(open_reader(cx, t));
    return log_reader_refresh(cx, t->reader);
}

static void rest(struct one *t, enum rc rc)
{
    if (rc == OK && t->reader) {
        log_reader_rest(t->reader);
        return;
    }
    log_reader_close(t->reader); /* opened anew for the next */
    t->reader = NULL;
}

/* --- what is asked */

static void close_two(const struct hook_call *h)
{
    close(h->in);
    close(h->out);
}

static void do_hook(struct ctx *cx, struct one *t, int fd, const struct hook_call *h)
{
    scoped_buf say;
    bool good = false;
    buf_init(&say, 1 * MIB);
    if (gate_wire_begin(fd)) {
        enum rc rc = look(cx, t);
        if (rc == OK)
            good = receive_hook(cx, h, t->g->o.facts, t->reader, &say);
        else
            receive_failed(cx, h, &say);
        close_two(h); /* git goes on when it has both */
        gate_wire_answer(fd, good ? 0 : 1, buf_view(&say));
        rest(t, rc);
        t->g->o.pushed(t->g->o.arg);
    } else
        close_two(h);
}

static void put_word(struct buf *b, const char *word)
{
    buf_cstr(b, word);
    buf_char(b, '\0');
}

static void do_door(struct ctx *cx, struct one *t, int fd, const struct door_call *call)
{
    struct door door;
    scoped_buf say;
    buf_init(&say, 1 * MIB);
    if (!gate_wire_begin(fd)) return;
    enum rc rc = look(cx, t);
    if (rc == OK) rc = door_by_key(cx, log_reader_db(t->reader), t->g->o.dir, call, &door);
    if (rc == OK) {
        put_word(&say, door_service(&door));
        put_word(&say, door.place.path);
        for (const char *const *e = door_environment(cx, &door, str_from(call->protocol)); *e; e++) put_word(&say, *e);
    } else
        buf_printf(&say, "sinetti: %s\n",
                   door_language(call->language) == LANG_FI ? text_fi(cx, cx->message) : cx->message);
    gate_wire_answer(fd, rc == OK ? 0 : 1, buf_view(&say));
    rest(t, rc == E_IO || rc == E_CORRUPT ? rc : OK);
}

/* Of this folder, by whatever name it has there. */
static bool is_ours(const struct gate_served *g, const char *data)
{
    char *real = data ? realpath(data, NULL) : NULL;
    bool ours = real && strcmp(real, g->o.dir) == 0;
    free(real);
    return ours;
}

static void serve_one(struct one *t, int fd)
{
    struct gate_told told;
    struct ctx cx;
    ctx_init(&cx);
    if (gate_wire_trusts(fd) && gate_wire_receive(&cx, fd, &told)) {
        if (told.is_door) {
            if (is_ours(t->g, told.door.data)) do_door(&cx, t, fd, &told.door);
        } else if (is_ours(t->g, hook_data(&told.hook)))
            do_hook(&cx, t, fd, &told.hook);
        else
            close_two(&told.hook);
    }
    ctx_release(&cx);
    close(fd);
}

/* --- threads */

static void *run(void *arg)
{
    struct one *t = arg;
    while (!t->g->ending) {
        int fd = accept4(t->g->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve_one(t, fd);
        else if (errno != EINTR && errno != ECONNABORTED && !t->g->ending) {
            /* out of descriptors or memory: that passes, and hooks wait for nobody meanwhile */
            serve_tell("worker", "error", "hooks cannot be taken: %s", strerror(errno));
            (void)sleep(1);
        }
    }
    log_reader_close(t->reader);
    return NULL;
}

/* Hooks do without it, more slowly: no reason for a server not to be there. */
static void listen_at(struct ctx *cx, struct gate_served *g)
{
    struct sockaddr_un at;
    bool fits = gate_wire_address(g->o.dir, &at);
    if (fits) memcpy(g->path, at.sun_path, sizeof g->path);
    if (fits && local_listen(cx, g->path, false, &g->fd) == OK) return;
    serve_tell("worker", "notice", "pushes are slower, their hooks open the log themselves: %s",
               fits ? cx->message : "the data folder's path is too long for a socket in it");
}

enum rc gate_served_start(struct ctx *cx, const struct gate_served_options *o, struct gate_served **out)
{
    struct gate_served *g = *out = calloc(1, sizeof *g);
    if (!g) return fail(cx, E_IO, "out of memory");
    g->o = *o;
    g->fd = -1;
    listen_at(cx, g);
    for (; g->fd >= 0 && g->n < THREADS; g->n++) {
        g->threads[g->n].g = g;
        if (pthread_create(&g->threads[g->n].thread, NULL, run, &g->threads[g->n]) != 0) break;
    }
    if (g->fd < 0 || g->n) return OK;
    gate_served_stop(g);
    *out = NULL;
    return fail(cx, E_IO, "cannot start threads: %s", strerror(errno));
}

void gate_served_stop(struct gate_served *g)
{
    if (!g) return;
    g->ending = true;
    if (g->fd >= 0) {
        (void)unlink(g->path);
        (void)shutdown(g->fd, SHUT_RDWR);
    }
    for (size_t i = 0; i < g->n; i++) pthread_join(g->threads[i].thread, NULL);
    if (g->fd >= 0) close(g->fd);
    free(g);
}
