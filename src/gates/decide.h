/* A push decided: what facts say of it, the rules bound to it, the decision with every verdict, and its outcome. */
#ifndef SINETTI_GATES_DECIDE_H
#define SINETTI_GATES_DECIDE_H

#include "gates/change.h"
#include "ledger/log_reader.h"

/* Why a ref is not let in, or would not be: a point of a task that does not hold, or (obligation NULL) something that
 * is always held to. */
struct gate_fault {
    const struct catalog_task *task;
    const struct catalog_obligation *obligation;
    const char *word; /* of tell.h, of what is always held to */
    enum gate_mode mode;
    size_t ref;
    struct str message, fix; /* in the caller's language, safe to show */
};
#define FAULTS_MOST 1000

enum decide_stage {
    DECIDE_ASK,  /* in quarantine: only a refusal is recorded */
    DECIDE_MOVE, /* refs are locked: what is allowed is recorded, and moved next */
    DECIDE_TRY   /* nothing is recorded */
};

struct decided {
    bool allowed;
    uint64_t decision;               /* its number, where it was recorded; else UINT64_MAX */
    const struct gate_fault *faults; /* of every mode */
    size_t n_faults;
};

/* gate: "push" or "publish". places: of changes, by ref; their facts are appended along (DECIDE_MOVE). */
enum rc decide_push(struct ctx *cx, struct facts *f, struct push *p, const char *gate, enum decide_stage stage,
                    const struct change_place *places, struct decided *out) MUST_CHECK;

/* All that an allowed one lets move has moved. Changes that were published by it are `published` then. */
enum rc decide_outcome(struct ctx *cx, struct facts *f, const struct push *p, uint64_t decision) MUST_CHECK;

/* Within a unit, so of what took contents out of the history (expunge.h): fact n. */
enum rc decide_put_done(struct append *a, const struct gate_caller *by, uint64_t n) MUST_CHECK;

/* So of one whose refs the host of a connected repository has moved; `stayed`: subjects of those it did not. */
enum rc decide_ended(struct ctx *cx, struct facts *f, const struct gate_place *place, const struct gate_caller *by,
                     uint64_t decision, const struct str *stayed, size_t n_stayed) MUST_CHECK;

/* Decisions on this repository (and what took contents out of its history) that a crash, or git in the midst of it, has
 * left without outcome: its refs tell. To be
 * called by who holds the repository's lock. What a host is about to move (moving.h) is left to it. *settled: how many.
 */
enum rc decide_settle(struct ctx *cx, struct facts *f, sqlite3 *db, const struct git *g, const struct gate_place *place,
                      const struct gate_caller *by, size_t *settled) MUST_CHECK;

/* Git has given up (`why`, and ctx says how) where it was to move what was let in: its refs tell what it has moved all
 * the same; what cannot be written now is settled by whoever comes next. Returns why, with what ctx said. */
enum rc decide_failed(struct ctx *cx, struct facts *f, struct log_reader *reader, const struct git *g,
                      const struct gate_place *place, const struct gate_caller *by, enum rc why) MUST_CHECK;

#endif
