#include "ledger/canonical.h"
#include "ledger/checkpoint.h"
#include "ledger/log_inside.h"

#include "base/limits.h"
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#define BATCH                                                                                                          \
    4096 /* units in one transaction: enough to pay for its sync, few enough for the first not to wait long            \
          */
#define FOLLOW_AFTER_LOSING 16 /* batches */
#define TRIES_BEFORE_HOLDING 3 /* against other servers; then they wait for us */

extern const char ledger_log_sql[];

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

enum rc log_fact_make(struct ctx *cx, const struct body *b, struct log_fact *out)
{
    scoped_buf text;
    buf_init(&text, LIMIT_BODY);
    TRY(body_write(cx, b, &text));
    if (sodium_init() < 0) return fail(cx, E_IO, "no source of random numbers");
    *out = (struct log_fact){.kind = b->kind, .body = arena_str(&cx->arena, buf_view(&text))};
    randombytes_buf(out->salt, sizeof out->salt);
    body_digest(out->salt, out->body, out->digest);
    return OK;
}

static enum rc make_tables(struct ctx *cx, const char *path, struct str origin)
{
    sqlite3 *db;
    TRY(store_open_file(cx, path, STORE_CREATE, &db));
    enum rc rc = store_begin_write(cx, db);
    if (rc == OK) rc = store_exec(cx, db, ledger_log_sql);
    if (rc == OK) rc = store_exec(cx, db, "INSERT INTO head VALUES (1, 0, 0, x''); PRAGMA user_version = 1");
    sqlite3_stmt *st = NULL;
    if (rc == OK) rc = store_prepare(cx, db, STR("INSERT INTO origins VALUES (0, ?1)"), &st);
    if (rc == OK) {
        store_bind_str(st, 1, origin);
        rc = store_run(cx, st);
    }
    store_finalize(&st);
    if (rc == OK) rc = store_commit(cx, db);
    store_close(db);
    return rc;
}

enum rc log_create(struct ctx *cx, const char *dir, struct str origin)
{
    uint64_t generation;
    (void)origin_base(origin, &generation);
    if (!origin_is_valid(origin) || generation != 1)
        return fail(cx, E_INVALID,
                    "%s cannot be an origin: a host and path in small letters, not ending in / and a number",
                    str_visible(cx, origin));
    const char *path = log_path(cx, dir), *beside = arena_printf(&cx->arena, "%s.new", path).p;
    unlink(beside); /* of one that was interrupted */
    unlink(arena_printf(&cx->arena, "%s-wal", beside).p);
    unlink(arena_printf(&cx->arena, "%s-shm", beside).p);
    enum rc rc = make_tables(cx, beside, origin);
    if (rc == OK && link(beside, path) != 0)
        rc = fail(cx, errno == EEXIST ? E_CONFLICT : E_IO, "%s: cannot make: %s", str_visible(cx, str_from(path)),
                  strerror(errno));
    unlink(beside);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        if (fsync(fd) != 0 && rc == OK) rc = fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(dir)), strerror(errno));
        close(fd);
    }
    return rc;
}

