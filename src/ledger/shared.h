/* The log that several servers share, in PostgreSQL 15 or newer: entries, bodies, head, and what must travel with them.
 * It is what counts; each server's ledger.db is a copy that follows (log_shared.c). Rows are bytes as ledger.db has
 * them.
 *
 * A batch is one statement that is its own transaction: it changes the head only if its size is still the one that was
 * judged at, and adds the rows only if the head was changed. So the head is locked for the insert alone.
 *
 * Refused: a server that does not sync, and, unless the folder was made for a single node, one without a synchronous
 * standby that is there: what is acknowledged must survive the loss of a machine. A connection that breaks is made
 * again (to whichever host of the URL takes writes) for up to SHARED_PATIENCE; when the answer to a batch is lost, the
 * log itself is asked whether it is there.
 *
 * What comes back is not believed: whoever reads rows checks them. Passwords come from ~/.pgpass or the environment;
 * one in the URL is refused, so that none stands in settings or errors.
 *
 * Threads: per-ctx; one struct shared belongs to one thread at a time. */
#ifndef SINETTI_LEDGER_SHARED_H
#define SINETTI_LEDGER_SHARED_H

#include "ledger/leaf.h"
#include "ledger/log_tables.h"

#define SHARED_PATIENCE 30         /* seconds for an answer, and for a lost server to come back */
#define SHARED_FORGET_SECONDS 3600 /* for writing the table of bodies anew */

struct shared;

struct shared_place {
    struct str url;   /* postgresql://… */
    bool single_node; /* no standby is asked for */
    bool only_look;   /* nothing will be written: any server will do, and none of its settings matter */
};

/* Makes the tables there for a ledger named `origin`; *joined when they are there already and are of that ledger.
 * E_CONFLICT when they are of another. */
enum rc shared_create(struct ctx *cx, const struct shared_place *p, struct str origin, bool *joined) MUST_CHECK;
/* E_DENIED as above, or when a newer program made it; E_NOTFOUND when there is no ledger; E_CONFLICT when it is not the
 * one named `origin` (its first). */
enum rc shared_open(struct ctx *cx, const struct shared_place *p, struct str origin, struct shared **out) MUST_CHECK;
void shared_close(struct shared *s);

/* --- reading */

/* From here on all that is read is of one moment; a connection that breaks then is not made again (E_IO). */
enum rc shared_snapshot(struct ctx *cx, struct shared *s) MUST_CHECK;

struct shared_head {
    struct log_state state;
    int64_t notes; /* how often a signed head was put there */
};
enum rc shared_head_read(struct ctx *cx, struct shared *s, struct shared_head *out) MUST_CHECK;

/* Facts from..to-1 in their order; salt and body STR_NONE when there is none. Not more bytes than a proper one has and
 * one are given. What `take` returns other than OK ends it and is returned. */
typedef enum rc shared_take(void *arg, int64_t n, struct str leaf, struct str salt, struct str body);
enum rc shared_rows(struct ctx *cx, struct shared *s, uint64_t from, uint64_t to, shared_take *take,
                    void *arg) MUST_CHECK;
/* All rows that are outside of [0, size), and bodies that have no entry: there should be none. */
enum rc shared_strays(struct ctx *cx, struct shared *s, uint64_t size, shared_take *take, void *arg) MUST_CHECK;

typedef enum rc shared_take_request(void *arg, struct str id, int64_t n, int64_t facts);
enum rc shared_requests(struct ctx *cx, struct shared *s, uint64_t from, uint64_t to, shared_take_request *take,
                        void *arg) MUST_CHECK;

typedef enum rc shared_take_note(void *arg, int64_t size, bool handover, struct str note);
enum rc shared_notes(struct ctx *cx, struct shared *s, shared_take_note *take, void *arg) MUST_CHECK;

/* --- writing */

/* What a transaction adds, in the form it is sent in. A mark is how much there was at a moment. */
struct shared_batch {
    struct buf leaves, salts, bodies, request_numbers, request_ids, request_facts, erased;
    struct buf note;
    uint64_t note_size;
    bool note_handover;
    struct shared_mark {
        size_t facts, requests, erasures, leaf_bytes, salt_bytes, body_bytes;
        bool has_note;
    } n;
};
void shared_batch_init(struct shared_batch *b);
void shared_batch_release(struct shared_batch *b);
void shared_batch_clear(struct shared_batch *b);
/* Back to what it was at the mark. */
void shared_batch_cut(struct shared_batch *b, const struct shared_mark *to);
bool shared_batch_is_empty(const struct shared_batch *b);
size_t shared_batch_bytes(const struct shared_batch *b);
/* E_LIMIT when a transaction would be too large. */
enum rc shared_batch_fact(struct ctx *cx, struct shared_batch *b, struct str leaf, const uint8_t salt[SALT_SIZE],
                          struct str body) MUST_CHECK;
enum rc shared_batch_request(struct ctx *cx, struct shared_batch *b, const uint8_t id[32], uint64_t n,
                             uint64_t facts) MUST_CHECK;
enum rc shared_batch_erasure(struct ctx *cx, struct shared_batch *b, uint64_t n) MUST_CHECK;
enum rc shared_batch_note(struct ctx *cx, struct shared_batch *b, uint64_t size, bool handover,
                          struct str note) MUST_CHECK;

/* Adds the batch to the log if that is as `before` says; `after` is the state with it. *taken: it is there, on all
 * machines it has to be on; else the log is another by now, and nothing was done. E_BUSY, E_IO: not known; it is
 * there or is not, and whoever reads next will see. */
enum rc shared_append(struct ctx *cx, struct shared *s, const struct shared_batch *b, const struct log_state *before,
                      const struct log_state *after, bool *taken) MUST_CHECK;
/* The last shared_append() left it open. */
bool shared_is_unsure(const struct shared *s);
/* Holds the head until the next shared_append() or shared_let_go(): nobody else can add. For whoever lost too often. */
enum rc shared_hold(struct ctx *cx, struct shared *s) MUST_CHECK;
void shared_let_go(struct shared *s);

/* Overwrites what erased bodies leave in the table. E_BUSY while somebody reads what is older. */
enum rc shared_forget(struct ctx *cx, struct shared *s) MUST_CHECK;

#endif
