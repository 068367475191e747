#include "serve/git_served.h"

#include "api/git.h"
#include "base/limits.h"
#include "gates/host.h"
#include "serve/children.h"
#include "serve/frames.h"
#include "serve/git_body.h"
#include "serve/git_process.h"
#include "serve/inside.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define GRACE 5000       /* milliseconds: for git to end by itself, and again after SIGTERM */
#define LAST_GRACE 15000 /* for a push that git has whole, when the server stops */
#define PLACES LIMIT_SERVE_GIT

enum stage {
    BEGINS, /* to be started */
    TAKES,  /* its body comes */
    GIVES,  /* it was answered */
    ENDS    /* it has to end, by `until` */
};

/* The thread's alone, once it is used. */
struct session {
    bool used; /* by the lock */
    enum stage stage;
    struct ctx cx; /* what the request and git's environment lie in */
    struct lane_task *task;
    struct api_git git;
    struct http_response answer;
    char who[65];
    struct git_process process;
    struct git_body body;
    enum git_body_state wants;
    int64_t until, moved; /* milliseconds: its time; when the body last went on */
    int signalled;
};

struct git_served {
    struct git_served_options o;
    pthread_mutex_t lock; /* of which places are used, and of `ending` */
    struct session places[PLACES];
    bool mine[PLACES]; /* used, as the thread knows */
    bool ending;
    int wake; /* eventfd */
    pthread_t thread;
};

bool git_served_is(struct str path)
{
    return api_is_git(path);
}

static void wake(struct git_served *g)
{
    uint64_t one = 1;
    (void)!write(g->wake, &one, sizeof one);
}

/* --- answering */

static void say(struct session *s, int status, const char *en, const char *fi)
{
    struct http_response *r = &s->answer;
    http_response_release(r);
    http_response_init(r);
    r->status = status;
    r->fixed = str_from(s->git.door.caller.lang == LANG_FI ? fi : en);
    http_response_header(r, "Content-Type", STR("text/plain; charset=utf-8"));
    http_response_header(r, "Cache-Control", STR("no-store"));
    if (status == 503) http_response_header(r, "Retry-After", STR("5"));
}

static void answer(struct git_served *g, struct session *s, int stream)
{
    g->o.answer(g->o.arg, s->task->id, &s->answer, str_from(s->who), stream);
    http_response_release(&s->answer);
}

/* What git gives goes to web from here on. */
static void answer_stream(struct git_served *g, struct session *s)
{
    answer(g, s, s->process.out);
    close(s->process.out);
    s->process.out = -1;
    s->stage = GIVES;
}

static void clear(struct session *s)
{
    http_response_release(&s->answer);
    lane_task_free(s->task);
    ctx_release(&s->cx);
}

/* --- taking a request in, on a thread of a lane */

static bool admit(struct git_served *g, struct session *s)
{
    struct http_request request;
    struct api_done done = {.stream = -1};
    http_response_init(&s->answer);
    if (!frames_get_request(&s->cx, buf_view(&s->task->message), &request)) {
        serve_tell("worker", "error", "a request that does not read");
        s->answer.status = 500;
        return false;
    }
    request.follows = s->task->body >= 0;
    api_git(&s->cx, g->o.api, &request, &s->answer, &done, &s->git);
    snprintf(s->who, sizeof s->who, "%s", done.fingerprint);
    if (done.fault[0]) serve_tell("worker", "error", "request %s: %s", done.id, done.fault);
    if (!done.elsewhere) return false;
    if (!s->git.begins && !request.follows) {
        say(s, 400, "a body is missing\n", "runko puuttuu\n");
        return false;
    }
    if (!s->git.door.writes || host_ready(&s->cx, s->git.door.dir, &s->git.door.place) == OK) return true;
    serve_tell("worker", "error", "request %s: %s", done.id, s->cx.message);
    say(s, 500, "the server cannot take pushes now\n", "palvelin ei voi ottaa työntöjä vastaan juuri nyt\n");
    return false;
}

/* With the lock held. */
static struct session *find_place(struct git_served *g, const char *who)
{
    struct session *found = NULL;
    size_t of_one = 0;
    for (size_t i = 0; i < PLACES; i++) {
        struct session *s = &g->places[i];
        if (!s->used)
            found = found ? found : s;
        else
            of_one += !strcmp(s->who, who);
    }
    return of_one < LIMIT_SERVE_GIT_OF_ONE && !g->ending ? found : NULL;
}

