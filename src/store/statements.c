#include "store/statements.h"

#include <pthread.h>
#include <stdlib.h>

#define MOST 400           /* statements of a connection: all rules, and what asks beside them */
#define LONGEST (64 << 10) /* bytes of a text that is kept */
#define BUCKETS 64         /* connections; a power of two */

struct statement {
    uint64_t hash;
    char *sql;
    size_t n;
    guard_by *by; /* what allowed it: another may not */
    sqlite3_stmt *st;
    bool used;
    uint64_t turn; /* when it was last let go */
};

struct kept {
    struct kept *next;
    sqlite3 *db;
    guard_by *by;
    void *arg;
    uint64_t turn;
    size_t n;
    struct statement list[MOST];
};

/* Connections by their address: SQLite 3.40 has no place of its own for such a thing. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept *connections[BUCKETS];

static struct kept **place_of(const sqlite3 *db)
{
    return &connections[((uintptr_t)db >> 6) % BUCKETS];
}

/* It stays where it is: one thread has the connection. */
static struct kept *find(const sqlite3 *db)
{
    pthread_mutex_lock(&lock);
    struct kept *k = *place_of(db);
    while (k && k->db != db) k = k->next;
    pthread_mutex_unlock(&lock);
    return k;
}

/* FNV-1a. */
static uint64_t hash_of(struct str s)
{
    uint64_t h = 14695981039346656037U;
    for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 1099511628211U;
    return h;
}

/* Setting an authorizer anew would have SQLite prepare everything again. */
static int authorize(void *arg, int action, const char *a, const char *b, const char *database, const char *inner)
{
    const struct kept *k = arg;
    return k->by ? k->by(k->arg, action, a, b, database, inner) : SQLITE_OK;
}

enum rc store_keep_statements(struct ctx *cx, sqlite3 *db)
{
    if (find(db)) return OK;
    struct kept *k = calloc(1, sizeof *k);
    if (!k) return fail(cx, E_IO, "out of memory");
    k->db = db;
    pthread_mutex_lock(&lock);
    k->next = *place_of(db);
    *place_of(db) = k;
    pthread_mutex_unlock(&lock);
    sqlite3_set_authorizer(db, authorize, k);
    return OK;
}

bool statements_guard(sqlite3 *db, guard_by *by, void *arg)
{
    struct kept *k = find(db);
    if (!k) return false;
    k->by = by;
    k->arg = arg;
    return true;
}

sqlite3_stmt *statements_take(sqlite3 *db, struct str sql)
{
    struct kept *k = find(db);
    if (!k || k->arg) return NULL; /* what a guard with a mind of its own allows, it allows once */
    uint64_t hash = hash_of(sql);
    for (size_t i = 0; i < k->n; i++) {
        struct statement *s = &k->list[i];
        if (s->used || s->hash != hash || s->by != k->by || s->n != sql.n || memcmp(s->sql, sql.p, sql.n) != 0)
            continue;
        s->used = true;
        return s->st;
    }
    return NULL;
}

static void forget(struct statement *s)
{
    sqlite3_finalize(s->st);
    free(s->sql);
    *s = (struct statement){0};
}

/* A place for one more: the one that nobody has asked for longest goes. NULL: all are in use. */
static struct statement *place_for_one(struct kept *k)
{
    if (k->n < MOST) return &k->list[k->n++];
    struct statement *oldest = NULL;
    for (size_t i = 0; i < k->n; i++)
        if (!k->list[i].used && (!oldest || k->list[i].turn < oldest->turn)) oldest = &k->list[i];
    if (oldest) forget(oldest);
    return oldest;
}

void statements_add(sqlite3 *db, struct str sql, sqlite3_stmt *st)
{
    struct kept *k = sql.n <= LONGEST ? find(db) : NULL;
    char *text = k && !k->arg ? malloc(sql.n + 1) : NULL;
    struct statement *s = text ? place_for_one(k) : NULL;
    if (!s) {
        free(text);
        return;
    }
    memcpy(text, sql.p, sql.n);
    *s = (struct statement){
        .hash = hash_of(sql), .sql = text, .n = sql.n, .by = k->by, .st = st, .used = true, .turn = k->turn};
}

bool statements_give(sqlite3_stmt *st)
{
    struct kept *k = find(sqlite3_db_handle(st));
    for (size_t i = 0; k && i < k->n; i++) {
        struct statement *s = &k->list[i];
        if (s->st != st) continue;
        sqlite3_reset(st);
        sqlite3_clear_bindings(st);
        s->used = false;
        s->turn = ++k->turn;
        return true;
    }
    return false;
}

void statements_drop(sqlite3 *db)
{
    struct kept *k = NULL;
    pthread_mutex_lock(&lock);
    for (struct kept **at = place_of(db); *at; at = &(*at)->next)
        if ((*at)->db == db) {
            k = *at;
            *at = k->next;
            break;
        }
    pthread_mutex_unlock(&lock);
    if (!k) return;
    sqlite3_set_authorizer(db, NULL, NULL);
    for (size_t i = 0; i < k->n; i++) {
        if (!k->list[i].used) sqlite3_finalize(k->list[i].st); /* one in use is its user's */
        free(k->list[i].sql);
    }
    free(k);
}
