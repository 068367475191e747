#include "ledger/shared.h"

#include "ledger/shared_arrays.h"
#include "ledger/shared_inside.h"

#include "base/limits.h"

#include <stdlib.h>

extern const char ledger_shared_sql[];

/* --- opening */

static enum rc no_password(struct ctx *cx, const struct libpq *pq, struct str url)
{
    char *error = NULL;
    if (!str_starts(url, STR("postgresql://")) && !str_starts(url, STR("postgres://")))
        return fail(cx, E_INVALID, "the place of a log begins with postgresql://");
    PQconninfoOption *all = pq->PQconninfoParse(arena_cstr(&cx->arena, url), &error);
    pq->PQfreemem(error); /* it may have the URL in it */
    if (!all)
        return fail(cx, E_INVALID, "the log's URL cannot be read; postgresql://USER@HOST:PORT/DATABASE is expected");
    bool has = false;
    for (const PQconninfoOption *o = all; o->keyword; o++)
        has |= o->val && (strcmp(o->keyword, "password") == 0 || strcmp(o->keyword, "sslpassword") == 0);
    pq->PQconninfoFree(all);
    return has ? fail(cx, E_INVALID, "no password belongs into the log's URL: put it into ~/.pgpass, or PGPASSWORD")
               : OK;
}

static enum rc make(struct ctx *cx, const struct shared_place *p, struct str origin, struct shared **out)
{
    const struct libpq *pq;
    *out = NULL;
    TRY(libpq_get(cx, &pq));
    TRY(no_password(cx, pq, p->url));
    struct shared *s = calloc(1, sizeof *s);
    if (s) {
        s->pq = pq;
        s->single_node = p->single_node;
        s->only_look = p->only_look;
        s->patience = SHARED_PATIENCE;
        s->url = strndup(p->url.p, p->url.n);
        s->origin = origin.p ? strndup(origin.p, origin.n) : NULL;
    }
    if (!s || !s->url || (origin.p && !s->origin)) {
        shared_close(s);
        return fail(cx, E_IO, "out of memory");
    }
    *out = s;
    return OK;
}

enum rc shared_open(struct ctx *cx, const struct shared_place *p, struct str origin, struct shared **out)
{
    TRY(make(cx, p, origin, out));
    enum rc rc = shared_connect(cx, *out);
    if (rc == OK) return OK;
    shared_close(*out);
    *out = NULL;
    return rc;
}

void shared_close(struct shared *s)
{
    if (!s) return;
    shared_disconnect(s);
    free(s->url);
    free(s->origin);
    free(s);
}

/* --- making */

static enum rc take_int(void *arg, const struct libpq *pq, const PGresult *r, int row)
{
    *(int64_t *)arg = shared_int(pq, r, row, 0);
    return OK;
}

/* The statements of shared.sql, each ended by an empty line. */
static enum rc make_tables(struct ctx *cx, struct shared *s)
{
    bool lost;
    for (const char *at = ledger_shared_sql; *at;) {
        const char *end = strstr(at, ";\n\n");
        size_t n = end ? (size_t)(end - at) : strlen(at);
        if (n > 1) TRY(shared_ask(cx, s, arena_cstr(&cx->arena, (struct str){at, n}), NULL, 0, NULL, NULL, &lost));
        at += end ? n + 3 : n;
    }
    return OK;
}

/* Within a transaction that nobody else is in at the same time. */
static enum rc make_all(struct ctx *cx, struct shared *s, struct str origin, bool *joined)
{
    bool lost;
    int64_t there = 0;
    const struct shared_value value = {SHARED_BYTEA, origin};
    TRY(shared_ask(cx, s, "SELECT pg_advisory_xact_lock(7311), 1", NULL, 0, NULL, NULL, &lost));
    TRY(shared_ask(cx, s, "SELECT (to_regclass('sinetti.head') IS NOT NULL)::int", NULL, 0, take_int, &there, &lost));
    *joined = there == 1;
    if (*joined) return OK;
    TRY(make_tables(cx, s));
    return shared_ask(cx, s, "INSERT INTO sinetti.head VALUES (1, 1, $1, 0, 0, '', 0)", &value, 1, NULL, NULL, &lost);
}

