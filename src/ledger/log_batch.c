/* Who waits, who leads, and the transaction of all who wait. */
#include "ledger/log_inside.h"

#include "base/limits.h"
#include "store/store.h"

#include <assert.h>

#define BATCH 4096             /* units in one transaction: it pays for its sync, and the first does not wait long */
#define FOLLOW_AFTER_LOSING 16 /* batches */
#define TRIES_BEFORE_HOLDING 3 /* against other servers; then they wait for us */

/* A unit that waits. It lives on its submitter's stack. */
struct waiter {
    struct ctx *cx;
    log_unit *unit;
    void *arg;
    enum rc rc;
    bool done;
    pthread_cond_t wake;
    struct waiter *next;
};

/* Runs one unit; what it did stays or is undone whole. *left: something of it may stay. false: the transaction is gone,
 * and all units with it.
 * alone: the transaction is the unit's, and is undone for it when nothing is left. SQLite keeps each page that a
 * savepoint has seen change in a list that it walks after each statement: a large import would take hours under one. */
static bool run_unit(struct log *l, struct waiter *w, bool alone, bool *left)
{
    struct log_state before = l->tx.state;
    struct shared_mark out_before = l->out.n;
    l->tx.has_mark = l->tx.discard = false;
    l->tx.broken = OK;
    w->rc = alone ? OK : store_exec(w->cx, l->db, "SAVEPOINT unit");
    if (w->rc == OK) {
        w->rc = w->unit(w->cx, &l->tx, w->arg);
        if (w->rc == OK && l->tx.broken != OK) w->rc = l->tx.broken;
        assert(w->rc != OK || !l->tx.has_mark);
    }
    if (!store_in_transaction(l->db)) return false;
    if (w->rc == OK && !l->tx.discard) {
        *left = true;
        if (!alone) w->rc = store_exec(w->cx, l->db, "RELEASE unit");
        return w->rc == OK;
    }
    l->tx.state = before;
    if (l->shared) shared_batch_cut(&l->out, &out_before);
    /* its text says why the unit failed, and stays */
    return alone || sqlite3_exec(l->db, "ROLLBACK TO unit; RELEASE unit", NULL, NULL, NULL) == SQLITE_OK;
}

enum rc log_write_head(struct ctx *cx, struct log *l)
{
    struct hash peaks[MERKLE_HEIGHT];
    size_t n = frontier_pack(&l->tx.state.frontier, peaks);
    store_bind_int(l->write_head, 1, (int64_t)l->tx.state.frontier.size);
    store_bind_int(l->write_head, 2, l->tx.state.at);
    store_bind_blob(l->write_head, 3, peaks, n * sizeof *peaks);
    TRY(store_run(cx, l->write_head));
    return sqlite3_changes(l->db) == 1 ? OK : fail(cx, E_CORRUPT, LOG_FILE ": the head is missing");
}

/* Those behind w wait for the next transaction, before all others. */
static void put_back(struct log *l, struct waiter *w)
{
    pthread_mutex_lock(&l->lock);
    struct waiter *first = w->next, **end = &first;
    while (*end) end = &(*end)->next;
    if (first) {
        *end = l->first;
        if (!l->first) l->last = end;
        l->first = first;
    }
    w->next = NULL;
    pthread_mutex_unlock(&l->lock);
}

/* In the transaction: all units, then the head. The error of what ended it is in the leader's ctx. */
static enum rc run_units(struct ctx *cx, struct log *l, struct waiter *batch, bool *left)
{
    *left = false;
    TRY(log_state_read(cx, l->read_head, &l->tx.state));
    uint64_t size = l->tx.state.frontier.size;
    bool alone = !l->shared && batch && !batch->next;
    for (struct waiter *w = batch; w; w = w->next) {
        if (!run_unit(l, w, alone, left)) return fail(cx, E_IO, "the transaction was ended: %s", w->cx->message);
        if (l->shared && shared_batch_bytes(&l->out) > LIMIT_SHARED_ENOUGH) put_back(l, w);
    }
    return l->tx.state.frontier.size == size ? OK : log_write_head(cx, l);
}

/* The same where others may add facts meanwhile: then all is judged again. At first it is taken for granted that nobody
 * has, which the append finds out; but what adds nothing is judged by the log as it is. *durable: what the units did is
 * committed where it counts. */
static enum rc run_units_shared(struct ctx *cx, struct log *l, struct waiter *batch, bool *durable)
{
    bool follows = l->follow_first > 0;
    if (l->follow_first > 0) l->follow_first--;
    for (int tries = 0;; tries++) {
        if (tries == TRIES_BEFORE_HOLDING) TRY(shared_hold(cx, l->shared));
        TRY(follows ? log_shared_follow(cx, l) : store_begin_write(cx, l->db));
        TRY(store_exec(cx, l->db, "SAVEPOINT batch"));
        shared_batch_clear(&l->out);
        TRY(log_state_read(cx, l->read_head, &l->tx.state));
        struct log_state before = l->tx.state;
        bool left;
        TRY(run_units(cx, l, batch, &left));
        bool taken = follows && shared_batch_is_empty(&l->out);
        if (!taken && (follows || l->out.n.facts)) {
            TRY(shared_append(cx, l->shared, &l->out, &before, &l->tx.state, &taken));
            *durable = taken;
            if (!taken) l->follow_first = FOLLOW_AFTER_LOSING;
        }
        if (taken) return store_exec(cx, l->db, "RELEASE batch");
        TRY(store_exec(cx, l->db, "ROLLBACK TO batch; RELEASE batch"));
        follows = true;
    }
}

