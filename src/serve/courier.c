#include "serve/courier.h"

#include "base/json.h"
#include "base/time.h"
#include "hooks/hooks.h"
#include "mail/mail.h"
#include "notices/events.h"
#include "notices/remind.h"
#include "records/records.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOOK_SECONDS 2      /* for what other processes put into the queues */
#define REMIND_SECONDS 60   /* between two passes … */
#define REMIND_SOONEST 10   /* … and after something was appended */
#define COMPLAIN_SECONDS 60 /* an operator hears of trouble once in so long */
#define AT_ONCE 100         /* messages, before the thread asks whether it is to end */

enum { ROUND_REMIND, ROUND_MAIL, ROUND_HOOKS, ROUNDS };

struct courier;
struct runner {
    struct courier *c;
    enum rc (*round)(struct ctx *cx, struct runner *r);
    const char *doing;
    pthread_t thread;
    bool runs;
    unsigned woken; /* as the courier's, when it looked last */
    bool fresh;     /* it was woken since */
    int64_t complained, last, swept;
    sqlite3 *state;
};

struct courier {
    struct serve *s;
    struct facts *facts;
    pthread_mutex_t lock;
    pthread_cond_t work;
    unsigned woken;
    bool ending;
    struct runner runners[ROUNDS];
};

static bool is_ending(struct courier *c)
{
    pthread_mutex_lock(&c->lock);
    bool ending = c->ending;
    pthread_mutex_unlock(&c->lock);
    return ending;
}

/* --- what a round reads: opened for each, so that it is of now */

struct view {
    sqlite3 *ledger;
    struct identity *identity;
    bool derived;
};

static void view_close(struct view *v)
{
    identity_close(v->identity);
    store_close(v->ledger);
}

static enum rc fill_view(struct ctx *cx, struct runner *r, struct view *v)
{
    const char *dir = r->c->s->o->dir;
    TRY(store_open_file(cx, arena_printf(&cx->arena, "%s/ledger.db", dir).p, STORE_READ, &v->ledger));
    TRY(records_views(cx, v->ledger));
    enum rc rc = store_attach_derived(cx, v->ledger, arena_printf(&cx->arena, "%s/derived.db", dir).p);
    if (rc != OK && rc != E_NOTFOUND) return rc;
    v->derived = rc == OK;
    const struct identity_options o = {.state = r->state, .ledger = v->ledger};
    return identity_open(cx, &o, &v->identity);
}

static enum rc view_open(struct ctx *cx, struct runner *r, struct view *v)
{
    *v = (struct view){0};
    enum rc rc = fill_view(cx, r, v);
    if (rc != OK) view_close(v);
    return rc;
}

/* --- reminders */

static enum rc remind(struct ctx *cx, struct runner *r)
{
    int64_t now = time_now();
    struct view v;
    struct remind_done done;
    if (now - r->last < (r->fresh ? REMIND_SOONEST : REMIND_SECONDS)) return OK;
    r->last = now;
    TRY(view_open(cx, r, &v));
    const struct remind_options o = {.notices = {.ledger = v.ledger,
                                                 .derived = v.derived,
                                                 .state = r->state,
                                                 .catalog = r->c->s->catalog,
                                                 .now = now},
                                     .state = r->state,
                                     .identity = v.identity,
                                     .base = r->c->s->link_base};
    enum rc rc = remind_pass(cx, &o, &done);
    if (rc == OK && now - r->swept >= 3600) {
        r->swept = now;
        rc = remind_sweep(cx, &o);
        if (rc == OK) rc = mail_sweep(cx, r->state, now);
        if (rc == OK) rc = hooks_sweep(cx, r->state, now);
    }
    view_close(&v);
    if (rc == OK && (done.mails || done.events)) courier_wake(r->c);
    return rc;
}

/* --- mail */

static enum rc is_here(struct ctx *cx, void *arg, struct str person, bool *out)
{
    struct view *v = arg;
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, v->ledger, STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'"), &st));
    store_bind_str(st, 1, person);
    return store_step(cx, st, out);
}

static enum rc send_some(struct ctx *cx, struct runner *r, struct view *v)
{
    bool ours;
    TRY(remind_is_sender(cx, r->state, v->ledger, &ours));
    for (int i = 0; ours && i < AT_ONCE && !is_ending(r->c); i++) {
        bool tried;
        struct ctx one;
        ctx_init(&one);
        enum rc rc = mail_deliver(&one, r->state, time_now(), is_here, v, &tried);
        if (rc != OK) (void)fail(cx, rc, "%s", one.message);
        ctx_release(&one);
        if (rc != OK || !tried) return rc;
    }
    return OK;
}

static enum rc mail(struct ctx *cx, struct runner *r)
{
    int64_t due;
    struct view v;
    TRY(store_get_int(cx, r->state, "SELECT EXISTS (SELECT 1 FROM mail WHERE state = 'queued')", &due));
    if (!due) return OK;
    TRY(view_open(cx, r, &v));
    enum rc rc = send_some(cx, r, &v);
    view_close(&v);
    return rc;
}

/* --- webhooks */

