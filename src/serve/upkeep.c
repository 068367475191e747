#include "serve/upkeep.h"

#include "base/time.h"
#include "exchange/shelf.h"
#include "files/files.h"
#include "identity/identity.h"
#include "ledger/heads.h"
#include "ledger/signer_wire.h"
#include "metrics/metrics.h"
#include "serve/children.h"
#include "serve/gate_watch.h"
#include "standing/standing.h"
#include "store/config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MILLISECONDS 1000 /* for what other processes append */
#define SIGN_MILLISECONDS 100  /* between two heads */
#define AGAIN_SECONDS 10       /* after something failed; it is said once a minute */
#define HOUR 3600
#define MEASURE_SECONDS 20 /* between two looks at the metrics, when something has happened */
#define MEASURE_SHARE 20   /* and at most so large a part of the time: a twentieth */

struct upkeep {
    struct serve *s;
    struct facts *facts;
    void (*appended)(void *arg);
    void *arg;
    struct log_reader *reader;
    struct keeper *keeper;
    struct identity *identity;
    sqlite3 *state;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    ino_t inode; /* of the derived.db that the keeper has */
    bool woken, ending, is_shared;
    uint64_t signed_size;
    int64_t sign_again, refresh_by, hourly, complained, measure_again; /* Unix seconds */
    bool unmeasured;                                                   /* something has happened since */
};

/* An operator hears of it once a minute, however often it fails. */
static void complain(struct upkeep *u, struct ctx *cx, const char *doing)
{
    int64_t now = time_now();
    if (now - u->complained < 60) return;
    u->complained = now;
    serve_tell("worker", "error", "%s: %s", doing, cx->message);
}

static void sign(struct upkeep *u, struct ctx *cx)
{
    uint64_t size = log_reader_size(u->reader);
    int64_t now = time_now();
    scoped_buf note;
    if (!u->s->signer_socket || size == u->signed_size || now < u->sign_again) return;
    buf_init(&note, 0);
    struct signer *signer = NULL; /* each time anew: it waits for nobody who says nothing */
    enum rc rc = signer_connect(cx, u->s->signer_socket, &signer);
    if (rc == OK && size > signer_size(signer)) rc = head_sign(cx, facts_log(u->facts), u->reader, signer, &note);
    signer_close(signer);
    if (rc == OK) {
        u->signed_size = size;
        return;
    }
    complain(u, cx, "signing the head");
    u->sign_again = now + (rc == E_NOTFOUND || rc == E_IO ? 1 : AGAIN_SECONDS);
}

/* Web may read the files that were there when it began. */
static ino_t inode_of(const struct upkeep *u, struct ctx *cx)
{
    struct stat st;
    return stat(arena_printf(&cx->arena, "%s/derived.db", u->s->o->dir).p, &st) == 0 ? st.st_ino : 0;
}

static void refresh(struct upkeep *u, struct ctx *cx)
{
    struct refreshed done = {0};
    ino_t before = inode_of(u, cx);
    if (keeper_refresh(cx, u->keeper, time_now(), &done) != OK) {
        complain(u, cx, "bringing derived.db up to date");
        u->refresh_by = time_now() + AGAIN_SECONDS;
        return;
    }
    u->refresh_by = done.next;
    u->unmeasured = true;
    u->inode = inode_of(u, cx);
    if (u->inode != before) serve_reload(u->s);
}

/* Somebody has put another file in its place, or taken it away: what the keeper has open is nobody's any more. */
static void notice_another(struct upkeep *u, struct ctx *cx)
{
    const struct keeper_options o = {.catalog = u->s->catalog};
    struct keeper *k;
    if (inode_of(u, cx) == u->inode) return;
    if (keeper_open(cx, u->s->o->dir, &o, &k) != OK) {
        complain(u, cx, "opening derived.db again");
        return;
    }
    keeper_close(u->keeper);
    u->keeper = k;
    u->inode = inode_of(u, cx);
    u->refresh_by = 0;
    serve_tell("worker", "notice", "derived.db is another file: it is brought up to date, and web begins anew with it");
    serve_reload(u->s);
}

