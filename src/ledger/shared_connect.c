#include "ledger/shared_inside.h"

#include "base/limits.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CONNECT_MS 5000 /* for one try over all hosts; after it another is made */
#define FIRST_MS 5000   /* for the first connection: somebody may have written the URL wrong */
#define PAUSE_MS 100    /* between two tries */

int64_t shared_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- values */

int64_t shared_int(const struct libpq *pq, const PGresult *r, int row, int column)
{
    struct str bytes = shared_bytes(pq, r, row, column);
    uint64_t v = 0;
    if (bytes.n != 4 && bytes.n != 8) return -1;
    for (size_t i = 0; i < bytes.n; i++) v = v << 8 | (uint8_t)bytes.p[i];
    return bytes.n == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

struct str shared_bytes(const struct libpq *pq, const PGresult *r, int row, int column)
{
    if (pq->PQgetisnull(r, row, column)) return STR_NONE;
    return (struct str){pq->PQgetvalue(r, row, column), (size_t)pq->PQgetlength(r, row, column)};
}

struct str shared_bigint(char out[8], int64_t v)
{
    for (int i = 0; i < 8; i++) out[i] = (char)((uint64_t)v >> (56 - 8 * i));
    return (struct str){out, 8};
}

/* --- waiting */

/* Until the connection can be read (or, when there is more to send, written). false: the time is up. */
static bool wait_for(struct shared *s, short events)
{
    for (;;) {
        int64_t left = s->deadline - shared_now();
        if (left <= 0) return false;
        struct pollfd p = {.fd = s->pq->PQsocket(s->conn), .events = events};
        int n = p.fd < 0 ? -1 : poll(&p, 1, (int)left);
        if (n > 0) return true;
        if (n < 0 && errno != EINTR) return false;
    }
}

static bool send_all(struct shared *s)
{
    for (;;) {
        int more = s->pq->PQflush(s->conn);
        if (more <= 0) return more == 0;
        if (!wait_for(s, POLLIN | POLLOUT) || !s->pq->PQconsumeInput(s->conn)) return false;
    }
}

/* The next result; NULL at the end of them, or with *lost. */
static PGresult *next_result(struct shared *s, bool *lost)
{
    while (s->pq->PQisBusy(s->conn)) {
        if (wait_for(s, POLLIN) && s->pq->PQconsumeInput(s->conn)) continue;
        *lost = true;
        return NULL;
    }
    return s->pq->PQgetResult(s->conn);
}

/* --- what an error means */

static bool is_state(const char *state, const char *prefix)
{
    return state && strncmp(state, prefix, strlen(prefix)) == 0;
}

/* Of a server that goes away, has come back, or is no longer the one that takes writes. */
static bool is_loss(const char *state)
{
    static const char *const states[] = {"08", "57P", "25006"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (is_state(state, states[i])) return true;
    return false;
}

static enum rc meaning(const char *state)
{
    return is_state(state, "57014") || is_state(state, "55P03") || is_state(state, "40") ? E_BUSY
           : is_state(state, "42P01") || is_state(state, "3F000")                        ? E_NOTFOUND
           : is_state(state, "42501") || is_state(state, "28")                           ? E_DENIED
           : is_state(state, "23")                                                       ? E_CORRUPT
                                                                                         : E_IO;
}

/* Messages have names of hosts, roles and tables in them, never values: those stand in other fields. */
static enum rc fail_result(struct ctx *cx, struct shared *s, const PGresult *r, bool *lost)
{
    const char *state = s->pq->PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *text = s->pq->PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    *lost = !state || is_loss(state);
    return fail(cx, *lost ? E_BUSY : meaning(state), "PostgreSQL: %s",
                str_visible(cx, str_from(text ? text : "the connection broke")));
}

/* --- asking */

static enum rc lost_it(struct ctx *cx, struct shared *s)
{
    bool late = shared_now() >= s->deadline;
    const char *text = arena_cstr(&cx->arena, str_trim(str_from(s->pq->PQerrorMessage(s->conn))));
    return fail(cx, E_BUSY, "PostgreSQL: %s",
                late ? "no answer in time (is its synchronous standby there?)"
                     : str_visible(cx, str_from(*text ? text : "the connection broke")));
}

/* Sends what was begun and takes the results. */
static enum rc finish(struct ctx *cx, struct shared *s, int sent, shared_result *take, void *arg, bool *lost)
{
    enum rc rc = OK;
    *lost = !sent || !send_all(s);
    while (!*lost) {
        PGresult *r = next_result(s, lost);
        if (!r) break;
        ExecStatusType status = s->pq->PQresultStatus(r);
        bool rows = status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK;
        for (int i = 0; rows && rc == OK && take && i < s->pq->PQntuples(r); i++) rc = take(arg, s->pq, r, i);
        if (!rows && status != PGRES_COMMAND_OK) rc = fail_result(cx, s, r, lost);
        s->pq->PQclear(r);
    }
    if (!*lost) return rc;
    if (rc == OK) rc = lost_it(cx, s);
    shared_disconnect(s);
    return rc;
}

struct bound {
    const char *values[SHARED_VALUES];
    int lengths[SHARED_VALUES], binary[SHARED_VALUES];
    Oid types[SHARED_VALUES];
};

static void bind(struct bound *b, const struct shared_value *values, size_t n)
{
    for (size_t i = 0; i < n && i < SHARED_VALUES; i++) {
        b->values[i] = values[i].bytes.p;
        b->lengths[i] = (int)values[i].bytes.n;
        b->binary[i] = 1;
        b->types[i] = values[i].type;
    }
}

enum rc shared_ask(struct ctx *cx, struct shared *s, const char *sql, const struct shared_value *values, size_t n,
                   shared_result *take, void *arg, bool *lost)
{
    struct bound b;
    bind(&b, values, n);
    s->deadline = shared_now() + 1000 * s->patience;
    int sent = s->pq->PQsendQueryParams(s->conn, sql, (int)n, b.types, b.values, b.lengths, b.binary, 1);
    if (sent && take) s->pq->PQsetSingleRowMode(s->conn);
    return finish(cx, s, sent, take, arg, lost);
}

enum rc shared_prepare(struct ctx *cx, struct shared *s, const char *name, const char *sql,
                       const struct shared_value *values, size_t n, bool *lost)
{
    struct bound b;
    bind(&b, values, n);
    s->deadline = shared_now() + 1000 * s->patience;
    return finish(cx, s, s->pq->PQsendPrepare(s->conn, name, sql, (int)n, b.types), NULL, NULL, lost);
}

enum rc shared_ask_prepared(struct ctx *cx, struct shared *s, const char *name, const struct shared_value *values,
                            size_t n, shared_result *take, void *arg, bool *lost)
{
    struct bound b;
    bind(&b, values, n);
    s->deadline = shared_now() + 1000 * s->patience;
    int sent = s->pq->PQsendQueryPrepared(s->conn, name, (int)n, b.values, b.lengths, b.binary, 1);
    return finish(cx, s, sent, take, arg, lost);
}

enum rc shared_ask_again(struct ctx *cx, struct shared *s, const char *sql, const struct shared_value *values, size_t n,
                         shared_result *take, void *arg)
{
    for (int tries = 0;; tries++) {
        bool lost;
        TRY(shared_connect(cx, s));
        enum rc rc = shared_ask(cx, s, sql, values, n, take, arg, &lost);
        if (!lost || tries == 2) return rc;
    }
}

/* --- connecting */

static void on_notice(void *arg, const PGresult *r)
{
    struct shared *s = arg;
    const char *severity = s->pq->PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity && strcmp(severity, "WARNING") == 0) s->warned = true;
}

static enum rc start(struct ctx *cx, struct shared *s)
{
    /* what the URL says comes before what stands above it, and after what stands below */
    const char *const names[] = {"application_name", "tcp_user_timeout", "keepalives_idle",      "dbname",
                                 "client_encoding",  "options",          "target_session_attrs", NULL};
    const char *const values[] = {"sinetti", "10000", "10", s->url, "UTF8", "", s->only_look ? "any" : "read-write",
                                  NULL};
    s->deadline = shared_now() + CONNECT_MS;
    s->conn = s->pq->PQconnectStartParams(names, values, 1);
    if (!s->conn) return fail(cx, E_IO, "out of memory");
    for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; s->pq->PQstatus(s->conn) != CONNECTION_BAD;) {
        if (state == PGRES_POLLING_OK) return OK;
        if (state == PGRES_POLLING_FAILED) break;
        if (!wait_for(s, state == PGRES_POLLING_READING ? POLLIN : POLLOUT)) break;
        state = s->pq->PQconnectPoll(s->conn);
    }
    scoped_buf text;
    buf_init(&text, 4096);
    struct str said = str_trim(str_from(s->pq->PQerrorMessage(s->conn)));
    buf_str(&text, said.n ? str_slice(said, 0, 1000) : STR("no answer in time"));
    const char *shown = str_visible(cx, buf_view(&text));
    shared_disconnect(s);
    return fail(cx, E_BUSY, "cannot connect to PostgreSQL: %s", shown);
}