static enum rc tell_given_up(struct ctx *cx, struct runner *r, struct str id)
{
    struct hook h;
    struct facts_answer answer;
    scoped_buf payload;
    struct json j;
    TRY(hooks_get(cx, r->state, id, &h));
    buf_init(&payload, 0);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_str(&j, "webhook", h.id);
    json_put_str(&j, "origin", hook_url_origin(h.url));
    json_key(&j, "events");
    json_begin(&j, '[');
    for (size_t i = 0; i < h.n_events; i++) json_str(&j, h.events[i]);
    json_end(&j, ']');
    json_put_bool(&j, "inside", h.inside);
    json_put_cstr(&j, "state", "failed");
    json_end(&j, '}');
    const struct body body = {.kind = STR("webhook"),
                              .subject = STR("org"),
                              .actor = STR("system"),
                              .credential = STR(""),
                              .via = STR("probe"),
                              .payload = buf_view(&payload)};
    const struct facts_request request = {.facts = &body, .n = 1};
    serve_tell("worker", "warning", "a webhook was turned off after failing for days: %s",
               str_visible(cx, hook_url_origin(h.url)));
    return facts_append(cx, r->c->facts, &request, &answer);
}

static enum rc queue_events(struct ctx *cx, struct runner *r)
{
    struct view v;
    bool more = true;
    TRY(view_open(cx, r, &v));
    enum rc rc = OK;
    for (int i = 0; rc == OK && more && i < AT_ONCE && !is_ending(r->c); i++)
        rc = events_queue(cx, r->state, v.ledger, r->c->s->catalog, time_now(), &more);
    view_close(&v);
    return rc;
}

static enum rc hooks(struct ctx *cx, struct runner *r)
{
    int64_t there;
    TRY(store_get_int(cx, r->state, "SELECT EXISTS (SELECT 1 FROM hook)", &there));
    if (!there) return OK;
    TRY(queue_events(cx, r));
    for (int i = 0; i < AT_ONCE && !is_ending(r->c); i++) {
        bool tried;
        struct str gave_up;
        struct ctx one;
        ctx_init(&one);
        enum rc rc = hooks_deliver(&one, r->state, time_now(), &tried, &gave_up);
        if (rc == OK && gave_up.n) rc = tell_given_up(&one, r, gave_up);
        if (rc != OK) (void)fail(cx, rc, "%s", one.message);
        ctx_release(&one);
        if (rc != OK || !tried) return rc;
    }
    return OK;
}

/* --- threads */

static void look(struct runner *r)
{
    struct ctx cx;
    ctx_init(&cx);
    pthread_mutex_lock(&r->c->lock);
    unsigned woken = r->c->woken;
    pthread_mutex_unlock(&r->c->lock);
    int64_t last = r->last;
    r->fresh = woken != r->woken;
    enum rc rc = r->round(&cx, r);
    if (r->round != remind || r->last != last) r->woken = woken; /* a pass that was too soon is still to come */
    int64_t now = time_now();
    if (rc != OK && now - r->complained >= COMPLAIN_SECONDS) {
        r->complained = now;
        serve_tell("worker", "error", "%s: %s", r->doing, cx.message);
    }
    ctx_release(&cx);
}

static bool wait_for_work(struct runner *r)
{
    struct courier *c = r->c;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOOK_SECONDS;
    pthread_mutex_lock(&c->lock);
    bool waits_anyway = r->round == remind && c->woken != r->woken;
    unsigned seen = waits_anyway ? c->woken : r->woken;
    while (!c->ending && c->woken == seen && pthread_cond_timedwait(&c->work, &c->lock, &until) == 0) {
    }
    bool ending = c->ending;
    pthread_mutex_unlock(&c->lock);
    return !ending;
}

static void *run(void *arg)
{
    struct runner *r = arg;
    do look(r);
    while (wait_for_work(r));
    return NULL;
}

static enum rc start(struct ctx *cx, struct courier *c)
{
    static const struct {
        enum rc (*round)(struct ctx *cx, struct runner *r);
        const char *doing;
    } all[ROUNDS] = {
        [ROUND_REMIND] = {remind, "reminders"}, [ROUND_MAIL] = {mail, "mail"}, [ROUND_HOOKS] = {hooks, "webhooks"}};
    for (int i = 0; i < ROUNDS; i++) {
        struct runner *r = &c->runners[i];
        *r = (struct runner){.c = c, .round = all[i].round, .doing = all[i].doing};
        TRY(state_open(cx, c->s->o->dir, STORE_WRITE, &r->state));
        if (i == ROUND_MAIL) TRY(mail_recover(cx, r->state, time_now()));
        if (pthread_create(&r->thread, NULL, run, r) != 0)
            return fail(cx, E_IO, "cannot start a thread: %s", strerror(errno));
        r->runs = true;
    }
    return OK;
}

enum rc courier_start(struct ctx *cx, struct serve *s, struct facts *facts, struct courier **out)
{
    struct courier *c = *out = calloc(1, sizeof *c);
    if (!c) return fail(cx, E_IO, "out of memory");
    c->s = s;
    c->facts = facts;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->work, NULL);
    enum rc rc = start(cx, c);
    if (rc == OK) return OK;
    courier_stop(c);
    *out = NULL;
    return rc;
}

void courier_wake(struct courier *c)
{
    pthread_mutex_lock(&c->lock);
    c->woken++;
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->lock);
}

void courier_stop(struct courier *c)
{
    if (!c) return;
    pthread_mutex_lock(&c->lock);
    c->ending = true;
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->lock);
    smtp_stop();
    hook_stop();
    for (int i = 0; i < ROUNDS; i++) {
        if (c->runners[i].runs) pthread_join(c->runners[i].thread, NULL);
        store_close(c->runners[i].state);
    }
    pthread_cond_destroy(&c->work);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
