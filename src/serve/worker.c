/* worker: requests that write, and jobs. A thread reads what web sends; those of two lanes do it. */
#include "api/api.h"
#include "facts/facts.h"
#include "identity/hashing.h"
#include "identity/tokens.h"
#include "serve/courier.h"
#include "serve/frames.h"
#include "serve/gate_served.h"
#include "serve/git_served.h"
#include "serve/inside.h"
#include "serve/job_runner.h"
#include "serve/lane.h"
#include "serve/receive.h"
#include "serve/upkeep.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WORKERS 8

struct worker {
    struct serve *s;
    struct facts *facts;
    struct api *api;
    struct upkeep *upkeep;
    struct job_runner *_Atomic jobs; /* upkeep begins before it */
    struct courier *courier;
    struct lane *lane, *passwords;
    struct receive *receive;
    struct git_served *git;
    struct gate_served *gate;
    pthread_mutex_t sending;
    pthread_t reader;
    int over; /* eventfd: the reader is to end */
};

static void send_answer(struct worker *w, uint64_t id, const struct http_response *r, struct str who, int stream)
{
    scoped_buf message;
    buf_init(&message, LIMIT_SERVE_MESSAGE);
    frames_put_answer(&message, r, who);
    pthread_mutex_lock(&w->sending);
    if (message.failed || !frames_send(w->s->worker, FRAME_ANSWER, id, buf_view(&message), stream))
        serve_tell("worker", "error", "an answer could not be sent: %s",
                   message.failed ? "too large" : strerror(errno));
    pthread_mutex_unlock(&w->sending);
}

/* The body has come, or has broken off: now the request is done. */
static void received(void *arg, void *what, const struct http_file *file)
{
    const struct worker *w = arg;
    struct lane_task *t = what;
    t->file = *file;
    t->has_file = true;
    if (!lane_put(w->lane, t)) lane_task_free(t); /* it takes any number */
}

/* What the head says was good: the file may come. The task is another's then. */
static void receive_body(struct worker *w, struct lane_task *t, const struct api_done *done)
{
    int body = t->body;
    t->body = -1;
    enum http_file_end end = receive_put(w->receive, t, body, done->op->most_body, done->fingerprint);
    if (end != HTTP_FILE_WHOLE) received(w, t, &(struct http_file){.fd = -1, .end = end});
}

static void answer_operation(struct worker *w, struct lane_task *t)
{
    struct http_request request;
    struct http_response r;
    struct api_done done = {.stream = -1};
    struct ctx cx;
    ctx_init(&cx);
    http_response_init(&r);
    if (frames_get_request(&cx, buf_view(&t->message), &request)) {
        request.follows = t->body >= 0;
        request.file = t->has_file ? &t->file : NULL;
        api_handle(&cx, w->api, &request, &r, &done);
    } else {
        serve_tell("worker", "error", "a request that does not read");
        r.status = 500;
    }
    if (done.fault[0]) serve_tell("worker", "error", "request %s: %s", done.id, done.fault);
    if (done.elsewhere && t->body >= 0)
        receive_body(w, t, &done);
    else {
        send_answer(w, t->id, &r, str_from(done.fingerprint), done.stream);
        if (done.op && done.op->n_facts) upkeep_wake(w->upkeep);
        if (done.op && strcmp(done.op->method, "GET") != 0) courier_wake(w->courier);
        lane_task_free(t);
    }
    if (done.stream >= 0) close(done.stream);
    http_response_release(&r);
    ctx_release(&cx);
}

static void answer(void *arg, struct lane_task *t)
{
    struct worker *w = arg;
    struct str method, path;
    if (frames_peek_request(buf_view(&t->message), &method, &path) && git_served_is(path))
        git_served_take(w->git, t);
    else
        answer_operation(w, t);
}

/* Of git, to git_served.c. */
static void answer_git(void *arg, uint64_t id, const struct http_response *r, struct str who, int stream)
{
    send_answer(arg, id, r, who, stream);
}