struct settings {
    bool syncs, asks_standby;
    int64_t standbys, unseen;
};

static enum rc take_settings(void *arg, const struct libpq *pq, const PGresult *r, int row)
{
    struct settings *out = arg;
    *out = (struct settings){shared_int(pq, r, row, 0) == 1, shared_int(pq, r, row, 1) == 1, shared_int(pq, r, row, 2),
                             shared_int(pq, r, row, 3)};
    return OK;
}

/* Also what is decided here and not by the server's settings: that a commit is an answer from the standby too. */
static enum rc look_at_server(struct ctx *cx, struct shared *s, bool *lost)
{
    struct settings found = {0};
    TRY(shared_ask(cx, s,
                   "SELECT set_config('search_path', 'pg_catalog', false), "
                   "set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' "
                   "THEN 'remote_apply' ELSE 'on' END, false), set_config('statement_timeout', '25s', false), "
                   "set_config('default_transaction_isolation', 'read committed', false), "
                   "set_config('client_min_messages', 'warning', false), set_config('row_security', 'off', false)",
                   NULL, 0, NULL, NULL, lost));
    TRY(shared_ask(cx, s,
                   "SELECT (current_setting('fsync') = 'on')::int, (current_setting('synchronous_standby_names') <> "
                   "'')::int, count(*) FILTER (WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')), "
                   "count(*) FILTER (WHERE sync_state IS NULL) FROM pg_catalog.pg_stat_replication",
                   NULL, 0, take_settings, &found, lost));
    if (s->only_look) return OK; /* nothing is acknowledged */
    if (!found.syncs)
        return fail(cx, E_DENIED, "this PostgreSQL runs with fsync = off: what it acknowledges is lost with its power");
    if (s->single_node || (found.asks_standby && found.standbys > 0)) return OK;
    if (!found.asks_standby)
        return fail(cx, E_DENIED,
                    "this PostgreSQL has no synchronous standby: with its disk all facts would be lost. Set "
                    "synchronous_standby_names, or make the folder with --single-node");
    if (found.unseen)
        return fail(cx, E_DENIED,
                    "whether a standby of this PostgreSQL is synchronous is not shown to this role: grant it "
                    "pg_monitor");
    s->standby_is_away = true;
    return fail(cx, E_DENIED,
                "the synchronous standby of this PostgreSQL is not there: nothing can be recorded until it is back");
}