static enum rc prepare(struct ctx *cx, struct log *l)
{
    const struct {
        const char *sql;
        sqlite3_stmt **st;
    } all[] = {
        {"SELECT size, at, frontier FROM head", &l->read_head},
        {"UPDATE head SET size = ?1, at = ?2, frontier = ?3", &l->write_head},
        {"INSERT INTO entries VALUES (?1, ?2)", &l->put_entry},
        {"INSERT INTO bodies VALUES (?1, ?2, ?3)", &l->put_body},
        {"INSERT INTO nodes VALUES (?1, ?2)", &l->put_node},
        {"INSERT OR REPLACE INTO requests VALUES (?1, ?2, ?3)", &l->put_request},
        {"SELECT n, facts FROM requests WHERE id = ?1", &l->find_request},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        TRY(store_prepare(cx, l->db, str_from(all[i].sql), all[i].st));
    return OK;
}

/* The head must be that of the entries: a file put together from two states is found here, before anything is added. */
static enum rc check_head(struct ctx *cx, struct log *l)
{
    int64_t n;
    TRY(log_state_read(cx, l->read_head, &l->tx.state));
    TRY(store_get_int(cx, l->db, "SELECT coalesce(max(n) + 1, 0) FROM entries", &n));
    if ((uint64_t)n != l->tx.state.frontier.size)
        return fail(cx, E_CORRUPT, LOG_FILE ": %lld entries, and a head of %llu: run `sinetti fsck`", (long long)n,
                    (unsigned long long)l->tx.state.frontier.size);
    return OK;
}

enum rc log_open(struct ctx *cx, const char *dir, log_clock *now, struct log **out)
{
    *out = NULL;
    struct log *l = calloc(1, sizeof *l);
    if (!l) return fail(cx, E_IO, "out of memory");
    pthread_mutex_init(&l->lock, NULL);
    l->last = &l->first;
    l->now = now;
    l->tx.log = l;
    l->turnstile = (struct turnstile){-1, -1};
    enum rc rc = turnstile_open(cx, dir, &l->turnstile);
    if (rc == OK) rc = store_open_file(cx, log_path(cx, dir), STORE_WRITE, &l->db);
    if (rc == OK) rc = log_check_format(cx, l->db);
    if (rc == OK) rc = prepare(cx, l);
    if (rc == OK) rc = check_head(cx, l);
    if (rc == OK) rc = log_shared_open(cx, l, dir);
    if (rc == OK)
        *out = l;
    else
        log_close(l);
    return rc;
}

void log_close(struct log *l)
{
    if (!l) return;
    assert(!l->first && !l->leading);
    sqlite3_stmt **all[] = {&l->read_head, &l->write_head,  &l->put_entry,   &l->put_body,
                            &l->put_node,  &l->put_request, &l->find_request};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) store_finalize(all[i]);
    store_close(l->db);
    turnstile_close(&l->turnstile);
    shared_close(l->shared);
    shared_batch_release(&l->out);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

/* --- within a unit */

uint64_t log_size(const struct log_tx *tx)
{
    return tx->state.frontier.size;
}

sqlite3 *log_db(struct log_tx *tx)
{
    return tx->log->db;
}

static void put_node(void *arg, unsigned height, uint64_t index, const struct hash *hash)
{
    struct log_tx *tx = arg;
    if (height == 0 || height % 8 || tx->broken != OK) return;
    sqlite3_stmt *st = tx->log->put_node;
    store_bind_int(st, 1, node_id(height, index));
    store_bind_blob(st, 2, hash->b, sizeof hash->b);
    tx->broken = store_run(tx->cx, st);
}

enum rc log_insert(struct ctx *cx, struct log *l, uint64_t n, struct str leaf, struct str salt, struct str body)
{
    struct hash hash;
    store_bind_int(l->put_entry, 1, (int64_t)n);
    store_bind_str(l->put_entry, 2, leaf);
    TRY(store_run(cx, l->put_entry));
    if (body.p) {
        store_bind_int(l->put_body, 1, (int64_t)n);
        store_bind_blob(l->put_body, 2, salt.p, salt.n);
        store_bind_str(l->put_body, 3, body);
        TRY(store_run(cx, l->put_body));
    }
    merkle_leaf(leaf, &hash);
    l->tx.cx = cx;
    frontier_append(&l->tx.state.frontier, &hash, put_node, &l->tx);
    return l->tx.broken;
}

enum rc log_append(struct ctx *cx, struct log_tx *tx, const struct log_fact *f, struct leaf *out)
{
    int64_t now = tx->log->now();
    char bytes[LIMIT_LEAF];
    struct leaf l = {.n = log_size(tx), .at = now > tx->state.at ? now : tx->state.at, .kind = f->kind};
    if (l.at > CANONICAL_MAX || l.n >= (uint64_t)CANONICAL_MAX)
        return fail(cx, E_LIMIT, "the ledger's times and numbers end here: set the clock right");
    memcpy(l.digest, f->digest, sizeof l.digest);
    struct str leaf = {bytes, leaf_write(&l, bytes)};
    const struct str salt = {(const char *)f->salt, sizeof f->salt};
    TRY(log_insert(cx, tx->log, l.n, leaf, salt, f->body));
    tx->state.at = l.at;
    if (out) *out = l;
    return tx->log->shared ? shared_batch_fact(cx, &tx->log->out, leaf, f->salt, f->body) : OK;
}

enum rc log_insert_request(struct ctx *cx, struct log *l, struct str id, uint64_t n, uint64_t facts)
{
    store_bind_blob(l->put_request, 1, id.p, id.n);
    store_bind_int(l->put_request, 2, (int64_t)n);
    store_bind_int(l->put_request, 3, (int64_t)facts);
    return store_run(cx, l->put_request);
}

enum rc log_put_request(struct ctx *cx, struct log_tx *tx, const uint8_t id[32], uint64_t n, uint64_t facts)
{
    TRY(log_insert_request(cx, tx->log, (struct str){(const char *)id, 32}, n, facts));
    return tx->log->shared ? shared_batch_request(cx, &tx->log->out, id, n, facts) : OK;
}

enum rc log_find_request(struct ctx *cx, struct log_tx *tx, const uint8_t id[32], bool *found, uint64_t *n,
                         uint64_t *facts)
{
    sqlite3_stmt *st = tx->log->find_request;
    store_bind_blob(st, 1, id, 32);
    TRY(store_step(cx, st, found));
    *n = *found ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
    *facts = *found ? (uint64_t)sqlite3_column_int64(st, 1) : 0;
    sqlite3_reset(st);
    return OK;
}

enum rc log_insert_note(struct ctx *cx, struct log *l, uint64_t size, bool handover, struct str note)
{
    scoped_stmt *st = NULL;
    if (!handover) TRY(store_exec(cx, l->db, "DELETE FROM checkpoints WHERE handover = 0"));
    TRY(store_prepare(cx, l->db, STR("INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2, ?3)"), &st));
    store_bind_int(st, 1, (int64_t)size);
    store_bind_int(st, 2, handover);
    store_bind_str(st, 3, note);
    return store_run(cx, st);
}

enum rc log_put_note(struct ctx *cx, struct log_tx *tx, uint64_t size, bool handover, struct str note)
{
    TRY(log_insert_note(cx, tx->log, size, handover, note));
    return tx->log->shared ? shared_batch_note(cx, &tx->log->out, size, handover, note) : OK;
}

enum rc log_erase(struct ctx *cx, struct log_tx *tx, uint64_t n)
{
    struct log *l = tx->log;
    if (n >= log_size(tx)) return fail(cx, E_NOTFOUND, "there is no fact %llu", (unsigned long long)n);
    if (l->shared && n >= log_size(tx) - l->out.n.facts)
        return fail(cx, E_BUSY, "fact %llu is being recorded right now", (unsigned long long)n);
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, tx->log->db, STR("DELETE FROM bodies WHERE n = ?1"), &st));
    store_bind_int(st, 1, (int64_t)n);
    TRY(store_run(cx, st));
    if (sqlite3_changes(tx->log->db) != 1)
        return fail(cx, E_NOTFOUND, "the body of fact %llu was erased before", (unsigned long long)n);
    return l->shared ? shared_batch_erasure(cx, &l->out, n) : OK;
}

