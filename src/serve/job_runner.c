#include "serve/job_runner.h"

#include "base/limits.h"
#include "base/time.h"
#include "exchange/imports.h"
#include "serve/children.h"
#include "serve/job_events.h"
#include "serve/job_process.h"
#include "serve/schedule.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOK_MILLISECONDS 1000 /* for what was put into the queue by others, and what is to end */
#define SCHEDULE_SECONDS 60
#define TELL_MILLISECONDS 500 /* between two events of a job */

struct job_runner {
    struct serve *s;
    sqlite3 *db, *ledger; /* of the thread */
    struct job_events *events;
    pthread_t thread;
    int wake; /* eventfd */
    atomic_bool ending, appended;
    struct job_process running[LIMIT_JOBS_AT_ONCE];
    int64_t told[LIMIT_JOBS_AT_ONCE]; /* milliseconds */
    int64_t scheduled;                /* Unix seconds */
    void (*ended)(void *arg);
    void *arg;
};

static void complain(struct ctx *cx, enum rc rc, const char *doing)
{
    if (rc != OK) serve_tell("worker", "error", "jobs: %s: %s", doing, cx->message);
}

static void tell(struct job_runner *r, struct ctx *cx, struct str id)
{
    struct job j;
    if (jobs_get(cx, r->db, id, &j) == OK) job_events_tell(r->events, &j);
}

static void wake(struct job_runner *r)
{
    uint64_t one = 1;
    (void)!write(r->wake, &one, sizeof one);
}

/* --- one job */

static void begin(struct job_runner *r, struct ctx *cx, size_t i)
{
    struct job j;
    bool found = false;
    enum rc rc = jobs_take(cx, r->db, time_now(), &j, &found);
    if (rc == OK && found) {
        rc = job_process_start(cx, r->s->o->dir, r->s->o->catalog, &j, &r->running[i]);
        if (rc != OK) {
            r->running[i].pid = 0;
            free(r->running[i].folder);
            r->running[i].folder = NULL;
            struct str why = str_from(arena_cstr(&cx->arena, str_from(cx->message)));
            complain(cx, jobs_end(cx, r->db, j.id, JOB_FAILED, why, time_now()), "ending one");
        }
        tell(r, cx, j.id);
    }
    complain(cx, rc, "taking one");
}

static void step(struct job_runner *r, struct ctx *cx, size_t i)
{
    struct job_process *p = &r->running[i];
    int64_t now = serve_milliseconds();
    if (now - r->told[i] < TELL_MILLISECONDS) return;
    r->told[i] = now;
    complain(cx, jobs_step(cx, r->db, str_from(p->id), str_from(p->step), p->done, p->total), "noting a step");
    tell(r, cx, str_from(p->id));
}

static void end(struct job_runner *r, struct ctx *cx, size_t i)
{
    struct job_process *p = &r->running[i];
    char id[sizeof p->id];
    memcpy(id, p->id, sizeof id);
    bool late = !p->is_ended && serve_milliseconds() >= p->until;
    job_process_end(p);
    enum job_state state = p->cancel && !p->is_ended ? JOB_CANCELLED : p->state;
    struct str words = state == JOB_CANCELLED ? STR("") : late ? STR("it took too long") : str_from(p->message);
    complain(cx, jobs_end(cx, r->db, str_from(id), state, words, time_now()), "ending one");
    tell(r, cx, str_from(id));
    if (r->ended) r->ended(r->arg);
}

static bool is_cancelled(struct job_runner *r, struct ctx *cx, const struct job_process *p)
{
    struct job j;
    return jobs_get(cx, r->db, str_from(p->id), &j) == OK && j.cancel;
}

/* --- all of them */

static void look_after(struct job_runner *r, struct ctx *cx)
{
    for (size_t i = 0; i < LIMIT_JOBS_AT_ONCE; i++) {
        struct job_process *p = &r->running[i];
        bool changed = false;
        if (!p->pid) {
            begin(r, cx, i);
            continue;
        }
        bool speaks = job_process_read(p, &changed);
        p->cancel = is_cancelled(r, cx, p);
        if (!speaks || p->cancel || serve_milliseconds() >= p->until)
            end(r, cx, i);
        else if (changed)
            step(r, cx, i);
    }
    bool is_time = time_now() - r->scheduled >= SCHEDULE_SECONDS;
    if (atomic_exchange(&r->appended, false) || is_time) {
        complain(cx, schedule_mirrors(cx, r->s->o->dir, r->ledger, r->db, time_now()), "mirrors");
        complain(cx, schedule_expunges(cx, r->s->o->dir, r->ledger, r->db, time_now()),
                 "what is to be taken out of histories");
    }
    if (!is_time) return;
    r->scheduled = time_now();
    complain(cx, schedule_due(cx, r->ledger, r->db, time_now()), "what is due");
    complain(cx, jobs_sweep(cx, r->db), "taking away old ones");
    complain(cx, imports_sweep(cx, r->db, r->s->o->dir, time_now()), "forgetting imports");
}

