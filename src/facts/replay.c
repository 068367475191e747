#include "facts/facts_int.h"

#include "ledger/facts_seen.h"
#include "ledger/log_reader.h"
#include "store/store.h"

#include <stdlib.h>
#include <unistd.h>

#define FACTS_A_STEP 1000 /* between two words about progress */

struct replay {
    const struct catalog *c;
    struct log_reader *reader;
    sqlite3 *db;
    sqlite3_stmt *put_fact;
    struct projection **projections; /* by kind */
    struct facts_seen seen;
    uint64_t size; /* so many facts */
    struct facts_replayed *out;
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

/* Fact n; *over when it is after `until`. */
static enum rc put(struct ctx *cx, struct replay *r, uint64_t n, int64_t until, bool *over)
{
    struct str bytes, body_bytes;
    struct leaf l;
    struct body b;
    const uint8_t *salt;
    TRY(log_reader_entry(cx, r->reader, n, &bytes));
    TRY(facts_seen_leaf(cx, &r->seen, bytes, &l));
    *over = l.at > until;
    if (*over) return OK;
    enum rc rc = log_reader_body(cx, r->reader, n, &salt, &body_bytes);
    if (rc != OK && rc != E_NOTFOUND) return rc;
    bool erased = rc == E_NOTFOUND;
    if (!erased) TRY(facts_seen_body(cx, &r->seen, &l, salt, body_bytes, &b));
    TRY(facts_put_row(cx, r->put_fact, &l, erased ? NULL : &b));
    size_t i = facts_kind_index(r->c, l.kind);
    r->out->facts++;
    r->out->erased += erased;
    r->out->unknown += i == r->c->n_kinds;
    return erased || i == r->c->n_kinds ? OK : projection_put(cx, r->projections[i], &l, &b);
}

static enum rc put_all(struct ctx *cx, struct replay *r, int64_t until)
{
    uint64_t size = r->size;
    bool over = false;
    for (uint64_t n = 0; n < size && !over;) {
        struct ctx own; /* a step's memory */
        ctx_init(&own);
        enum rc rc = OK;
        uint64_t end = n + FACTS_A_STEP < size ? n + FACTS_A_STEP : size;
        for (; n < end && rc == OK && !over; n++) rc = put(&own, r, n, until, &over);
        if (rc != OK)
            rc = fail(cx, rc == E_IO || rc == E_LIMIT ? rc : E_CORRUPT, "fact %llu: %s", (unsigned long long)n - 1,
                      own.message);
        ctx_release(&own);
        TRY(rc);
        ctx_progress(cx, "replaying", (int64_t)n, (int64_t)size);
    }
    return OK;
}

static enum rc replay(struct ctx *cx, struct replay *r, int64_t until)
{
    TRY(store_begin_write(cx, r->db));
    enum rc rc = make_tables(cx, r);
    if (rc == OK) rc = put_all(cx, r, until);
    for (size_t i = 0; i < r->c->n_kinds; i++) projection_free(r->projections[i]);
    store_finalize(&r->put_fact);
    if (rc != OK) {
        store_rollback(r->db);
        return rc;
    }
    TRY(store_commit(cx, r->db));
    return store_empty_wal(cx, r->db);
}

enum rc facts_replay_some(struct ctx *cx, struct log_reader *reader, const struct catalog *c, int64_t until,
                          uint64_t size, const char *file, struct facts_replayed *out)
{
    struct replay r = {.c = c, .reader = reader, .size = size, .out = out};
    *out = (struct facts_replayed){0};
    r.projections = arena_array(&cx->arena, struct projection *, c->n_kinds + 1);
    TRY(store_open_file(cx, file, STORE_CREATE, &r.db));
    enum rc rc = store_keep_little(cx, r.db);
    if (rc == OK) rc = replay(cx, &r, until);
    store_close(r.db);
    if (rc != OK) { /* half a replay is none */
        unlink(file);
        unlink(arena_printf(&cx->arena, "%s-wal", file).p);
        unlink(arena_printf(&cx->arena, "%s-shm", file).p);
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