/* What pages show of metrics follows a little later than the rest: it is all counted anew. */
static void measure(struct upkeep *u, struct ctx *cx)
{
    int64_t now = time_now(), start = serve_milliseconds();
    if (!u->unmeasured || now < u->measure_again) return;
    u->unmeasured = false;
    if (metrics_refresh(cx, u->s->o->dir, u->s->catalog, now) != OK) complain(u, cx, "measuring");
    int64_t took = (serve_milliseconds() - start) * MEASURE_SHARE / 1000;
    u->measure_again = now + (took > MEASURE_SECONDS ? took : MEASURE_SECONDS);
}

/* What is found missing: a library of another server's, another program, a folder that was restored. */
static void shelve(struct upkeep *u, struct ctx *cx)
{
    if (shelf_refresh(cx, log_reader_db(u->reader), u->state, u->s->catalog) != OK)
        complain(u, cx, "putting imported libraries on their shelf");
}

static void record_metrics(struct upkeep *u, struct ctx *cx, int64_t now)
{
    bool recorded;
    size_t failed;
    if (metrics_record_day(cx, u->s->o->dir, u->s->catalog, u->facts, now, &recorded, &failed) != OK || failed)
        complain(u, cx, "recording the day's metrics");
}

static enum rc is_named(struct ctx *cx, void *arg, struct str digest, bool *named)
{
    const struct upkeep *u = arg;
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, log_reader_db(u->reader),
        STR("SELECT 1 FROM fact_record_files WHERE digest = ?1 UNION ALL SELECT 1 FROM fact_evidence WHERE "
            "digest = ?1 LIMIT 1"),
        &st));
    store_bind_str(st, 1, digest);
    return store_step(cx, st, named);
}

/* Uploads that no item names and that are no evidence. */
static void sweep_files(struct upkeep *u, struct ctx *cx, int64_t now)
{
    size_t deleted;
    if (files_sweep(cx, u->state, u->s->o->dir, now, is_named, u, &deleted) != OK)
        complain(u, cx, "sweeping attachments");
    else if (deleted)
        serve_tell("worker", "notice", "%zu attachments that no item names were deleted", deleted);
}

static void each_hour(struct upkeep *u, struct ctx *cx)
{
    bool recorded;
    int64_t now = time_now();
    if (now / HOUR == u->hourly) return;
    u->hourly = now / HOUR;
    if (keeper_record_day(cx, u->keeper, u->facts, now, &recorded) != OK)
        complain(u, cx, "recording the day's verdicts");
    record_metrics(u, cx, now);
    if (gate_watch(cx, u->s, u->facts, log_reader_db(u->reader)) != OK) complain(u, cx, "watching the gate");
    if (identity_sweep(cx, u->identity) != OK) complain(u, cx, "sweeping sessions and failures");
    sweep_files(u, cx, now);
}

static enum rc nothing(struct ctx *cx, struct log_tx *tx, void *arg)
{
    const struct upkeep *u = arg;
    return facts_begin(cx, u->facts, tx, NULL);
}

/* What other servers have appended to a log in PostgreSQL: whoever would append takes it over first. */
static void follow(struct upkeep *u, struct ctx *cx)
{
    if (!u->is_shared) return;
    enum rc rc = log_submit(cx, facts_log(u->facts), nothing, u);
    if (rc != OK) complain(u, cx, "following the log in PostgreSQL");
}

