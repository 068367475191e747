/* What the gate would have stopped, had it blocked: the rules bound to it, run over all that was let in within a period
 * (the same query that a push is asked), beside what it did refuse then. Nothing is written. */
#ifndef SINETTI_GATES_REPLAY_H
#define SINETTI_GATES_REPLAY_H

#include "gates/gates.h"

struct replay_point {
    const struct catalog_task *task;
    const struct catalog_obligation *obligation;
    enum gate_mode mode;            /* of the organization, now */
    int64_t judged, would, refused; /* refs of pushes: looked at, that would have been stopped, that were */
};
struct replay_row {
    const struct replay_point *point;
    int64_t at, push;                 /* push: number of its event; -1: not known */
    struct str repository, name, ref; /* repo:ID, what it is called, the ref's full name */
    struct str person, person_name;   /* who pushed; empty: not known */
    struct str message, fix;
};
struct replay_wish {
    int64_t now, since;
    struct str repository; /* repo:ID; empty: all */
    enum lang lang;
};
#define REPLAY_POINTS 200

/* Calls each() for every ref that would have been stopped, point by point, and sets *points. Texts given to each() live
 * in cx's arena. db: facts, to read. */
enum rc gate_replay(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct replay_wish *w,
                    enum rc (*each)(void *arg, const struct replay_row *row), void *arg,
                    const struct replay_point **points, size_t *n) MUST_CHECK;

#endif
