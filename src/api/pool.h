/* Databases for calls: each has a set of its own while it lasts. Locked. */
#ifndef SINETTI_API_POOL_H
#define SINETTI_API_POOL_H

#include "api/table.h"

struct pool;

struct databases {
    sqlite3 *ledger, *state;
    bool derived;           /* `ledger` sees derived.NAME */
    uint64_t device, inode; /* of derived.db as it was attached */
    struct identity *identity;
    struct statements *statements;
    struct databases *next;
};

struct pool_options {
    const char *dir;
    bool writes;
    struct facts *facts;
    int64_t (*now)(void);
};
enum rc pool_open(struct ctx *cx, const struct pool_options *o, struct pool **out) MUST_CHECK;
void pool_close(struct pool *p);

enum rc pool_take(struct ctx *cx, struct pool *p, struct databases **out) MUST_CHECK;
void pool_give(struct pool *p, struct databases *d);

/* A statement of `db` that is kept for the next call; `sql` is one of the program's constants. To be reset, not
 * finalized. */
enum rc pool_statement(struct ctx *cx, struct databases *d, sqlite3 *db, const char *sql,
                       sqlite3_stmt **out) MUST_CHECK;

#endif