static void wait_for_something(struct job_runner *r)
{
    struct pollfd fds[1 + LIMIT_JOBS_AT_ONCE] = {{.fd = r->wake, .events = POLLIN}};
    uint64_t count;
    for (size_t i = 0; i < LIMIT_JOBS_AT_ONCE; i++)
        fds[1 + i] = (struct pollfd){.fd = r->running[i].pid ? r->running[i].out : -1, .events = POLLIN};
    (void)poll(fds, 1 + LIMIT_JOBS_AT_ONCE, LOOK_MILLISECONDS);
    (void)!read(r->wake, &count, sizeof count);
}

static void *run(void *arg)
{
    struct job_runner *r = arg;
    while (!atomic_load(&r->ending)) {
        struct ctx cx;
        ctx_init(&cx);
        look_after(r, &cx);
        ctx_release(&cx);
        wait_for_something(r);
    }
    struct ctx cx;
    ctx_init(&cx);
    for (size_t i = 0; i < LIMIT_JOBS_AT_ONCE; i++) {
        struct job_process *p = &r->running[i];
        if (!p->pid) continue;
        complain(&cx, jobs_put_back(&cx, r->db, str_from(p->id)), "putting one back");
        job_process_end(p);
    }
    ctx_release(&cx);
    return NULL;
}

static enum rc open_databases(struct ctx *cx, struct job_runner *r)
{
    const char *dir = r->s->o->dir;
    TRY(state_open(cx, dir, STORE_WRITE, &r->db));
    TRY(store_keep_statements(cx, r->db));
    TRY(store_open_file(cx, arena_printf(&cx->arena, "%s/ledger.db", dir).p, STORE_READ, &r->ledger));
    return store_keep_statements(cx, r->ledger);
}

enum rc job_runner_start(struct ctx *cx, struct serve *s, void (*ended)(void *arg), void *arg, struct job_runner **out)
{
    struct job_runner *r = *out = calloc(1, sizeof *r);
    if (!r) return fail(cx, E_IO, "out of memory");
    r->s = s;
    r->ended = ended;
    job_process_clean(cx, s->o->dir);
    r->arg = arg;
    r->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum rc rc = open_databases(cx, r);
    if (rc == OK) rc = job_events_new(cx, &r->events);
    if (rc == OK) rc = jobs_recover(cx, r->db, time_now());
    if (rc == OK && (r->wake < 0 || pthread_create(&r->thread, NULL, run, r) != 0))
        rc = fail(cx, E_IO, "cannot start a thread: %s", strerror(errno));
    if (rc == OK) return OK;
    store_close(r->ledger);
    store_close(r->db);
    job_events_free(r->events);
    free(r);
    *out = NULL;
    return rc;
}

void job_runner_look(struct job_runner *r)
{
    atomic_store(&r->appended, true);
    wake(r);
}

void job_runner_stop(struct job_runner *r)
{
    if (!r) return;
    atomic_store(&r->ending, true);
    wake(r);
    pthread_join(r->thread, NULL);
    store_close(r->ledger);
    store_close(r->db);
    job_events_free(r->events);
    close(r->wake);
    free(r);
}

/* --- for the API, on its threads */

static enum rc with_state(struct ctx *cx, struct job_runner *r, sqlite3 **db)
{
    return state_open(cx, r->s->o->dir, STORE_WRITE, db);
}

enum rc job_runner_watch(struct ctx *cx, void *more, struct str job, int *stream)
{
    struct job_runner *r = more;
    struct job j;
    sqlite3 *db;
    TRY(with_state(cx, r, &db));
    enum rc rc = jobs_get(cx, db, job, &j);
    if (rc == OK) rc = job_events_watch(cx, r->events, &j, stream);
    /* it may have ended before it was watched */
    if (rc == OK && jobs_get(cx, db, job, &j) == OK && job_has_ended(j.state)) job_events_tell(r->events, &j);
    store_close(db);
    return rc;
}

void job_runner_changed(void *more, struct str job)
{
    struct job_runner *r = more;
    struct job j;
    struct ctx cx;
    sqlite3 *db;
    ctx_init(&cx);
    if (with_state(&cx, r, &db) == OK) {
        if (jobs_get(&cx, db, job, &j) == OK) job_events_tell(r->events, &j);
        store_close(db);
    }
    ctx_release(&cx);
    wake(r);
}
