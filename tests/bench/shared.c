/* Facts a second on a log in PostgreSQL, beside bare inserts of the same entries and bodies into the same PostgreSQL,
 * batches as one statement, with 1, 8 and 64 writers that each wait for their answer: on a single node, and with a
 * synchronous standby.
 * usage: bench_shared [SECONDS]    how long each row of the table is measured (3); medians of seven rounds */
#include "measure.h"

#include "../unit/ledger/servers.h"

#include <libpq-fe.h>

#include "ledger/shared.h"
#include "ledger/shared_arrays.h"
#include "store/config.h"

/* --- bare inserts: as many to a statement as have come, nothing else */

struct row {
    struct str leaf, body;
    bool done;
    struct row *next;
};

struct bare {
    PGconn *conn;
    struct shared_batch batch;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct row *first, **last;
    bool leading;
    int64_t n;
};

static void check(struct bare *b, PGresult *r, ExecStatusType wanted)
{
    if (PQresultStatus(r) != wanted) {
        fprintf(stderr, "bench_shared: %s\n", PQerrorMessage(b->conn));
        exit(4);
    }
    PQclear(r);
}

static void insert(struct ctx *cx, struct bare *b, struct row *rows)
{
    static const uint8_t salt[16] = "0123456789abcdef";
    char first[8];
    size_t n = 0;
    shared_batch_clear(&b->batch);
    for (struct row *w = rows; w; w = w->next, n++)
        if (shared_batch_fact(cx, &b->batch, w->leaf, salt, w->body) != OK) die(cx);
    for (int i = 0; i < 8; i++) first[i] = (char)((uint64_t)b->n >> (56 - 8 * i));
    b->n += (int64_t)n;
    const struct str arrays[] = {{first, 8},
                                 shared_array(&b->batch.leaves, 17, n),
                                 shared_array(&b->batch.salts, 17, n),
                                 shared_array(&b->batch.bodies, 17, n)};
    const char *values[4];
    int lengths[4];
    const int binary[4] = {1, 1, 1, 1};
    for (int i = 0; i < 4; i++) {
        values[i] = arrays[i].p;
        lengths[i] = (int)arrays[i].n;
    }
    check(b, PQexecPrepared(b->conn, "bare", 4, values, lengths, binary, 1), PGRES_COMMAND_OK);
}

static void make_row(struct run *r, struct ctx *cx, unsigned seed, struct row *out)
{
    struct body body;
    make_body(cx, r->kind, seed, &body);
    out->leaf =
        arena_printf(&cx->arena, "{\"at\":1767225600000000,\"digest\":\"%064u\",\"kind\":\"%s\",\"n\":%u,\"v\":1}",
                     seed, r->kind->name, seed);
    out->body = arena_printf(&cx->arena,
                             "{\"actor\":\"" STR_FMT "\",\"credential\":\"\",\"kind\":\"%s\",\"payload\":" STR_FMT
                             ",\"subject\":\"" STR_FMT "\",\"via\":\"gate\"}",
                             STR_ARG(body.actor), r->kind->name, STR_ARG(body.payload), STR_ARG(body.subject));
}

static void put_row(struct run *r, struct ctx *cx, unsigned seed)
{
    struct bare *b = r->arg;
    struct row rows[MOST_EACH] = {0};
    size_t n = r->each ? (size_t)r->each : 1;
    for (size_t i = 0; i < n; i++) make_row(r, cx, seed + (unsigned)i, &rows[i]);
    for (size_t i = 0; i + 1 < n; i++) rows[i].next = &rows[i + 1];
    struct row *last = &rows[n - 1];
    pthread_mutex_lock(&b->lock);
    *b->last = rows;
    b->last = &last->next;
    while (!last->done && b->leading) pthread_cond_wait(&b->wake, &b->lock);
    if (!last->done) {
        struct row *batch = b->first;
        b->first = NULL;
        b->last = &b->first;
        b->leading = true;
        pthread_mutex_unlock(&b->lock);
        insert(cx, b, batch);
        pthread_mutex_lock(&b->lock);
        for (struct row *w = batch, *next; w; w = next) {
            next = w->next;
            w->done = true;
        }
        b->leading = false;
        pthread_cond_broadcast(&b->wake);
    }
    pthread_mutex_unlock(&b->lock);
}

