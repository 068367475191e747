/* The gate in a repository that another host keeps (docs/hooks.md): a fact that says where it is and who keeps it, and
 * hooks there that start `sinetti-hook`. Data folder and repository stand in the hook, which no push reaches.
 *
 * Threads: as facts.h. */
#ifndef SINETTI_GATES_CONNECT_H
#define SINETTI_GATES_CONNECT_H

#include "gates/place.h"

struct connect_wish {
    struct str name, project;
    struct str main; /* full name of its main branch; empty: as its HEAD says */
    enum gate_host host;
    struct str accounts; /* host that accounts there are declared under; empty: the name of the kind of host */
    const char *path;
};
/* Connected already (by its place): its hooks are written again, and what the wish says otherwise is changed. A hook
 * that is there and is not ours is kept, and asked first. E_CONFLICT: the name is taken, or hooks stand in the way;
 * E_INVALID: it is no bare repository, or one of SHA-256 ids; E_DENIED: its core.hooksPath leads elsewhere. */
enum rc connect_repository(struct ctx *cx, struct facts *f, sqlite3 *db, const char *dir,
                           const struct identity_actor *by, const struct connect_wish *w,
                           struct str *subject) MUST_CHECK;
/* Says so in a fact, takes our hooks away and puts back what was there: what is pushed from then on is not asked about.
 * The repository stays registered. Asked again after a crash in between, while the hooks let nobody in, it takes them
 * away. name: as in gate_place_find(). */
enum rc connect_end(struct ctx *cx, struct facts *f, sqlite3 *db, const char *dir, const struct identity_actor *by,
                    struct str name) MUST_CHECK;

#endif
