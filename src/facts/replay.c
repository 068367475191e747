#include "facts/facts_int.h"

#include "base/limits.h"
#include "ledger/facts_seen.h"
#include "ledger/log_reader.h"
#include "store/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define FACTS_A_PART 500
#define BYTES_A_PART (4 * MIB) /* of bodies; two parts are in memory at once */

struct fact {
    struct leaf leaf;
    struct body body;
    bool erased;
};

struct part {
    struct replay *r;
    struct ctx cx; /* what was read lives there */
    uint64_t from;
    struct fact *facts;
    size_t n;
    bool over; /* the next one is after the time asked for */
    enum rc rc;
};

struct replay {
    const struct catalog *c;
    int64_t until;
    struct log_reader *reader;
    sqlite3 *db;
    sqlite3_stmt *put_fact;
    struct projection **projections; /* by kind */
    struct facts_seen seen;
    uint64_t size; /* so many facts */
    struct facts_replayed *out;
    const struct facts_moments *moments; /* NULL: none */
    size_t moment;                       /* the next of them */
};

static enum rc make_tables(struct ctx *cx, struct replay *r)
{
    TRY(store_exec(
        cx, r->db,
        "CREATE TABLE p_facts (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT, "
        "actor TEXT, via TEXT) STRICT;"
        "CREATE VIEW facts AS SELECT n, at, kind, subject, actor, via FROM p_facts"));
    for (size_t i = 0; i < r->c->n_kinds; i++) TRY(projection_define(cx, r->db, &r->c->kinds[i], 'p'));
    for (size_t i = 0; i < r->c->n_kinds; i++) TRY(projection_new(cx, r->db, &r->c->kinds[i], 'p', &r->projections[i]));
    return store_prepare(cx, r->db, STR(FACTS_PUT), &r->put_fact);
}

/* --- in parts: one is read and compared with the log while the one before it is put into tables */

static enum rc read_fact(struct ctx *cx, struct replay *r, uint64_t n, struct fact *out, bool *over, size_t *bytes)
{
    struct str entry, body;
    const uint8_t *salt;
    TRY(log_reader_entry(cx, r->reader, n, &entry));
    TRY(facts_seen_leaf(cx, &r->seen, arena_str(&cx->arena, entry), &out->leaf));
    *over = out->leaf.at > r->until;
    if (*over) return OK;
    enum rc rc = log_reader_body(cx, r->reader, n, &salt, &body);
    out->erased = rc == E_NOTFOUND;
    if (rc != OK) return out->erased ? OK : rc;
    *bytes += body.n;
    return facts_seen_body(cx, &r->seen, &out->leaf, salt, arena_str(&cx->arena, body), &out->body);
}

static void *read_part(void *arg)
{
    struct part *p = arg;
    size_t bytes = 0;
    ctx_init(&p->cx);
    p->facts = arena_array(&p->cx.arena, struct fact, FACTS_A_PART);
    p->n = 0;
    p->over = false;
    p->rc = OK;
    for (uint64_t n = p->from; n < p->r->size && p->n < FACTS_A_PART && bytes < BYTES_A_PART; n++) {
        p->rc = read_fact(&p->cx, p->r, n, &p->facts[p->n], &p->over, &bytes);
        if (p->rc != OK || p->over) break;
        p->n++;
    }
    return NULL;
}

/* Moments that come before the fact; NULL: all that are left. */
static enum rc reach(struct ctx *cx, struct replay *r, const struct leaf *l)
{
    const struct facts_moments *m = r->moments;
    for (; m && r->moment < m->n; r->moment++) {
        const struct facts_moment *next = &m->moments[r->moment];
        if (l && l->n < next->n && l->at <= next->at) return OK;
        TRY(store_commit(cx, r->db));
        TRY(m->reached(cx, m->arg, r->moment));
        TRY(store_begin_write(cx, r->db));
    }
    return OK;
}

static enum rc put(struct ctx *cx, struct replay *r, const struct fact *f)
{
    const struct leaf *l = &f->leaf;
    TRY(reach(cx, r, l));
    TRY(facts_put_row(cx, r->put_fact, l, f->erased ? NULL : &f->body));
    size_t i = facts_kind_index(r->c, l->kind);
    r->out->facts++;
    r->out->erased += f->erased;
    r->out->unknown += i == r->c->n_kinds;
    return f->erased || i == r->c->n_kinds ? OK : projection_put(cx, r->projections[i], l, &f->body);
}

