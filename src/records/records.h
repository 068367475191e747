/* Records: items of registers, by the kinds of the catalog (docs/formats/kinds.md). The engine checks what an item
 * holds, keeps its versions, and lets it move from state to state by those who may.
 *
 * Everything is judged within the unit that appends: the state the item is in, the version that was seen, who has
 * written and who has consented, and whether all of them still hold the roles they count by. So an approval is always
 * of exactly what was shown, by enough people, none of whom may not.
 *
 * Refused: a field the kind does not know or of another type, a link to what is not there, an edit or a move of a
 * version that is no longer the newest (E_CONFLICT), a move from another state, by others, or with something missing.
 *
 * Threads: as facts.h; the ctx is the caller's. */
#ifndef SINETTI_RECORDS_RECORDS_H
#define SINETTI_RECORDS_RECORDS_H

#include "catalog/record.h"
#include "facts/facts.h"
#include "identity/identity.h"

/* Who acts, and by which roles in the organization. */
struct records_by {
    struct identity_actor actor;
    uint32_t roles; /* bit of each enum identity_role; an operator has none and may write, never move */
};

/* What is wrong with an item, one call each: field by its key ("parts[2].name"), and what to do. */
typedef void records_fault(void *arg, const char *field, const char *text);

/* A file that a field names by its digest. */
struct records_file {
    struct str digest, name, type, by; /* by: who has handed it in, person:ID */
    int64_t size, received;            /* bytes; Unix seconds */
};

struct records_draft {
    const struct record_kind *kind;
    struct str title, owner; /* owner: person:ID or empty */
    struct str content;      /* JSON object of the fields, as it came from outside */
    const struct str *shows; /* points, task/key */
    size_t n_shows;
    struct str origin;                /* KIND/KEY of the template it was started from; empty: as the item has it */
    bool once;                        /* records_start() leaves it out when an item begun from the same is not closed */
    const struct records_file *files; /* at least those that fields name; of more the others are left out */
    size_t n_files;
};

/* Checks a draft by itself and spells its content; `content` of *out is canonical. Tells all that is wrong and returns
 * E_INVALID with the first. Missing required fields are no fault here: they are asked for by moves. */
enum rc records_check(struct ctx *cx, const struct catalog *c, const struct records_draft *d, records_fault *tell,
                      void *arg, struct records_draft *out) MUST_CHECK;
/* The digests that fields of type file hold, in their order, each once. `content` is canonical. At most
 * LIMIT_RECORD_FILES; *n then. */
void records_files_of(struct ctx *cx, const struct record_kind *k, struct str content, struct str *out, size_t *n);
/* The files that any version of an item names, each as it was named last. */
enum rc records_files(struct ctx *cx, sqlite3 *db, struct str subject, struct records_file **out, size_t *n) MUST_CHECK;
/* Whether the owner works here and what fields lead to is there: E_INVALID with "field: what". Within the unit that
 * appends it is judged again. */
enum rc records_check_links(struct ctx *cx, sqlite3 *db, const struct records_draft *d) MUST_CHECK;
/* Where an edit of an item in this state leads: the index of a state, -1 when it is not edited any more. In a state
 * that the kind has no more an item begins anew. */
int records_edit_to(const struct record_kind *k, struct str state);
/* What a move still wants filled in; OK when nothing. E_INVALID with the first. */
enum rc records_complete(struct ctx *cx, const struct record_kind *k, const struct record_move *m, struct str content,
                         records_fault *tell, void *arg) MUST_CHECK;
/* Places of title and content that are left open (record_next_open()), one call each: field, and the place as it
 * stands. A move that approves or puts in force is refused while there are any. How many there are. */
size_t records_open(struct ctx *cx, const struct record_kind *k, struct str title, struct str content,
                    records_fault *tell, void *arg);
/* SHA-256 of what an approval binds to, in hex. */
void records_digest(const struct records_draft *d, char out[65]);

struct records_answer {
    struct str subject; /* record:KIND/ID */
    int64_t number, version;
    char digest[65];
    struct str state;
    int missing; /* consents still wanted before the move is made; 0: made */
};

/* Makes an item, or a new version of one: `seen` is the digest of the version it was written upon, empty for a new
 * item, whose `subject` is then empty too. What changes nothing is E_CONFLICT. */
enum rc records_put(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                    const struct records_draft *d, struct str subject, struct str seen, records_fault *tell, void *arg,
                    struct records_answer *out) MUST_CHECK;

/* Makes n items in one unit: all of them or, with what is wrong with the first bad one, none. What was left out
 * (`once`) has number 0. */
enum rc records_start(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                      const struct records_draft *d, size_t n, struct records_answer *out) MUST_CHECK;

