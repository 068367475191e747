/* What the files of shared.h share among themselves: a connection that is made again when it breaks. */
#ifndef SINETTI_LEDGER_SHARED_INSIDE_H
#define SINETTI_LEDGER_SHARED_INSIDE_H

#include "ledger/libpq.h"
#include "ledger/shared.h"

#define SHARED_FORMAT 1 /* of the tables in PostgreSQL */

struct shared {
    const struct libpq *pq;
    PGconn *conn; /* NULL: not connected */
    char *url;    /* own */
    char *origin; /* own; the ledger's first. NULL: it is being made */
    bool single_node, only_look, in_snapshot;
    bool holds;      /* within a transaction that holds the head */
    bool warned;     /* PostgreSQL has said that a commit is not where it should be */
    bool has_append; /* its statement is prepared on this connection */
    bool unsure;     /* whether the last batch is there */
    bool was_connected, standby_is_away;
    int64_t patience; /* seconds for an answer */
    int64_t deadline; /* of the answer that is waited for; milliseconds of the monotonic clock */
};

/* A value to bind, as PostgreSQL's binary form has it. */
struct shared_value {
    unsigned type; /* 20 bigint, 17 bytea, 25 text, 1001 bytea[], 1016 bigint[] */
    struct str bytes;
};
#define SHARED_BIGINT 20u
#define SHARED_BYTEA 17u
#define SHARED_BYTEAS 1001u
#define SHARED_BIGINTS 1016u
#define SHARED_VALUES 12

/* Called with each row. */
typedef enum rc shared_result(void *arg, const struct libpq *pq, const PGresult *r, int row);

/* Connects when there is no connection, for up to SHARED_PATIENCE while there is nobody to connect to. */
enum rc shared_connect(struct ctx *cx, struct shared *s) MUST_CHECK;
void shared_disconnect(struct shared *s);

/* One statement on the connection there is; `take` (may be NULL) gets each row as it comes. *lost: the connection broke
 * or no answer came in time, and it is closed; then the rc is E_BUSY. */
enum rc shared_ask(struct ctx *cx, struct shared *s, const char *sql, const struct shared_value *values, size_t n,
                   shared_result *take, void *arg, bool *lost) MUST_CHECK;
/* The same for what may be asked twice: it connects, and again when it was lost. */
enum rc shared_ask_again(struct ctx *cx, struct shared *s, const char *sql, const struct shared_value *values, size_t n,
                         shared_result *take, void *arg) MUST_CHECK;
/* Parses and keeps the statement of shared_append(). */
enum rc shared_prepare(struct ctx *cx, struct shared *s, const char *name, const char *sql,
                       const struct shared_value *values, size_t n, bool *lost) MUST_CHECK;
enum rc shared_ask_prepared(struct ctx *cx, struct shared *s, const char *name, const struct shared_value *values,
                            size_t n, shared_result *take, void *arg, bool *lost) MUST_CHECK;

int64_t shared_now(void); /* milliseconds */
int64_t shared_int(const struct libpq *pq, const PGresult *r, int row, int column);
struct str shared_bytes(const struct libpq *pq, const PGresult *r, int row, int column); /* STR_NONE: NULL */
struct str shared_bigint(char out[8], int64_t v);

#endif