enum rc shared_create(struct ctx *cx, const struct shared_place *p, struct str origin, bool *joined)
{
    struct shared *s;
    bool lost;
    TRY(make(cx, p, STR_NONE, &s));
    enum rc rc = shared_connect(cx, s);
    if (rc == OK) rc = shared_ask(cx, s, "BEGIN", NULL, 0, NULL, NULL, &lost);
    if (rc == OK) rc = make_all(cx, s, origin, joined);
    if (rc == OK) rc = shared_ask(cx, s, "COMMIT", NULL, 0, NULL, NULL, &lost);
    shared_close(s);
    if (rc != OK || !*joined) return rc == E_BUSY ? E_IO : rc;
    TRY(shared_open(cx, p, origin, &s));
    shared_close(s);
    return OK;
}

/* --- reading */

enum rc shared_snapshot(struct ctx *cx, struct shared *s)
{
    TRY(shared_ask_again(cx, s, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, 0, NULL, NULL));
    s->in_snapshot = true;
    return OK;
}

static enum rc take_head(void *arg, const struct libpq *pq, const PGresult *r, int row)
{
    struct shared_head *out = arg;
    int64_t size = shared_int(pq, r, row, 0);
    struct str peaks = shared_bytes(pq, r, row, 2);
    out->state.at = shared_int(pq, r, row, 1);
    out->notes = shared_int(pq, r, row, 3);
    return frontier_unpack(size, peaks, &out->state.frontier) && out->state.at >= 0 ? OK : E_CORRUPT;
}

enum rc shared_head_read(struct ctx *cx, struct shared *s, struct shared_head *out)
{
    out->notes = -1;
    enum rc rc = shared_ask_again(cx, s, "SELECT size, at, frontier, notes FROM sinetti.head", NULL, 0, take_head, out);
    if (rc == E_CORRUPT) return fail(cx, rc, "PostgreSQL: size and frontier of the head do not fit");
    if (rc == OK && out->notes < 0) return fail(cx, E_CORRUPT, "PostgreSQL: the head is missing");
    return rc;
}

struct rows {
    shared_take *take;
    void *arg;
    uint64_t next;
    enum rc rc;
};

static enum rc take_row(void *arg, const struct libpq *pq, const PGresult *r, int row)
{
    struct rows *rows = arg;
    int64_t n = shared_int(pq, r, row, 0);
    rows->rc =
        rows->take(rows->arg, n, shared_bytes(pq, r, row, 1), shared_bytes(pq, r, row, 2), shared_bytes(pq, r, row, 3));
    rows->next = (uint64_t)n + 1;
    return rows->rc;
}

/* Cut behind the longest that are proper: whoever writes a gigabyte there does not fill our memory. */
#define ENTRY "e.n, substr(e.leaf, 1, 513), substr(b.salt, 1, 17), substr(b.body, 1, 1048577)"

enum rc shared_rows(struct ctx *cx, struct shared *s, uint64_t from, uint64_t to, shared_take *take, void *arg)
{
    struct rows rows = {.take = take, .arg = arg, .next = from};
    for (int tries = 0;; tries++) {
        char a[8], b[8];
        bool lost;
        const struct shared_value values[] = {{SHARED_BIGINT, shared_bigint(a, (int64_t)rows.next)},
                                              {SHARED_BIGINT, shared_bigint(b, (int64_t)to)}};
        TRY(shared_connect(cx, s));
        enum rc rc = shared_ask(cx, s,
                                "SELECT " ENTRY " FROM sinetti.entries e LEFT JOIN sinetti.bodies b ON b.n = e.n "
                                "WHERE e.n >= $1 AND e.n < $2 ORDER BY e.n",
                                values, 2, take_row, &rows, &lost);
        if (!lost || rows.rc != OK || tries == 2) return rc;
    }
}