/* Nothing was done. */
static void refuse(struct worker *w, uint64_t id)
{
    struct http_response r;
    http_response_init(&r);
    r.status = 503;
    http_response_header(&r, "Content-Type", STR("application/problem+json"));
    http_response_header(&r, "Retry-After", STR("2"));
    http_response_header(&r, "Cache-Control", STR("no-store"));
    r.fixed =
        STR("{\"type\":\"/api/#busy\",\"title\":\"Try again in a moment\",\"status\":503,\"detail\":\"too many people "
            "are signing in at this moment\"}");
    send_answer(w, id, &r, STR(""), -1);
    http_response_release(&r);
}

static void put(struct worker *w, struct frames *in)
{
    struct str method, path;
    if (in->kind != FRAME_REQUEST) return;
    bool dear = frames_peek_request(buf_view(&in->body), &method, &path) && api_takes_password(method, path);
    struct lane_task *t = lane_task_new(in->id, &in->body, in->passed);
    if (t) in->passed = -1;
    if (t && lane_put(dear ? w->passwords : w->lane, t)) return;
    lane_task_free(t);
    refuse(w, in->id);
}

static void *read_all(void *arg)
{
    struct worker *w = arg;
    struct frames in;
    frames_init(&in, w->s->worker);
    struct pollfd fds[2] = {{.fd = w->s->worker, .events = POLLIN}, {.fd = w->over, .events = POLLIN}};
    while (!fds[1].revents) {
        int got = poll(fds, 2, -1) > 0 && fds[0].revents ? frames_receive(&in, false) : 0;
        if (got > 0 && in.kind == FRAME_PING) {
            pthread_mutex_lock(&w->sending);
            (void)frames_send(w->s->worker, FRAME_PONG, 0, STR(""), -1);
            pthread_mutex_unlock(&w->sending);
        } else if (got > 0)
            put(w, &in);
        if (got < 0) break;
    }
    frames_release(&in);
    return NULL;
}

/* What was sent to the worker before this one: web says of it that the outcome is unknown. */
static bool drop_old(int fd)
{
    struct frames old;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    frames_init(&old, fd);
    while (poll(&p, 1, 0) > 0 && frames_receive(&old, false) >= 0) {
    }
    frames_release(&old);
    return frames_send(fd, FRAME_HELLO, 0, STR(""), -1);
}

static enum rc start_lanes(struct ctx *cx, struct worker *w)
{
    const struct lane_options all = {
        .threads = w->s->o->workers ? w->s->o->workers : WORKERS, .work = answer, .arg = w};
    const struct lane_options passwords = {
        .threads = HASHES_AT_ONCE, .most = HASHES_WAITING, .niceness = 5, .work = answer, .arg = w};
    pthread_mutex_init(&w->sending, NULL);
    w->over = eventfd(0, EFD_CLOEXEC);
    TRY(lane_start(cx, &all, &w->lane));
    TRY(lane_start(cx, &passwords, &w->passwords));
    if (w->over < 0 || pthread_create(&w->reader, NULL, read_all, w) != 0)
        return fail(cx, E_IO, "cannot start threads: %s", strerror(errno));
    return OK;
}

/* What was taken from web is done. It sends nothing more once it has ended; what it may send to a worker that is ended
 * alone, the next one answers for (drop_old). */
static void finish(struct worker *w)
{
    uint64_t one = 1;
    (void)!write(w->over, &one, sizeof one);
    pthread_join(w->reader, NULL);
    receive_stop(w->receive);
    w->receive = NULL;
    lane_finish(w->lane);
    lane_finish(w->passwords);
    git_served_stop(w->git);
    w->git = NULL;
    gate_served_stop(w->gate); /* which hooks of those gits have asked */
    w->gate = NULL;
}

static void job_ended(void *arg)
{
    struct worker *w = arg;
    upkeep_wake(w->upkeep);
}

static void pushed(void *arg)
{
    struct worker *w = arg;
    upkeep_wake(w->upkeep);
}

static void appended(void *arg)
{
    struct worker *w = arg;
    courier_wake(w->courier);
    struct job_runner *jobs = atomic_load(&w->jobs);
    if (jobs) job_runner_look(jobs);
}