struct identity {
    struct shared *s;
    bool found, same;
    int64_t format;
};

static enum rc take_identity(void *arg, const struct libpq *pq, const PGresult *r, int row)
{
    struct identity *i = arg;
    i->found = true;
    i->format = shared_int(pq, r, row, 0);
    i->same = str_eq(shared_bytes(pq, r, row, 1), str_from(i->s->origin));
    return OK;
}

/* The head is written over with itself: this waits for a batch of a connection that was lost and is not over yet, and
 * it is acknowledged only when all that is seen from here on has arrived at the standby. */
static enum rc look_at_ledger(struct ctx *cx, struct shared *s, bool *lost)
{
    struct identity i = {.s = s};
    *lost = false;
    if (!s->origin) return OK;
    s->warned = false;
    enum rc rc = shared_ask(cx, s,
                            s->only_look ? "SELECT format, origin FROM sinetti.head"
                                         : "UPDATE sinetti.head SET format = format RETURNING format, origin",
                            NULL, 0, take_identity, &i, lost);
    if (*lost) return rc;
    if (rc == E_NOTFOUND || (rc == OK && !i.found))
        return fail(cx, E_NOTFOUND, "there is no ledger in this PostgreSQL database; `sinetti init` makes one");
    TRY(rc);
    if (i.format > SHARED_FORMAT)
        return fail(cx, E_DENIED,
                    "the ledger in PostgreSQL was made by a newer version of sinetti (format %lld; this one knows %d)",
                    (long long)i.format, SHARED_FORMAT);
    if (i.format != SHARED_FORMAT) return fail(cx, E_CORRUPT, "what stands in PostgreSQL is no ledger");
    if (!i.same) return fail(cx, E_CONFLICT, "the ledger in PostgreSQL is another one than this folder's");
    return s->warned ? fail(cx, E_BUSY, "PostgreSQL: a commit did not arrive at its standby") : OK;
}

static enum rc connect_once(struct ctx *cx, struct shared *s)
{
    bool lost;
    TRY(start(cx, s));
    s->pq->PQsetNoticeReceiver(s->conn, on_notice, s);
    s->pq->PQsetnonblocking(s->conn, 1);
    s->has_append = s->holds = s->standby_is_away = false;
    enum rc rc = look_at_server(cx, s, &lost);
    if (rc == OK) rc = look_at_ledger(cx, s, &lost);
    if (rc != OK) shared_disconnect(s);
    return rc;
}

enum rc shared_connect(struct ctx *cx, struct shared *s)
{
    int64_t end = shared_now() + (s->was_connected ? 1000 * SHARED_PATIENCE : FIRST_MS);
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000};
    if (s->conn) return OK;
    if (s->in_snapshot) return fail(cx, E_IO, "PostgreSQL: the connection broke");
    for (;;) {
        enum rc rc = connect_once(cx, s);
        s->was_connected |= rc == OK;
        bool wait = rc == E_BUSY || (rc == E_DENIED && s->standby_is_away && s->was_connected);
        if (!wait || shared_now() >= end) return rc == E_BUSY ? E_IO : rc;
        nanosleep(&pause, NULL);
    }
}

void shared_disconnect(struct shared *s)
{
    if (s->conn) s->pq->PQfinish(s->conn);
    s->conn = NULL;
    s->holds = s->has_append = false;
}