static void look(struct upkeep *u, struct ctx *cx)
{
    follow(u, cx);
    uint64_t before = log_reader_size(u->reader);
    if (log_reader_refresh(cx, u->reader) != OK) {
        complain(u, cx, "reading the log");
        return;
    }
    sign(u, cx);
    notice_another(u, cx);
    bool is_more = log_reader_size(u->reader) != before;
    if (is_more || !u->hourly) shelve(u, cx);
    if (is_more || time_now() >= u->refresh_by) refresh(u, cx);
    measure(u, cx);
    if (is_more && u->appended) u->appended(u->arg);
    each_hour(u, cx);
}

static bool wait_for_work(struct upkeep *u, int64_t least)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t wait = LOOK_MILLISECONDS;
    until.tv_sec += wait / 1000;
    pthread_mutex_lock(&u->lock);
    while (!u->woken && !u->ending && pthread_cond_timedwait(&u->work, &u->lock, &until) == 0) {
    }
    u->woken = false;
    bool ending = u->ending;
    pthread_mutex_unlock(&u->lock);
    int64_t early = least - serve_milliseconds();
    if (!ending && early > 0) (void)usleep((useconds_t)early * 1000);
    return !ending;
}

static void *run(void *arg)
{
    struct upkeep *u = arg;
    int64_t last;
    do {
        struct ctx cx;
        last = serve_milliseconds();
        ctx_init(&cx);
        look(u, &cx);
        ctx_release(&cx);
    } while (wait_for_work(u, last + SIGN_MILLISECONDS));
    /* what was appended meanwhile is signed before the signer ends */
    struct ctx cx;
    ctx_init(&cx);
    u->sign_again = 0;
    if (log_reader_refresh(&cx, u->reader) == OK) sign(u, &cx);
    ctx_release(&cx);
    return NULL;
}

static void release(struct upkeep *u)
{
    identity_close(u->identity);
    store_close(u->state);
    keeper_close(u->keeper);
    log_reader_close(u->reader);
    pthread_mutex_destroy(&u->lock);
    pthread_cond_destroy(&u->work);
    free(u);
}

static enum rc open_all(struct ctx *cx, struct upkeep *u)
{
    const struct keeper_options k = {.catalog = u->s->catalog};
    struct config config;
    TRY(config_read(cx, u->s->o->dir, &config));
    u->is_shared = config_log_is_shared(&config);
    TRY(log_reader_open(cx, u->s->o->dir, &u->reader));
    TRY(keeper_open(cx, u->s->o->dir, &k, &u->keeper));
    u->inode = inode_of(u, cx);
    TRY(state_open(cx, u->s->o->dir, STORE_WRITE, &u->state));
    const struct identity_options i = {.state = u->state, .ledger = log_reader_db(u->reader), .facts = u->facts};
    return identity_open(cx, &i, &u->identity);
}

enum rc upkeep_start(struct ctx *cx, struct serve *s, struct facts *facts, void (*appended)(void *arg), void *arg,
                     struct upkeep **out)
{
    struct upkeep *u = calloc(1, sizeof *u);
    *out = NULL;
    if (!u) return fail(cx, E_IO, "out of memory");
    u->s = s;
    u->facts = facts;
    u->appended = appended;
    u->arg = arg;
    pthread_mutex_init(&u->lock, NULL);
    pthread_cond_init(&u->work, NULL);
    enum rc rc = open_all(cx, u);
    if (rc == OK && pthread_create(&u->thread, NULL, run, u) != 0)
        rc = fail(cx, E_IO, "cannot start a thread: %s", strerror(errno));
    if (rc == OK)
        *out = u;
    else
        release(u);
    return rc;
}

void upkeep_wake(struct upkeep *u)
{
    pthread_mutex_lock(&u->lock);
    u->woken = true;
    pthread_cond_signal(&u->work);
    pthread_mutex_unlock(&u->lock);
}

void upkeep_stop(struct upkeep *u)
{
    if (!u) return;
    pthread_mutex_lock(&u->lock);
    u->ending = true;
    pthread_cond_signal(&u->work);
    pthread_mutex_unlock(&u->lock);
    pthread_join(u->thread, NULL);
    release(u);
}