/* Takes what waits now, at most BATCH. */
static struct waiter *take_batch(struct log *l)
{
    pthread_mutex_lock(&l->lock);
    struct waiter *batch = l->first, **end = &l->first;
    for (int i = 0; *end && i < BATCH; i++) end = &(*end)->next;
    l->first = *end;
    if (!l->first) l->last = &l->first;
    *end = NULL;
    pthread_mutex_unlock(&l->lock);
    return batch;
}

static enum rc transact(struct ctx *cx, struct log *l, struct waiter *batch, bool *durable)
{
    enum rc rc = OK;
    bool left = true; /* of a shared log, what was taken over from others */
    if (l->shared) {
        rc = run_units_shared(cx, l, batch, durable);
        shared_let_go(l->shared);
    } else {
        TRY(store_begin_write(cx, l->db));
        rc = run_units(cx, l, batch, &left);
    }
    if (rc == OK && left) return store_commit(cx, l->db);
    store_rollback(l->db);
    return rc;
}

static void tell(struct waiter *batch, enum rc rc, const char *what, const char *why)
{
    for (struct waiter *w = batch; w; w = w->next)
        if (w->rc == OK) w->rc = fail(w->cx, rc == E_CORRUPT || rc == E_DENIED ? rc : E_IO, "%s: %s", what, why);
}

/* One transaction of the leader, whose own unit is among those that wait. */
static struct waiter *run_batch(struct log *l)
{
    struct ctx own; /* units' errors are their own; this one's go to all */
    bool durable = false;
    ctx_init(&own);
    enum rc rc = turnstile_enter(&own, &l->turnstile);
    bool entered = rc == OK;
    struct waiter *batch = take_batch(l);
    if (rc == OK) rc = transact(&own, l, batch, &durable);
    if (l->owes_forgetting && store_empty_wal(&own, l->db) == OK) l->owes_forgetting = false;
    if (entered) turnstile_leave(&l->turnstile);
    /* once it is durable it is so, even if the copy here could not be written and has to catch up */
    if (rc != OK && !durable)
        tell(batch, rc,
             l->shared && shared_is_unsure(l->shared) ? "whether it was recorded is not known" : "nothing was recorded",
             own.message);
    ctx_release(&own);
    return batch;
}

enum rc log_submit(struct ctx *cx, struct log *l, log_unit *unit, void *arg)
{
    struct waiter self = {.cx = cx, .unit = unit, .arg = arg};
    pthread_cond_init(&self.wake, NULL);
    pthread_mutex_lock(&l->lock);
    *l->last = &self;
    /* the queue is left before this returns: whoever takes a batch sets `last` anew */
    /* cppcheck-suppress autoVariables */
    l->last = &self.next;
    while (!self.done && l->leading) pthread_cond_wait(&self.wake, &l->lock);
    while (!self.done) {
        l->leading = true;
        pthread_mutex_unlock(&l->lock);
        struct waiter *batch = run_batch(l);
        pthread_mutex_lock(&l->lock);
        l->leading = false;
        for (struct waiter *w = batch, *next; w; w = next) {
            next = w->next; /* w is gone once its thread has seen that it is done */
            w->done = true;
            if (w != &self) pthread_cond_signal(&w->wake);
        }
        if (self.done && l->first) pthread_cond_signal(&l->first->wake); /* leads next */
    }
    pthread_mutex_unlock(&l->lock);
    pthread_cond_destroy(&self.wake);
    return self.rc;
}

struct one {
    const struct log_fact *fact;
    struct leaf *out;
};

static enum rc append_one(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct one *o = arg;
    return log_append(cx, tx, o->fact, o->out);
}

enum rc log_put(struct ctx *cx, struct log *l, const struct log_fact *f, struct leaf *out)
{
    struct one o = {f, out};
    return log_submit(cx, l, append_one, &o);
}

static enum rc nothing(struct ctx *cx, struct log_tx *tx, void *arg)
{
    (void)cx, (void)tx, (void)arg;
    return OK;
}

enum rc log_forget(struct ctx *cx, struct log *l)
{
    /* a unit of its own, so that no commit of ours is under way; the log is emptied between two transactions */
    TRY(log_submit(cx, l, nothing, NULL));
    pthread_mutex_lock(&l->lock);
    while (l->leading) {
        pthread_mutex_unlock(&l->lock);
        TRY(log_submit(cx, l, nothing, NULL));
        pthread_mutex_lock(&l->lock);
    }
    enum rc rc = turnstile_enter(cx, &l->turnstile);
    if (rc == OK) {
        rc = store_empty_wal(cx, l->db);
        if (rc == OK && l->shared) rc = shared_forget(cx, l->shared);
        turnstile_leave(&l->turnstile);
    }
    pthread_mutex_unlock(&l->lock);
    return rc;
}