enum rc shared_strays(struct ctx *cx, struct shared *s, uint64_t size, shared_take *take, void *arg)
{
    struct rows rows = {.take = take, .arg = arg};
    char a[8];
    const struct shared_value value = {SHARED_BIGINT, shared_bigint(a, (int64_t)size)};
    return shared_ask_again(cx, s,
                            "SELECT coalesce(e.n, b.n), substr(e.leaf, 1, 513), substr(b.salt, 1, 17), substr(b.body, "
                            "1, 1048577) FROM sinetti.entries e FULL JOIN sinetti.bodies b ON b.n = e.n "
                            "WHERE e.n IS NULL OR e.n < 0 OR e.n >= $1 ORDER BY 1 LIMIT 1000",
                            &value, 1, take_row, &rows);
}

struct requests {
    shared_take_request *take;
    void *arg;
};

static enum rc take_request(void *arg, const struct libpq *pq, const PGresult *r, int row)
{
    struct requests *q = arg;
    return q->take(q->arg, shared_bytes(pq, r, row, 1), shared_int(pq, r, row, 0), shared_int(pq, r, row, 2));
}

enum rc shared_requests(struct ctx *cx, struct shared *s, uint64_t from, uint64_t to, shared_take_request *take,
                        void *arg)
{
    struct requests q = {take, arg};
    char a[8], b[8];
    const struct shared_value values[] = {{SHARED_BIGINT, shared_bigint(a, (int64_t)from)},
                                          {SHARED_BIGINT, shared_bigint(b, (int64_t)to)}};
    return shared_ask_again(cx, s,
                            "SELECT n, substr(id, 1, 33), facts FROM sinetti.requests WHERE n >= $1 AND n < $2 ORDER "
                            "BY n",
                            values, 2, take_request, &q);
}

struct notes {
    shared_take_note *take;
    void *arg;
};

static enum rc take_note(void *arg, const struct libpq *pq, const PGresult *r, int row)
{
    struct notes *q = arg;
    return q->take(q->arg, shared_int(pq, r, row, 0), shared_int(pq, r, row, 1) == 1, shared_bytes(pq, r, row, 2));
}

enum rc shared_notes(struct ctx *cx, struct shared *s, shared_take_note *take, void *arg)
{
    struct notes q = {take, arg};
    return shared_ask_again(cx, s,
                            "SELECT size, handover::int, substr(note, 1, 262145) FROM sinetti.checkpoints ORDER BY "
                            "size, handover",
                            NULL, 0, take_note, &q);
}

/* --- writing */

static enum rc put_note(struct ctx *cx, struct shared *s, const struct shared_batch *b)
{
    char size[8], handover[8];
    const struct shared_value values[] = {{SHARED_BIGINT, shared_bigint(size, (int64_t)b->note_size)},
                                          {SHARED_BIGINT, shared_bigint(handover, b->note_handover)},
                                          {SHARED_BYTEA, buf_view(&b->note)}};
    return shared_ask_again(
        cx, s,
        "WITH old AS (DELETE FROM sinetti.checkpoints WHERE handover = 0 AND $2 = 0 AND size < $1), "
        "new AS (INSERT INTO sinetti.checkpoints VALUES ($1, $2::smallint, $3) "
        "ON CONFLICT (size, handover) DO UPDATE SET note = excluded.note) "
        "UPDATE sinetti.head SET notes = notes + 1",
        values, 3, NULL, NULL);
}