enum rc log_mark(struct ctx *cx, struct log_tx *tx)
{
    assert(!tx->has_mark);
    TRY(store_exec(cx, tx->log->db, "SAVEPOINT mark"));
    tx->marked = tx->state;
    tx->marked_out = tx->log->out.n;
    tx->has_mark = true;
    return OK;
}

enum rc log_back(struct ctx *cx, struct log_tx *tx)
{
    assert(tx->has_mark);
    tx->state = tx->marked;
    if (tx->log->shared) shared_batch_cut(&tx->log->out, &tx->marked_out);
    tx->has_mark = false;
    return store_exec(cx, tx->log->db, "ROLLBACK TO mark; RELEASE mark");
}

enum rc log_keep(struct ctx *cx, struct log_tx *tx)
{
    assert(tx->has_mark);
    tx->has_mark = false;
    return store_exec(cx, tx->log->db, "RELEASE mark");
}

/* --- the batch */

/* Runs one unit; what it did stays or is undone whole. false: the transaction is gone, and all units with it. */
static bool run_unit(struct log *l, struct waiter *w)
{
    struct log_state before = l->tx.state;
    struct shared_mark out_before = l->out.n;
    l->tx.has_mark = false;
    l->tx.broken = OK;
    w->rc = store_exec(w->cx, l->db, "SAVEPOINT unit");
    if (w->rc == OK) {
        w->rc = w->unit(w->cx, &l->tx, w->arg);
        if (w->rc == OK && l->tx.broken != OK) w->rc = l->tx.broken;
        assert(w->rc != OK || !l->tx.has_mark);
    }
    if (!store_in_transaction(l->db)) return false;
    if (w->rc == OK) {
        w->rc = store_exec(w->cx, l->db, "RELEASE unit");
        return w->rc == OK;
    }
    l->tx.state = before;
    if (l->shared) shared_batch_cut(&l->out, &out_before);
    /* its text says why the unit failed, and stays */
    return sqlite3_exec(l->db, "ROLLBACK TO unit; RELEASE unit", NULL, NULL, NULL) == SQLITE_OK;
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
static enum rc run_units(struct ctx *cx, struct log *l, struct waiter *batch)
{
    TRY(log_state_read(cx, l->read_head, &l->tx.state));
    uint64_t size = l->tx.state.frontier.size;
    for (struct waiter *w = batch; w; w = w->next) {
        if (!run_unit(l, w)) return fail(cx, E_IO, "the transaction was ended: %s", w->cx->message);
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
        TRY(run_units(cx, l, batch));
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
    if (l->shared) {
        rc = run_units_shared(cx, l, batch, durable);
        shared_let_go(l->shared);
    } else {
        TRY(store_begin_write(cx, l->db));
        rc = run_units(cx, l, batch);
    }
    if (rc == OK) return store_commit(cx, l->db);
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
