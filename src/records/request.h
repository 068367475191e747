/* Four eyes (docs/people.md): acts that excuse or loosen something are asked for by one person and approved by another;
 * the act is appended together with the approval (docs/formats/subjects.md). Nobody decides what they have asked for,
 * nor approves what is about themselves, or a group they are in.
 *
 * Until there are two Security officers, who may decide does such an act alone; it is marked solo and waits for a
 * second person's review. Others' requests wait then too.
 *
 * Threads: as facts.h. */
#ifndef SINETTI_RECORDS_REQUEST_H
#define SINETTI_RECORDS_REQUEST_H

#include "records/append.h"

#define REQUEST_SECONDS (30 * 86400) /* then it expires */

enum request_state {
    REQUEST_WAITING,
    REQUEST_SOLO, /* done by one person alone, not reviewed yet */
    REQUEST_APPROVED,
    REQUEST_REJECTED,
    REQUEST_WITHDRAWN,
    REQUEST_EXPIRED,
    REQUEST_REVIEWED, /* was solo: a second person agrees */
    REQUEST_DISPUTED, /* was solo: a second person does not */
    REQUEST_STATES
};
const char *request_state_name(enum request_state s); /* snake case */
/* The state by the newest decision (STR_NONE: none) and when the request expires. */
enum request_state request_state_of(struct str decision, int64_t until, int64_t now);

/* Who asks or decides. */
struct request_actor {
    struct identity_actor by;
    bool may_decide; /* holds the permission to decide others' requests */
};
struct request_wish {
    const char *kind; /* a kind that is kept */
    struct str subject;
    struct str payload; /* JSON; without approved_by, which the one who decides is put into */
    struct str reason;
};
struct request_outcome {
    enum request_state state; /* WAITING, SOLO; of a decision: as it is now */
    uint64_t request;
    bool has_event; /* what was asked for is done, as fact `event` */
    uint64_t event;
};

/* Asks. E_CONFLICT when the same still waits. */
enum rc request_make(struct ctx *cx, struct facts *f, int64_t now, const struct request_actor *who,
                     const struct request_wish *w, struct request_outcome *out) MUST_CHECK;

/* Whether what is asked for is about this person, or about a group they are in. */
enum rc request_is_about(struct ctx *cx, sqlite3 *db, struct str subject, struct str person, bool *out) MUST_CHECK;

/* Within a unit: asks for it and does it at once, alone, whoever else there is, also what is reserved: break glass. It
 * waits for another person's review like any such act; none who used it (a decision names it) is that person. Whether
 * they may is the caller's to judge. */
enum rc request_put_alone(struct append *a, const struct request_actor *who, const struct request_wish *w,
                          struct request_outcome *out) MUST_CHECK;

/* Decides request n. APPROVE: what waits is done; what was solo is reviewed. REJECT: it is not done; what was solo is
 * disputed. WITHDRAW: by who asked. E_NOTFOUND: no such request; E_DENIED: not by this person; E_CONFLICT: decided
 * already, expired, or who asked has left. */
enum request_decision { REQUEST_APPROVE, REQUEST_REJECT, REQUEST_WITHDRAW };
enum rc request_decide(struct ctx *cx, struct facts *f, int64_t now, const struct request_actor *who, uint64_t n,
                       enum request_decision decision, struct str reason, struct request_outcome *out) MUST_CHECK;

#endif