/* The parts of a WITH see the tables as they were before it, and run whether they are read or not. */
static const char append_sql[] =
    "WITH head AS (UPDATE sinetti.head SET size = $2, at = $3, frontier = $4 WHERE size = $1 AND frontier = "
    "$12 RETURNING 1), "
    "e AS (INSERT INTO sinetti.entries SELECT $1 + u.i - 1, u.leaf FROM head, unnest($5) WITH ORDINALITY u(leaf, i)), "
    "b AS (INSERT INTO sinetti.bodies SELECT $1 + u.i - 1, u.salt, u.body "
    "FROM head, unnest($6, $7) WITH ORDINALITY u(salt, body, i)), "
    "r AS (INSERT INTO sinetti.requests SELECT u.n, u.id, u.facts FROM head, unnest($8, $9, $10) u(n, id, facts)), "
    "x AS (DELETE FROM sinetti.bodies b USING head, unnest($11) u(n) WHERE b.n = u.n) "
    "SELECT count(*) FROM head";

static enum rc take_count(void *arg, const struct libpq *pq, const PGresult *r, int row)
{
    *(int64_t *)arg = shared_int(pq, r, row, 0);
    return OK;
}

static enum rc send_batch(struct ctx *cx, struct shared *s, const struct shared_batch *b,
                          const struct log_state *before, const struct log_state *after, int64_t *count, bool *lost)
{
    struct hash peaks[MERKLE_HEIGHT], peaks_before[MERKLE_HEIGHT];
    size_t n = frontier_pack(&after->frontier, peaks), n_before = frontier_pack(&before->frontier, peaks_before);
    char old[8], new[8], at[8];
    const struct shared_value values[] = {
        {SHARED_BIGINT, shared_bigint(old, (int64_t)before->frontier.size)},
        {SHARED_BIGINT, shared_bigint(new, (int64_t)after->frontier.size)},
        {SHARED_BIGINT, shared_bigint(at, after->at)},
        {SHARED_BYTEA, {(const char *)peaks, n * sizeof *peaks}},
        {SHARED_BYTEAS, shared_array(&b->leaves, SHARED_BYTEA, b->n.facts)},
        {SHARED_BYTEAS, shared_array(&b->salts, SHARED_BYTEA, b->n.facts)},
        {SHARED_BYTEAS, shared_array(&b->bodies, SHARED_BYTEA, b->n.facts)},
        {SHARED_BIGINTS, shared_array(&b->request_numbers, SHARED_BIGINT, b->n.requests)},
        {SHARED_BYTEAS, shared_array(&b->request_ids, SHARED_BYTEA, b->n.requests)},
        {SHARED_BIGINTS, shared_array(&b->request_facts, SHARED_BIGINT, b->n.requests)},
        {SHARED_BIGINTS, shared_array(&b->erased, SHARED_BIGINT, b->n.erasures)},
        {SHARED_BYTEA, {(const char *)peaks_before, n_before * sizeof *peaks_before}},
    };
    const size_t all = sizeof values / sizeof *values;
    *count = 0;
    *lost = false;
    if (!s->has_append) TRY(shared_prepare(cx, s, "append", append_sql, values, all, lost));
    s->has_append = true;
    s->warned = false;
    enum rc rc = shared_ask_prepared(cx, s, "append", values, all, take_count, count, lost);
    if (rc != OK || !s->holds) return rc;
    if (*count == 0) {
        shared_let_go(s);
        return OK;
    }
    rc = shared_ask(cx, s, "COMMIT", NULL, 0, NULL, NULL, lost);
    s->holds = false;
    return rc;
}

struct first {
    const struct shared_batch *b;
    bool is_ours;
};

static enum rc take_first(void *arg, const struct libpq *pq, const PGresult *r, int row)
{
    struct first *f = arg;
    struct str leaf = shared_bytes(pq, r, row, 0);
    const char *p = f->b->leaves.p + SHARED_ARRAY_HEADER;
    size_t n = (size_t)(uint8_t)p[2] << 8 | (uint8_t)p[3]; /* a leaf has at most 512 bytes */
    f->is_ours = str_eq(leaf, (struct str){p + 4, n});
    return OK;
}