static enum rc open_all(struct ctx *cx, struct worker *w)
{
    struct serve *s = w->s;
    const struct facts_options o = {.stays = true};
    TRY(rights_become(cx, &s->rights));
    TRY(facts_open(cx, s->o->dir, s->catalog, &o, &w->facts));
    TRY(courier_start(cx, s, w->facts, &w->courier));
    TRY(upkeep_start(cx, s, w->facts, appended, w, &w->upkeep));
    struct job_runner *jobs;
    TRY(job_runner_start(cx, s, job_ended, w, &jobs));
    atomic_store(&w->jobs, jobs);
    TRY(receive_start(cx, s->o->dir, received, w, &w->receive));
    const struct api_options a = {.process = API_WORKER,
                                  .dir = s->o->dir,
                                  .catalog = s->catalog,
                                  .facts = w->facts,
                                  .public_url = s->link_base,
                                  .origin = s->origin,
                                  .more = jobs,
                                  .watch_job = job_runner_watch,
                                  .job_changed = job_runner_changed};
    TRY(api_open(cx, &a, &w->api));
    const struct git_served_options git = {.api = w->api, .answer = answer_git, .pushed = pushed, .arg = w};
    TRY(git_served_start(cx, &git, &w->git));
    const struct gate_served_options gate = {.dir = s->o->dir, .facts = w->facts, .pushed = pushed, .arg = w};
    TRY(gate_served_start(cx, &gate, &w->gate));
    if (!drop_old(s->worker)) return fail(cx, E_IO, "cannot reach web: %s", strerror(errno));
    return start_lanes(cx, w);
}

static enum rc make_link(struct ctx *cx, struct worker *w, sqlite3 *state, sqlite3 *ledger, struct link_made *out)
{
    const struct identity_options o = {.state = state, .ledger = ledger, .facts = w->facts};
    struct identity *id;
    struct str person;
    bool closed;
    TRY(identity_open(cx, &o, &id));
    enum rc rc = identity_is_closed(cx, id, &closed);
    if (rc == OK && closed) rc = identity_operator_link(cx, id, STR_NONE, &person, out);
    identity_close(id);
    return rc;
}

/* As long as nobody can come in. */
static enum rc first_link(struct ctx *cx, struct worker *w, struct link_made *out)
{
    sqlite3 *state, *ledger;
    TRY(state_open(cx, w->s->o->dir, STORE_WRITE, &state));
    enum rc rc = store_open_file(cx, arena_printf(&cx->arena, "%s/ledger.db", w->s->o->dir).p, STORE_READ, &ledger);
    if (rc == OK) {
        rc = make_link(cx, w, state, ledger, out);
        store_close(ledger);
    }
    store_close(state);
    return rc;
}

int serve_worker(struct serve *s)
{
    struct worker w = {.s = s};
    struct ctx cx;
    ctx_init(&cx);
    enum rc rc = open_all(&cx, &w);
    if (rc == OK) {
        struct link_made link = {.secret = ""};
        /* one that is started again has nobody to tell it to, and would make the first one void */
        enum rc made = s->told ? OK : first_link(&cx, &w, &link);
        if (made == E_CONFLICT)
            serve_tell("worker", "notice", "nobody has an account yet, and %s (`sinetti admin-link`)", cx.message);
        else if (made != OK)
            serve_tell("worker", "error", "no link for the first one: %s", cx.message);
        serve_say_ready(s, link.secret);
        explicit_bzero(&link, sizeof link);
        serve_wait_for_end();
        finish(&w);
    } else
        serve_tell("worker", "error", "%s", cx.message);
    receive_stop(w.receive);
    git_served_stop(w.git);
    gate_served_stop(w.gate);
    upkeep_stop(w.upkeep); /* it tells the runner of jobs */
    job_runner_stop(w.jobs);
    courier_stop(w.courier);
    api_close(w.api);
    facts_close(w.facts);
    ctx_release(&cx);
    return rc == OK ? 0 : 1;
}