static void open_bare(struct bare *b)
{
    static const Oid types[] = {20, 1001, 1001, 1001};
    *b = (struct bare){.last = &b->first, .conn = PQconnectdb(servers_url(1))};
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->wake, NULL);
    shared_batch_init(&b->batch);
    check(b,
          PQexec(b->conn, "SET client_min_messages = warning; DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare;"
                          "CREATE TABLE bare.entries (n bigint PRIMARY KEY, leaf bytea NOT NULL);"
                          "CREATE TABLE bare.bodies (n bigint PRIMARY KEY, salt bytea NOT NULL, body bytea NOT NULL)"),
          PGRES_COMMAND_OK);
    check(b,
          PQprepare(b->conn, "bare",
                    "WITH e AS (INSERT INTO bare.entries SELECT $1 + u.i, u.leaf FROM unnest($2) WITH ORDINALITY "
                    "u(leaf, i)) INSERT INTO bare.bodies SELECT $1 + u.i, u.salt, u.body FROM unnest($3, $4) WITH "
                    "ORDINALITY u(salt, body, i)",
                    4, types),
          PGRES_COMMAND_OK);
}

/* --- the table */

static void new_folder(struct ctx *cx, struct catalog *c, char dir[256], bool single_node, struct facts **f)
{
    const struct facts_options o = {0};
    struct config config = {.format = CONFIG_FORMAT, .log = str_from(servers_url(1)), .single_node = single_node};
    const struct shared_place place = {.url = config.log, .single_node = single_node};
    bool joined;
    pg_sql(0, "DROP SCHEMA IF EXISTS sinetti CASCADE");
    if (!folder_make(dir) || shared_create(cx, &place, STR("sinetti.example/bench"), &joined) != OK ||
        config_write(cx, dir, &config) != OK || log_create(cx, dir, STR("sinetti.example/bench")) != OK ||
        facts_open(cx, dir, c, &o, f) != OK)
        die(cx);
}

static void row_of_table(struct ctx *cx, struct catalog *c, int writers, int each, bool single_node, double seconds,
                         uint32_t *times)
{
    char dir[256];
    struct facts *f;
    struct bare b;
    new_folder(cx, c, dir, single_node, &f);
    open_bare(&b);
    struct run facts = {.kind = &kinds[0], .each = each, .put = put_fact, .arg = f, .times = times},
               bare = {.kind = &kinds[0], .each = each, .put = put_row, .arg = &b, .times = times};
    struct result x[ROUNDS], y[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) { /* in turn, so that what else the machine does hits both */
        y[i] = measure(&bare, writers, seconds / ROUNDS);
        x[i] = measure(&facts, writers, seconds / ROUNDS);
    }
    printf("%-8s %7d %5d ", single_node ? "alone" : "standby", writers, each);
    print(y);
    print(x);
    printf("   %.2f\n", median(x, offsetof(struct result, rate)) / median(y, offsetof(struct result, rate)));
    fflush(stdout);
    PQfinish(b.conn);
    shared_batch_release(&b.batch);
    facts_close(f);
    folder_remove(dir);
}

int main(int argc, char **argv)
{
    static const struct {
        int writers, each;
    } rows[] = {{1, 1}, {8, 1}, {64, 1}, {8, 64}};
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
    uint32_t *times = calloc(MOST_TIMES, sizeof *times);
    struct ctx cx;
    struct catalog *c;
    ctx_init(&cx);
    if (!servers_can_run()) return 0;
    if (!times || catalog_builtin(&cx, &c) != OK) die(&cx);
    puts("                          bare inserts               facts\n"
         "server   writers  each  rows/s p50 ms  p99 ms   facts/s p50 ms  p99 ms  ratio");
    for (int single = 1; single >= 0; single--) {
        bool up = servers_begin(single ? "" : "synchronous_standby_names = '*'") && (single || server_follow(1, 0));
        for (size_t i = 0; up && i < sizeof rows / sizeof *rows; i++)
            row_of_table(&cx, c, rows[i].writers, rows[i].each, single, seconds, times);
        servers_end();
        if (!up) fprintf(stderr, "bench_shared: PostgreSQL does not start\n");
    }
    free(times);
    catalog_free(c);
    ctx_release(&cx);
    return 0;
}
