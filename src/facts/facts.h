/* Facts: what happened, once and for ever. facts_append() is the only way into the ledger: a fact is checked against
 * the schema of its kind, spelled and hashed in the caller's thread; then, in one transaction with others, it gets its
 * number, stands in the log and in the tables of its kind (docs/formats/subjects.md, catalog/facts/).
 *
 * Refused: a kind the catalog does not know, a subject of another type, a payload that breaks the schema, a reserved
 * kind from anybody but its command, the same request key with other content, a clock that has leapt a day ahead, a
 * data folder of a newer program, a catalog whose schemas shrank. Nothing is changed by what is refused.
 *
 * Whoever takes a fact in sets actor, credential and via; no caller from outside does.
 *
 * Threads: struct facts may be shared; each call has a ctx of its own. */
#ifndef SINETTI_FACTS_FACTS_H
#define SINETTI_FACTS_FACTS_H

#include "catalog/catalog.h"
#include "facts/clock.h"
#include "ledger/log.h"

struct facts;

struct facts_options {
    log_clock *now;      /* NULL: the machine's */
    clock_start *start;  /* NULL: the machine's */
    bool clock_is_right; /* somebody has looked at it */
    bool stays;          /* for a process that stays: what is asked within units is prepared once */
};

/* Opens the data folder `dir`, which has a ledger. Tables whose definition has changed are made anew beside the old
 * ones and put in their place; facts that are in no table yet are put there. Both go on where they were after a crash.
 * The catalog must stay until facts_close(). E_DENIED, E_CORRUPT, E_NOTFOUND, E_IO. */
enum rc facts_open(struct ctx *cx, const char *dir, const struct catalog *c, const struct facts_options *o,
                   struct facts **out) MUST_CHECK;
void facts_close(struct facts *f);
/* Whether the tables in a reader's database are those the catalog defines; facts_open() makes them so. */
enum rc facts_tables_current(struct ctx *cx, sqlite3 *db, const struct catalog *c, bool *out) MUST_CHECK;
/* For units of one's own. */
struct log *facts_log(struct facts *f);
const struct catalog *facts_catalog(const struct facts *f);
int64_t facts_now(const struct facts *f); /* Unix seconds, by the clock it was opened with */

/* --- appending */

/* Facts that stand or fall together. */
struct facts_request {
    const struct body *facts; /* payloads are any JSON and are read strictly */
    size_t n;                 /* at least one */
    struct str key;           /* of the credential's choice, so that it can ask again; empty: none */
    bool reserved;            /* asked by the command the kind is reserved for */
};

struct facts_answer {
    uint64_t n;    /* number of the first fact; the others follow it */
    int64_t at;    /* its time, microseconds */
    bool repeated; /* the key was here before, with the same content: nothing was added */
    int64_t late;  /* microseconds the clock is behind the log's time; 0 when it is not */
};

/* Durable when it says OK. */
enum rc facts_append(struct ctx *cx, struct facts *f, const struct facts_request *r,
                     struct facts_answer *out) MUST_CHECK;

/* The same in two halves: what is made may be put by facts_submit(), or within a unit of one's own that does more;
 * there facts_begin() comes first. */
struct facts_ready {
    const struct catalog_kind *kind;
    struct log_fact fact;
    struct body body;
};
enum rc facts_make(struct ctx *cx, const struct facts *f, const struct body *b, bool reserved,
                   struct facts_ready *out) MUST_CHECK;
enum rc facts_submit(struct ctx *cx, struct facts *f, const struct facts_ready *ready, size_t n, struct str key,
                     struct facts_answer *out) MUST_CHECK;
/* The tables are ours and hold all facts, the clock is believed; *late (may be NULL) as in the answer. */
enum rc facts_begin(struct ctx *cx, struct facts *f, struct log_tx *tx, int64_t *late) MUST_CHECK;
enum rc facts_put(struct ctx *cx, struct facts *f, struct log_tx *tx, const struct facts_ready *r,
                  struct leaf *out) MUST_CHECK;

/* --- erasing */

struct facts_erasure {
    uint64_t n; /* the fact whose body goes */
    struct str reason;
    const struct str *approved_by; /* person:ID, two or more */
    size_t n_approved_by;
    struct str actor, credential, via;
};
/* Appends the erasure, takes body, salt and rows away, and leaves no trace in the files. E_DENIED for kept kinds,
 * E_NOTFOUND when there is no such fact or body. E_BUSY: it is recorded and done, but a reader holds on to older pages;
 * facts_forget() again. */
enum rc facts_erase(struct ctx *cx, struct facts *f, const struct facts_erasure *e,
                    struct facts_answer *out) MUST_CHECK;
enum rc facts_forget(struct ctx *cx, struct facts *f) MUST_CHECK;

/* --- replaying */

struct facts_replayed {
    uint64_t facts, erased; /* put into tables; without a body */
    uint64_t unknown;       /* of kinds the catalog does not know: in `facts` alone */
};
/* Makes a database at `file`, which must not exist, of the facts of the ledger in `dir` up to the time `until`
 * (microseconds), with the tables and views of the catalog. The same facts and catalog give the same bytes. Every body
 * is compared with its leaf: E_CORRUPT names the first that is not what was recorded. */
enum rc facts_replay(struct ctx *cx, const char *dir, const struct catalog *c, int64_t until, const char *file,
                     struct facts_replayed *out) MUST_CHECK;

/* The same for several moments of the past, in one pass: `reached` is called at each, when `file` holds the facts of
 * that moment; it may open and read it. The file is taken away at the end. */
struct facts_moment { /* the facts before number n that are not later than `at` */
    uint64_t n;
    int64_t at; /* microseconds */
};
struct facts_moments {
    const struct facts_moment *moments; /* in their order */
    size_t n;
    enum rc (*reached)(struct ctx *cx, void *arg, size_t moment);
    void *arg;
};
enum rc facts_replay_moments(struct ctx *cx, const char *dir, const struct catalog *c, const struct facts_moments *m,
                             const char *file) MUST_CHECK;

#endif