/* Whether the batch is there: its first leaf has a digest that no other fact has. Connecting has waited for what the
 * lost connection may have left under way. */
static enum rc look_for(struct ctx *cx, struct shared *s, const struct shared_batch *b, uint64_t size, bool *found)
{
    struct first f = {.b = b};
    char at[8];
    const struct shared_value value = {SHARED_BIGINT, shared_bigint(at, (int64_t)size)};
    TRY(shared_ask_again(cx, s, "SELECT substr(leaf, 1, 513) FROM sinetti.entries WHERE n = $1", &value, 1, take_first,
                         &f));
    *found = f.is_ours;
    return OK;
}

enum rc shared_append(struct ctx *cx, struct shared *s, const struct shared_batch *b, const struct log_state *before,
                      const struct log_state *after, bool *taken)
{
    int64_t count;
    bool lost;
    *taken = s->unsure = false;
    if (b->n.has_note) TRY(put_note(cx, s, b));
    if (!b->n.facts) { /* nothing is erased or asked for without a fact */
        *taken = true;
        return OK;
    }
    TRY(shared_connect(cx, s));
    enum rc rc = send_batch(cx, s, b, before, after, &count, &lost);
    if (rc == OK && s->warned) { /* committed here, but not known to be at the standby */
        shared_disconnect(s);
        lost = true;
    }
    *taken = rc == OK && !lost && count == 1;
    if (!lost) return rc;
    s->unsure = true;
    TRY(look_for(cx, s, b, before->frontier.size, taken));
    s->unsure = false;
    return OK;
}

bool shared_is_unsure(const struct shared *s)
{
    return s->unsure;
}

enum rc shared_hold(struct ctx *cx, struct shared *s)
{
    bool lost;
    TRY(shared_connect(cx, s));
    if (s->holds) return OK;
    TRY(shared_ask(cx, s, "BEGIN", NULL, 0, NULL, NULL, &lost));
    s->holds = true;
    enum rc rc = shared_ask(cx, s, "SELECT size FROM sinetti.head FOR UPDATE", NULL, 0, NULL, NULL, &lost);
    if (rc != OK) shared_let_go(s);
    return rc;
}

void shared_let_go(struct shared *s)
{
    struct ctx own; /* a rollback that fails has happened too: with the connection */
    bool lost;
    if (!s->holds) return;
    ctx_init(&own);
    if (s->conn && shared_ask(&own, s, "ROLLBACK", NULL, 0, NULL, NULL, &lost) != OK) shared_disconnect(s);
    s->holds = false;
    ctx_release(&own);
}

/* VACUUM tells how many deleted rows somebody may still see; with none, VACUUM FULL writes the table anew without
 * what they leave in its pages. */
enum rc shared_forget(struct ctx *cx, struct shared *s)
{
    int64_t left = 0;
    s->patience = SHARED_FORGET_SECONDS;
    enum rc rc = shared_ask_again(cx, s, "SELECT set_config('statement_timeout', '0', false)", NULL, 0, NULL, NULL);
    if (rc == OK) rc = shared_ask_again(cx, s, "VACUUM sinetti.bodies", NULL, 0, NULL, NULL);
    if (rc == OK)
        rc = shared_ask_again(cx, s,
                              "SELECT n_dead_tup FROM pg_catalog.pg_stat_user_tables WHERE relid = "
                              "'sinetti.bodies'::pg_catalog.regclass",
                              NULL, 0, take_count, &left);
    if (rc == OK && left > 0)
        rc = fail(cx, E_BUSY,
                  "PostgreSQL: somebody reads what is older than the erasure; erased bodies stay in its "
                  "files until they end");
    if (rc == OK) rc = shared_ask_again(cx, s, "VACUUM FULL sinetti.bodies", NULL, 0, NULL, NULL);
    s->patience = SHARED_PATIENCE;
    shared_disconnect(s); /* with its settings */
    return rc;
}
