/* Facts a second, beside bare inserts of the same rows in the same batches, with 1, 8 and 64 writers that each wait for
 * their answer; and the replay of what was written.
 * usage: bench_append [SECONDS]    how long each row of the table is measured (3); medians of seven rounds */
#include "measure.h"

#include "ledger/log_reader.h"
#include "store/store.h"

/* --- bare inserts: the same rows, as many to a transaction as have come, nothing else */

struct row {
    char leaf[200], body[700];
    size_t n_leaf, n_body;
    unsigned seed;
    bool done;
    struct row *next;
};

struct bare {
    const struct kind *kind;
    sqlite3 *db;
    sqlite3_stmt *st[6];
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct row *first, **last;
    bool leading;
    int64_t n;
};

static void step(sqlite3_stmt *st)
{
    if (sqlite3_step(st) != SQLITE_DONE) {
        fprintf(stderr, "bench_append: %s\n", sqlite3_errmsg(sqlite3_db_handle(st)));
        exit(4);
    }
    sqlite3_reset(st);
}

static void insert(struct bare *b, const struct row *row)
{
    static const char actor[] = "person:abcdefghij234567klmn", salt[16] = "0123456789abcdef";
    const char *reason = strstr(row->body, b->kind->is_policy ? "reason" : "text");
    char subject[64];
    int64_t n = b->n++;
    (void)snprintf(subject, sizeof subject, b->kind->is_policy ? "obligation:task/point-%u" : "org",
                   row->seed % SUBJECTS);
    sqlite3_bind_int64(b->st[0], 1, n);
    sqlite3_bind_text(b->st[0], 2, row->leaf, (int)row->n_leaf, SQLITE_STATIC);
    step(b->st[0]);
    sqlite3_bind_int64(b->st[1], 1, n);
    sqlite3_bind_blob(b->st[1], 2, salt, sizeof salt, SQLITE_STATIC);
    sqlite3_bind_text(b->st[1], 3, row->body, (int)row->n_body, SQLITE_STATIC);
    step(b->st[1]);
    sqlite3_bind_int64(b->st[2], 1, n);
    sqlite3_bind_text(b->st[2], 2, b->kind->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(b->st[2], 3, subject, -1, SQLITE_STATIC);
    sqlite3_bind_text(b->st[2], 4, actor, -1, SQLITE_STATIC);
    step(b->st[2]);
    sqlite3_bind_int64(b->st[3], 1, n);
    sqlite3_bind_text(b->st[3], 2, subject, -1, SQLITE_STATIC);
    sqlite3_bind_text(b->st[3], 3, actor, -1, SQLITE_STATIC);
    sqlite3_bind_text(b->st[3], 4, reason, 340, SQLITE_STATIC);
    step(b->st[3]);
    for (int i = 0; b->kind->is_policy && i < 2; i++) {
        sqlite3_bind_int64(b->st[4], 1, n);
        sqlite3_bind_int64(b->st[4], 2, i);
        step(b->st[4]);
    }
}

static void put_row(struct run *r, struct ctx *cx, unsigned seed)
{
    struct bare *b = r->arg;
    struct row row = {.seed = seed};
    struct body body;
    make_body(cx, r->kind, seed, &body);
    row.n_leaf = (size_t)snprintf(row.leaf, sizeof row.leaf,
                                  "{\"at\":1767225600000000,\"digest\":\"%064u\",\"kind\":\"%s\",\"n\":%u,\"v\":1}",
                                  seed, r->kind->name, seed);
    row.n_body = (size_t)snprintf(row.body, sizeof row.body,
                                  "{\"actor\":\"" STR_FMT "\",\"credential\":\"\",\"kind\":\"%s\",\"payload\":" STR_FMT
                                  ",\"subject\":\"" STR_FMT "\",\"via\":\"gate\"}",
                                  STR_ARG(body.actor), r->kind->name, STR_ARG(body.payload), STR_ARG(body.subject));
    pthread_mutex_lock(&b->lock);
    *b->last = &row;
    b->last = &row.next;
    while (!row.done && b->leading) pthread_cond_wait(&b->wake, &b->lock);
    if (!row.done) {
        struct row *batch = b->first;
        b->first = NULL;
        b->last = &b->first;
        b->leading = true;
        pthread_mutex_unlock(&b->lock);
        if (store_exec(cx, b->db, "BEGIN IMMEDIATE") != OK) die(cx);
        for (struct row *w = batch; w; w = w->next) insert(b, w);
        if (store_exec(cx, b->db, "COMMIT") != OK) die(cx);
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

static void open_bare(struct ctx *cx, struct bare *b, const char *path)
{
    static const char *const sql[] = {
        "INSERT INTO entries VALUES (?1, ?2)",
        "INSERT INTO bodies VALUES (?1, ?2, ?3)",
        "INSERT INTO p_facts VALUES (?1, 1767225600, ?2, ?3, ?4, 'gate')",
        NULL,
        "INSERT INTO p_policy_parameters VALUES (?1, ?2, 'a', '12345')",
    };
    *b = (struct bare){.kind = b->kind, .last = &b->first};
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->wake, NULL);
    if (store_open_file(cx, path, STORE_WRITE, &b->db) != OK) die(cx);
    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
        const char *text = sql[i] ? sql[i]
                           : b->kind->is_policy
                               ? "REPLACE INTO p_policy VALUES (?1, 1767225600, ?2, ?3, 'gate', "
                                 "'warn', '', 0, 1767225600, ?4)"
                               : "INSERT INTO p_note VALUES (?1, 1767225600, ?2, ?3, 'gate', ?4, NULL)";
        if (store_prepare(cx, b->db, str_from(text), &b->st[i]) != OK) die(cx);
    }
}

static void close_bare(struct bare *b)
{
    for (int i = 0; i < 6; i++) store_finalize(&b->st[i]);
    store_close(b->db);
}

static void new_folder(struct ctx *cx, struct catalog *c, char dir[256], struct facts **f)
{
    const struct facts_options o = {0};
    if (!folder_make(dir) || log_create(cx, dir, STR("sinetti.example/bench")) != OK ||
        facts_open(cx, dir, c, &o, f) != OK)
        die(cx);
}

static void row_of_table(struct ctx *cx, struct catalog *c, const struct kind *k, int writers, double seconds,
                         uint32_t *times)
{
    char ours[256], theirs[256];
    struct facts *f, *g;
    struct bare b = {.kind = k};
    new_folder(cx, c, theirs, &g); /* the same tables, empty */
    facts_close(g);
    new_folder(cx, c, ours, &f);
    open_bare(cx, &b, arena_printf(&cx->arena, "%s/ledger.db", theirs).p);
    struct run facts = {.kind = k, .put = put_fact, .arg = f, .times = times},
               bare = {.kind = k, .put = put_row, .arg = &b, .times = times};
    struct result x[ROUNDS], y[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) { /* in turn, so that what else the machine does hits both */
        y[i] = measure(&bare, writers, seconds / ROUNDS);
        x[i] = measure(&facts, writers, seconds / ROUNDS);
    }
    printf("%-7s %3d ", k->name, writers);
    print(y);
    print(x);
    printf("   %.2f\n", median(x, offsetof(struct result, rate)) / median(y, offsetof(struct result, rate)));
    fflush(stdout);
    close_bare(&b);
    facts_close(f);
    if (writers == 64) {
        struct facts_replayed r;
        int64_t start = now_ns();
        clock_t work = clock();
        if (facts_replay(cx, ours, c, INT64_MAX, arena_printf(&cx->arena, "%s/replay.db", ours).p, &r) != OK) die(cx);
        double took = (double)(now_ns() - start) / 1e9;
        double cpu = (double)(clock() - work) / CLOCKS_PER_SEC; /* without what others did on the machine */
        printf("%-7s replay: %.0f facts/s, %.0f in a second of processor time (%llu facts)\n", k->name,
               (double)r.facts / took, (double)r.facts / cpu, (unsigned long long)r.facts);
    }
    folder_remove(ours);
    folder_remove(theirs);
}

int main(int argc, char **argv)
{
    static const int writers[] = {1, 8, 64};
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
    uint32_t *times = calloc(MOST_TIMES, sizeof *times);
    struct ctx cx;
    struct catalog *c;
    ctx_init(&cx);
    if (!times || catalog_builtin(&cx, &c) != OK) die(&cx);
    puts("                 bare inserts               facts\n"
         "kind  writers  rows/s p50 ms  p99 ms   facts/s p50 ms  p99 ms  ratio");
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
            row_of_table(&cx, c, &kinds[k], writers[i], seconds, times);
    free(times);
    catalog_free(c);
    ctx_release(&cx);
    return 0;
}