void git_served_take(struct git_served *g, struct lane_task *t)
{
    struct session fresh = {
        .task = t, .process = {.fd = -1, .in = -1, .out = -1, .said = -1}, .body = {.from = -1, .to = -1}};
    struct session *s = NULL;
    ctx_init(&fresh.cx);
    bool good = admit(g, &fresh);
    if (good) {
        pthread_mutex_lock(&g->lock);
        s = find_place(g, fresh.who);
        if (s) {
            fresh.used = true;
            *s = fresh;
        }
        pthread_mutex_unlock(&g->lock);
    }
    if (s) {
        wake(g);
        return;
    }
    if (good)
        say(&fresh, 503, "too many clones and pushes at once; try again in a moment\n",
            "liian monta kloonausta ja työntöä yhtä aikaa; yritä hetken kuluttua uudelleen\n");
    answer(g, &fresh, -1);
    clear(&fresh);
}

/* --- the thread */

static const char *const *arguments(struct session *s)
{
    const char **argv = arena_array(&s->cx.arena, const char *, 8);
    size_t n = 0;
    argv[n++] = "git";
    argv[n++] = s->git.door.writes ? "receive-pack" : "upload-pack";
    argv[n++] = "--stateless-rpc";
    if (s->git.begins) argv[n++] = "--http-backend-info-refs";
    argv[n++] = s->git.door.place.path;
    return argv;
}

/* Before protocol 2 the service's name goes before git's own words (gitprotocol-http(5)). */
static struct str first_words(const struct session *s)
{
    if (!s->git.begins) return STR("");
    if (s->git.door.writes) return STR("001f# service=git-receive-pack\n0000");
    return api_git_is_v2(s->git.protocol) ? STR("") : STR("001e# service=git-upload-pack\n0000");
}

/* It has to end: first by itself, as its input has. Its output stays open: git that dies of a signal leaves the objects
 * of a push where they came. */
static void end(struct session *s, int64_t milliseconds)
{
    git_body_close(&s->body);
    s->stage = ENDS;
    s->until = serve_milliseconds() + milliseconds;
}

static void refuse(struct git_served *g, struct session *s, int status, const char *en, const char *fi)
{
    say(s, status, en, fi);
    answer(g, s, -1);
    end(s, GRACE);
}

static void drop(struct git_served *g, struct session *s)
{
    clear(s);
    g->mine[s - g->places] = false;
    pthread_mutex_lock(&g->lock);
    s->used = false;
    pthread_mutex_unlock(&g->lock);
}

static void begin(struct git_served *g, struct session *s)
{
    s->git.door.caller.way = "https";
    const char *const *env = door_environment(&s->cx, &s->git.door, s->git.protocol);
    bool takes = !s->git.begins;
    int64_t now = serve_milliseconds();
    enum rc rc = git_process_start(&s->cx, arguments(s), env, takes, first_words(s), &s->process);
    if (rc == OK && takes) {
        int from = s->task->body, to = s->process.in;
        s->task->body = s->process.in = -1;
        if (!git_body_open(&s->body, from, to, s->git.packed, s->git.most)) rc = fail(&s->cx, E_IO, "out of memory");
    }
    s->until = now + LIMIT_SERVE_GIT_SECONDS * 1000LL;
    s->moved = now;
    s->stage = TAKES;
    s->wants = GIT_BODY_READS;
    if (rc != OK) {
        serve_tell("worker", "error", "%s", s->cx.message);
        refuse(g, s, 503, "the server cannot start git now; try again\n",
               "palvelin ei voi käynnistää gitiä juuri nyt; yritä uudelleen\n");
        if (!s->process.pid) drop(g, s);
    } else if (!takes)
        answer_stream(g, s);
}

static void take(struct git_served *g, struct session *s)
{
    uint64_t before = s->body.taken;
    s->wants = git_body_turn(&s->body);
    if (s->body.taken != before) s->moved = serve_milliseconds();
    switch (s->wants) {
    case GIT_BODY_READS:
    case GIT_BODY_WRITES:
        break;
    case GIT_BODY_WHOLE:
    case GIT_BODY_REFUSED: /* it says why */
        git_body_close(&s->body);
        answer_stream(g, s);
        break;
    case GIT_BODY_BROKEN:
        refuse(g, s, 400, "it broke off; nothing was done\n", "se katkesi; mitään ei tehty\n");
        break;
    case GIT_BODY_LONG:
        refuse(g, s, 413, "this is more than is taken at once\n", "tämä on enemmän kuin kerralla otetaan vastaan\n");
        break;
    case GIT_BODY_BAD:
        refuse(g, s, 400, "the body is no gzip\n", "runko ei ole gzip-muotoa\n");
        break;
    }
}

/* git has ended. */
static void bury(struct git_served *g, struct session *s)
{
    const char *why;
    bool writes = s->git.door.writes, stopped = s->stage == ENDS;
    git_body_close(&s->body);
    if (s->stage == TAKES) answer_stream(g, s); /* before it had read all: it says why */
    git_process_end(&s->cx, &s->process, writes && !s->signalled, &why);
    if (why && !stopped) serve_tell("worker", "notice", "git of a %s: %s", writes ? "push" : "fetch", why);
    drop(g, s);
    if (writes) g->o.pushed(g->o.arg);
}

