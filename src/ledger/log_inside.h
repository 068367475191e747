/* What the files of the log share among themselves. */
#ifndef SINETTI_LEDGER_LOG_INSIDE_H
#define SINETTI_LEDGER_LOG_INSIDE_H

#include <pthread.h>

#include "ledger/log.h"
#include "ledger/log_tables.h"
#include "ledger/shared.h"

#include "store/turnstile.h"

struct log_tx {
    struct log *log;
    struct log_state state, marked;
    struct shared_mark marked_out;
    bool has_mark, discard;
    enum rc broken; /* writing a node failed, where no error can be returned */
    struct ctx *cx; /* of the unit that is running */
};

struct log {
    pthread_mutex_t lock; /* over the queue and `leading`; whoever leads has all the rest to itself */
    struct waiter *first, **last;
    bool leading;

    log_clock *now;
    struct turnstile turnstile;
    sqlite3 *db;
    sqlite3_stmt *read_head, *write_head, *put_entry, *put_body, *put_node, *put_request, *find_request;
    struct log_tx tx;

    struct shared *shared;   /* NULL: the log is here alone */
    struct shared_batch out; /* what this transaction adds to it */
    int follow_first;        /* batches: others have been faster lately, so it is looked before it is judged */
    int64_t notes;           /* how many were put there when we looked last; -1: never looked */
    bool owes_forgetting;    /* bodies were erased for another server, and their pages are still in the WAL */
};

/* Entry, tree and, when there is one, body. In a transaction; the state goes on. */
enum rc log_insert(struct ctx *cx, struct log *l, uint64_t n, struct str leaf, struct str salt,
                   struct str body) MUST_CHECK;
enum rc log_insert_request(struct ctx *cx, struct log *l, struct str id, uint64_t n, uint64_t facts) MUST_CHECK;
enum rc log_insert_note(struct ctx *cx, struct log *l, uint64_t size, bool handover, struct str note) MUST_CHECK;
/* The state becomes the head's row. */
enum rc log_write_head(struct ctx *cx, struct log *l) MUST_CHECK;

/* Connects to where the folder's settings say the log is, if it is not here. */
enum rc log_shared_open(struct ctx *cx, struct log *l, const char *dir) MUST_CHECK;
/* Begins a transaction when none is under way, and puts into it what others have added. Many facts take several. */
enum rc log_shared_follow(struct ctx *cx, struct log *l) MUST_CHECK;

#endif
