#include "rules/query.h"

#include "base/limits.h"

#include <time.h>

/* SQLite calls the watch after so many steps: about each millisecond. */
#define WATCH_STEPS 20000

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The limit of steps is the one that is met first on any usual machine, and is the same everywhere; the clock is for
 * steps that take long in themselves, memory for what a rule gathers. */
static int watch(void *arg)
{
    struct query *q = arg;
    q->stopped = ++q->steps > q->most_steps || sqlite3_memory_used() - q->memory > q->most_memory ||
                 (q->steps % 16 == 0 && milliseconds() > q->deadline);
    return q->stopped;
}

enum rc query_open(struct ctx *cx, sqlite3 *db, struct str sql, int64_t now, int64_t since, struct query *q)
{
    *q = (struct query){.db = db,
                        .most_steps = (int64_t)(LIMIT_RULE_STEPS / WATCH_STEPS),
                        .memory = sqlite3_memory_used(),
                        .most_memory = (int64_t)LIMIT_RULE_MEMORY,
                        .deadline = milliseconds() + LIMIT_RULE_SECONDS * 1000,
                        .length = sqlite3_limit(db, SQLITE_LIMIT_LENGTH, (int)LIMIT_RULE_VALUE)};
    store_distrust(db);
    sqlite3_progress_handler(db, WATCH_STEPS, watch, q);
    TRY(store_prepare(cx, db, sql, &q->st));
    int i = sqlite3_bind_parameter_index(q->st, ":now");
    if (i) store_bind_int(q->st, i, now);
    i = sqlite3_bind_parameter_index(q->st, ":since");
    if (i) store_bind_int(q->st, i, since);
    return OK;
}

enum rc query_next(struct ctx *cx, struct query *q, bool *row)
{
    enum rc rc = store_step(cx, q->st, row);
    q->stopped = q->stopped || rc == E_LIMIT; /* a value over its limit */
    if (rc == OK || !q->stopped) return rc;
    return fail(cx, E_LIMIT, "stopped: it would take too many steps, too long or too much memory");
}

void query_close(struct query *q)
{
    store_finalize(&q->st);
    sqlite3_progress_handler(q->db, 0, NULL, NULL);
    store_trust(q->db);
    sqlite3_limit(q->db, SQLITE_LIMIT_LENGTH, q->length);
}

int query_column(const struct query *q, const char *name)
{
    for (int i = 0; i < sqlite3_column_count(q->st); i++)
        if (strcmp(sqlite3_column_name(q->st, i), name) == 0) return i;
    return -1;
}
