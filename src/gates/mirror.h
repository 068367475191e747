/* A hosted repository's mirror elsewhere: its branches and tags, pushed there after each move, to be read and not
 * written. Changes and patch sets stay here. What is to be mirrored where is a fact; how it goes are jobs. */
#ifndef SINETTI_GATES_MIRROR_H
#define SINETTI_GATES_MIRROR_H

#include "gates/place.h"
#include "jobs/jobs.h"

#define MIRROR_JOB "mirror"

enum mirror_state {
    MIRROR_NONE,
    MIRROR_WAITS,   /* to be pushed for the first time, or again: something has moved */
    MIRROR_RUNS,    /* being pushed */
    MIRROR_CURRENT, /* as the repository is */
    MIRROR_FAILS    /* the newest push did not succeed */
};
const char *mirror_state_name(enum mirror_state s);

struct mirror {
    struct str subject, url;
    int64_t since; /* Unix seconds: said so */
    int64_t moved; /* when a ref last moved here, or that was said */
    enum mirror_state state;
    bool pushed;    /* there is a job … */
    struct job job; /* … the newest */
    int64_t failed; /* in a row */
};
/* db: facts; state: state.db. MIRROR_NONE: there is none. */
enum rc mirror_read(struct ctx *cx, sqlite3 *db, sqlite3 *state, struct str subject, struct mirror *out) MUST_CHECK;
/* Whether it is to be pushed now: something has moved, or it failed and has waited: a minute, twice as long each time,
 * an hour at most. Pure. */
bool mirror_is_due(const struct mirror *m, int64_t now);

/* What was taken out of the history (expunge.h) is to be gone there too. */
struct mirror_clearing {
    uint64_t expunged; /* newest fact of that kind behind which the mirror is; 0: none */
    bool refused;      /* … which it was said to have refused already */
};
enum rc mirror_clearing(struct ctx *cx, sqlite3 *db, struct str subject, struct mirror_clearing *out) MUST_CHECK;
/* Whether an object that is not here any more was from here: the log says that this ref stood there. */
enum rc mirror_had(struct ctx *cx, sqlite3 *db, const struct gate_place *place, struct str ref, struct str oid,
                   bool *had) MUST_CHECK;
/* What came of it: done, or (why) refused. refs: that led to it over there when it began. */
enum rc mirror_put_cleared(struct ctx *cx, struct facts *f, const struct gate_place *place,
                           const struct mirror_clearing *c, size_t refs, struct str why) MUST_CHECK;

/* Says where to (a good address: serve/elsewhere.h), or, with an empty one, that there is none any more. E_INVALID for
 * a repository that others keep; E_NOTFOUND: there was none to end. */
enum rc mirror_set(struct ctx *cx, struct facts *f, const struct identity_actor *by, const struct gate_place *place,
                   struct str url, struct str reason) MUST_CHECK;

#endif