/* What was read, then what stopped the reading. */
static enum rc put_part(struct ctx *cx, struct replay *r, struct part *p)
{
    enum rc rc = OK;
    size_t i = 0;
    for (; i < p->n && rc == OK; i++) rc = put(&p->cx, r, &p->facts[i]);
    uint64_t n = p->from + i - (rc != OK);
    if (rc == OK) rc = p->rc;
    if (rc == OK) return OK;
    return fail(cx, rc == E_IO || rc == E_LIMIT ? rc : E_CORRUPT, "fact %llu: %s", (unsigned long long)n,
                p->cx.message);
}

/* Reads the part after this one meanwhile. */
static enum rc put_while_reading(struct ctx *cx, struct replay *r, struct part *now, struct part *next)
{
    pthread_t thread;
    next->from = now->from + now->n;
    bool alone = pthread_create(&thread, NULL, read_part, next) != 0;
    if (alone) read_part(next);
    enum rc rc = put_part(cx, r, now);
    if (!alone) pthread_join(thread, NULL);
    return rc;
}

static enum rc put_all(struct ctx *cx, struct replay *r)
{
    struct part parts[2] = {{.r = r}, {.r = r}};
    enum rc rc = OK;
    size_t at = 0;
    read_part(&parts[0]);
    for (bool more = true; more && rc == OK; at = !at) {
        struct part *now = &parts[at], *next = &parts[!at];
        more = now->rc == OK && !now->over && now->from + now->n < r->size;
        rc = more ? put_while_reading(cx, r, now, next) : put_part(cx, r, now);
        ctx_progress(cx, "replaying", (int64_t)(now->from + now->n), (int64_t)r->size);
        ctx_release(&now->cx);
        if (more && rc != OK) ctx_release(&next->cx);
    }
    return rc;
}

static enum rc replay(struct ctx *cx, struct replay *r)
{
    TRY(store_begin_write(cx, r->db));
    enum rc rc = make_tables(cx, r);
    if (rc == OK) rc = put_all(cx, r);
    if (rc == OK) rc = reach(cx, r, NULL);
    for (size_t i = 0; i < r->c->n_kinds; i++) projection_free(r->projections[i]);
    store_finalize(&r->put_fact);
    if (rc != OK) {
        store_rollback(r->db);
        return rc;
    }
    TRY(store_commit(cx, r->db));
    return store_empty_wal(cx, r->db);
}

static void take_away(struct ctx *cx, const char *file)
{
    unlink(file);
    unlink(arena_printf(&cx->arena, "%s-wal", file).p);
    unlink(arena_printf(&cx->arena, "%s-shm", file).p);
}

enum rc facts_replay_moments(struct ctx *cx, const char *dir, const struct catalog *c, const struct facts_moments *m,
                             const char *file)
{
    struct facts_replayed done = {0};
    struct replay r = {.c = c, .until = INT64_MAX, .moments = m, .out = &done};
    r.projections = arena_array(&cx->arena, struct projection *, c->n_kinds + 1);
    TRY(log_reader_open(cx, dir, &r.reader));
    r.size = log_reader_size(r.reader);
    enum rc rc = store_open_file(cx, file, STORE_CREATE, &r.db);
    if (rc == OK) rc = store_keep_little(cx, r.db);
    if (rc == OK) rc = replay(cx, &r);
    store_close(r.db);
    if (r.db) take_away(cx, file);
    facts_seen_release(&r.seen);
    log_reader_close(r.reader);
    return rc;
}

enum rc facts_replay_some(struct ctx *cx, struct log_reader *reader, const struct catalog *c, int64_t until,
                          uint64_t size, const char *file, struct facts_replayed *out)
{
    struct replay r = {.c = c, .until = until, .reader = reader, .size = size, .out = out};
    *out = (struct facts_replayed){0};
    r.projections = arena_array(&cx->arena, struct projection *, c->n_kinds + 1);
    TRY(store_open_file(cx, file, STORE_CREATE, &r.db));
    enum rc rc = store_keep_little(cx, r.db);
    if (rc == OK) rc = replay(cx, &r);
    store_close(r.db);
    if (rc != OK) { /* half a replay is none */
        take_away(cx, file);
    }
    facts_seen_release(&r.seen);
    return rc;
}

enum rc facts_replay(struct ctx *cx, const char *dir, const struct catalog *c, int64_t until, const char *file,
                     struct facts_replayed *out)
{
    struct log_reader *reader;
    TRY(log_reader_open(cx, dir, &reader));
    enum rc rc = facts_replay_some(cx, reader, c, until, log_reader_size(reader), file, out);
    log_reader_close(reader);
    return rc;
}
