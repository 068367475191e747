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

extern const char ledger_log_sql[];

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
        if (rc == OK && fsync(fd) != 0) {
            rc = fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(dir)), strerror(errno));
            unlink(path); /* made or not made: nothing between */
        }
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
    int64_t n = 0;
    /* of one state: others may commit meanwhile */
    TRY(store_exec(cx, l->db, "BEGIN"));
    enum rc rc = log_state_read(cx, l->read_head, &l->tx.state);
    if (rc == OK) rc = store_get_int(cx, l->db, "SELECT coalesce(max(n) + 1, 0) FROM entries", &n);
    if (rc != OK) {
        (void)sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL); /* the first error is the one to tell */
        return rc;
    }
    TRY(store_exec(cx, l->db, "COMMIT"));
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

sqlite3 *log_database(struct log *l)
{
    return l->db;
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

enum rc log_has_request(struct ctx *cx, sqlite3 *db, const uint8_t id[32], bool *found)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM requests WHERE id = ?1"), &st));
    store_bind_blob(st, 1, id, 32);
    return store_step(cx, st, found);
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

void log_discard(struct log_tx *tx)
{
    tx->discard = true;
}

enum rc log_keep(struct ctx *cx, struct log_tx *tx)
{
    assert(tx->has_mark);
    tx->has_mark = false;
    return store_exec(cx, tx->log->db, "RELEASE mark");
}