static void watch_time(struct git_served *g, struct session *s, int64_t now)
{
    if (s->stage == TAKES && now - s->moved > LIMIT_SERVE_GIT_STUCK * 1000LL)
        refuse(g, s, 503, "it took too long; nothing was done\n", "se kesti liian kauan; mitään ei tehty\n");
    if (now < s->until) return;
    if (s->stage == TAKES) refuse(g, s, 503, "it took too long\n", "se kesti liian kauan\n");
    if (s->stage == GIVES) s->stage = ENDS;
    git_process_signal(&s->process, s->signalled++ ? SIGKILL : SIGTERM);
    s->until = now + GRACE;
}

static void stop(struct git_served *g, struct session *s)
{
    if (s->stage == BEGINS || s->stage == TAKES)
        refuse(g, s, 503, "the server stops; nothing was done\n", "palvelin pysähtyy; mitään ei tehty\n");
    else if (s->stage == GIVES)
        end(s, s->git.door.writes ? LAST_GRACE : 0);
    if (!s->process.pid) drop(g, s);
}

/* Of each place what is waited for: its git, and its body. How many there are. */
static size_t list(struct git_served *g, struct pollfd *fds, bool *ending)
{
    size_t used = 0;
    pthread_mutex_lock(&g->lock);
    *ending = g->ending;
    for (size_t i = 0; i < PLACES; i++) g->mine[i] = g->places[i].used;
    pthread_mutex_unlock(&g->lock);
    fds[0] = (struct pollfd){.fd = g->wake, .events = POLLIN};
    for (size_t i = 0; i < PLACES; i++) {
        const struct session *s = &g->places[i];
        bool takes = g->mine[i] && s->stage == TAKES, writes = takes && s->wants == GIT_BODY_WRITES;
        fds[1 + 2 * i] = (struct pollfd){.fd = g->mine[i] ? s->process.fd : -1, .events = POLLIN};
        fds[2 + 2 * i] = (struct pollfd){.fd = !takes   ? -1
                                               : writes ? s->body.to
                                                        : s->body.from,
                                         .events = writes ? POLLOUT : POLLIN};
        used += g->mine[i];
    }
    return used;
}

static void turn(struct git_served *g, struct session *s, const struct pollfd *fds)
{
    if (s->stage == TAKES && fds[1].revents) take(g, s);
    if (fds[0].revents)
        bury(g, s);
    else
        watch_time(g, s, serve_milliseconds());
}

static bool begin_all(struct git_served *g)
{
    bool any = false;
    for (size_t i = 0; i < PLACES; i++) {
        if (!g->mine[i] || g->places[i].stage != BEGINS) continue;
        begin(g, &g->places[i]);
        any = true;
    }
    return any;
}

static void *run(void *arg)
{
    struct git_served *g = arg;
    for (bool ending = false, stopped = false;; stopped = ending) {
        struct pollfd fds[1 + 2 * PLACES];
        uint64_t woken;
        size_t used = list(g, fds, &ending);
        if (ending && !used) return NULL;
        for (size_t i = 0; ending && !stopped && i < PLACES; i++)
            if (g->mine[i]) stop(g, &g->places[i]);
        if (begin_all(g) || (ending && !stopped)) continue;
        if (poll(fds, 1 + 2 * PLACES, used ? 1000 : -1) < 0) continue;
        if (fds[0].revents) (void)!read(g->wake, &woken, sizeof woken);
        for (size_t i = 0; i < PLACES; i++)
            if (g->mine[i]) turn(g, &g->places[i], &fds[1 + 2 * i]);
    }
}

/* --- begin and end */

enum rc git_served_start(struct ctx *cx, const struct git_served_options *o, struct git_served **out)
{
    sigset_t all, before;
    struct git_served *g = *out = calloc(1, sizeof *g);
    if (!g) return fail(cx, E_IO, "out of memory");
    g->o = *o;
    pthread_mutex_init(&g->lock, NULL);
    g->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    bool started = g->wake >= 0 && pthread_create(&g->thread, NULL, run, g) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) return OK;
    enum rc rc = fail(cx, E_IO, "clones cannot be served: %s", strerror(errno));
    if (g->wake >= 0) close(g->wake);
    free(g);
    *out = NULL;
    return rc;
}

void git_served_stop(struct git_served *g)
{
    if (!g) return;
    pthread_mutex_lock(&g->lock);
    g->ending = true;
    pthread_mutex_unlock(&g->lock);
    wake(g);
    pthread_join(g->thread, NULL);
    close(g->wake);
    pthread_mutex_destroy(&g->lock);
    free(g);
}
