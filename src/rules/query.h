/* One rule being run: its statement under watch. Only the rules room sees this.
 *
 * A rule is data, so it may only read (store_distrust), works for at most LIMIT_RULE_STEPS steps of SQLite's machine,
 * LIMIT_RULE_SECONDS and LIMIT_RULE_MEMORY, and makes no value over LIMIT_RULE_VALUE.
 *
 * Life: query_open() → query_next()* → query_close() in any case. */
#ifndef SINETTI_RULES_QUERY_H
#define SINETTI_RULES_QUERY_H

#include "store/store.h"

struct query {
    sqlite3 *db;
    sqlite3_stmt *st;
    int64_t steps, most_steps;   /* in units of the watch */
    int64_t memory, most_memory; /* SQLite's at the start; how much more it may take */
    int64_t deadline;            /* milliseconds of the monotonic clock */
    int length;                  /* the limit to put back */
    bool stopped;                /* a limit was reached */
};

/* Prepares the rule and binds :now and :since. E_INVALID with SQLite's message. */
enum rc query_open(struct ctx *cx, sqlite3 *db, struct str sql, int64_t now, int64_t since, struct query *q) MUST_CHECK;
/* E_LIMIT when a limit was reached: the rows so far mean nothing. */
enum rc query_next(struct ctx *cx, struct query *q, bool *row) MUST_CHECK;
void query_close(struct query *q);

int query_column(const struct query *q, const char *name); /* -1 when it has none of this name */

#endif
