/* A hosted repository in the hands of one who looks after it: looked up, locked against who moves refs, opened. */
#ifndef SINETTI_GATES_HOLD_H
#define SINETTI_GATES_HOLD_H

#include "gates/place.h"
#include "git/hosted.h"

struct gate_hold {
    struct gate_place place;
    struct git *git; /* NULL: not held */
    int lock;
};

/* name: as gate_place_find() takes it. Not held, and OK: it is a connected one; or, with wait false, somebody else has
 * its lock, who moves refs and sees for themselves. To be released whatever comes of it. */
enum rc gate_hold(struct ctx *cx, sqlite3 *db, const char *dir, struct str name, bool wait,
                  struct gate_hold *out) MUST_CHECK;
void gate_release(struct gate_hold *h);

#endif