/* Many at once, all or nothing: one unit of the log. `next` gives one after the other, drafts as records_check()
 * spelled them; they need to last until it is called again. `rewind` begins anew: on a shared log the unit may run
 * several times. Memory is bounded by the longest one. E_CONFLICT and E_INVALID as records_put(), of the one given
 * last. Progress by cx->progress: `what`, of `total`. Other writers wait meanwhile (some 15,000 are written in a
 * second). */
struct records_wish {
    struct records_draft draft;
    struct str subject, seen; /* as of records_put() */
};
struct records_source {
    enum rc (*rewind)(struct ctx *cx, void *arg);
    enum rc (*next)(struct ctx *cx, void *arg, struct records_wish *out, bool *more);
    void *arg;
    const char *what;
    int64_t total;
    struct str key; /* so that what was done is not done again: then it is OK and does nothing; empty: none */
};
enum rc records_put_all(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                        const struct records_source *s, uint64_t *n) MUST_CHECK; /* n: of the first fact; may be NULL */
/* Whether it was done with that key by that person and credential, and the number of the first fact then. */
enum rc records_was_put(struct ctx *cx, struct facts *f, const struct records_by *by, struct str key, bool *out,
                        uint64_t *n) MUST_CHECK;
/* By which id the log knows it (log_put_request()): for units of others. */
void records_request_id(const struct records_by *by, struct str key, uint8_t id[32]);
/* The same for who only reads ledger.db. */
enum rc records_is_put(struct ctx *cx, sqlite3 *ledger, const struct records_by *by, struct str key,
                       bool *out) MUST_CHECK;
/* The item of which fact n is a version, as it stands. E_NOTFOUND. */
enum rc records_at(struct ctx *cx, struct facts *f, uint64_t n, struct str *subject, struct str *title,
                   int64_t *number) MUST_CHECK;

/* Moves the item whose newest version is `seen`; consents when the move needs more people. */
enum rc records_move(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                     struct str subject, struct str seen, struct str name, struct str reason, records_fault *tell,
                     void *arg, struct records_answer *out) MUST_CHECK;

/* Looked at and left unchanged, by who could approve it: starts the review cycle anew. */
enum rc records_review(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                       struct str subject, struct str seen, struct records_answer *out) MUST_CHECK;
/* Read and accepted by the actor. Once for each version; again is OK and changes nothing. */
enum rc records_accept(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                       struct str subject, struct str seen, struct records_answer *out) MUST_CHECK;

/* An item as it stands. Texts live in cx's arena. `db` has the facts' views. E_NOTFOUND. */
struct records_item {
    struct str subject, title, owner, content, digest, state;
    const struct record_kind *kind;
    enum record_phase phase;
    int64_t n, number, version, at; /* of the newest version */
    int64_t since;                  /* number of the step that brought it to its state; 0: none, it began there */
    int64_t review_due;             /* 0: none */
    bool approved;                  /* what stands there is what was approved */
    const struct str *shows;
    size_t n_shows;
    struct str origin; /* KIND/KEY of the template it was started from; empty: none */
};
enum rc records_get(struct ctx *cx, sqlite3 *db, const struct catalog *c, struct str subject,
                    struct records_item *out) MUST_CHECK;

/* What is in the way of a move, so that others can say it in their words. */
enum records_bar {
    RECORDS_FREE,
    RECORDS_STATE,   /* the item is in a state the move does not lead from */
    RECORDS_ROLE,    /* it is for others: move->who */
    RECORDS_OWNER,   /* not for its owner … */
    RECORDS_EDITOR,  /* … nor for who has written any part of it … */
    RECORDS_ASKER,   /* … nor for who made the move before … */
    RECORDS_NAMED,   /* … nor for who stands in one of its fields */
    RECORDS_MISSING, /* something is not filled in */
    RECORDS_BARS
};
const char *records_bar_name(enum records_bar b); /* "free", "state", "role" … */

/* Whether a move may be made now by `by`: OK, E_DENIED (says who may), E_INVALID (something is missing), E_CONFLICT (it
 * is in another state); *bar likewise. *missing: how many more people must agree. */
enum rc records_may(struct ctx *cx, sqlite3 *db, const struct records_item *item, const struct record_move *m,
                    const struct records_by *by, int64_t now, records_fault *tell, void *arg, enum records_bar *bar,
                    int *missing) MUST_CHECK;
/* The same for a review: OK, E_DENIED, E_CONFLICT; and as a plain answer. */
enum rc records_judge_review(struct ctx *cx, sqlite3 *db, const struct records_item *item, const struct records_by *by,
                             int64_t now) MUST_CHECK;
bool records_may_review(sqlite3 *db, const struct records_item *item, const struct records_by *by, int64_t now);

/* Makes the view `records` on a connection (src/catalog/records.sql), as rules and lists read it. */
enum rc records_views(struct ctx *cx, sqlite3 *db) MUST_CHECK;

#endif
