/* Where evidence comes in: a report is read, bound to a commit and its tree as git tells them, kept by its digest, and
 * becomes a fact. Handing in the same again is no second fact.
 *
 * Threads: as facts.h. */
#ifndef SINETTI_GATES_EVIDENCE_IN_H
#define SINETTI_GATES_EVIDENCE_IN_H

#include "evidence/evidence.h"
#include "gates/place.h"

#define EVIDENCE_NAME 200

struct evidence_wish {
    struct str commit; /* as somebody names it: 7 to 40 hexadecimal digits */
    struct str name;   /* what tells it from other reports on the same tree: "unit tests" */
    const char *path;  /* of the file, which is moved away */
    int fd;            /* the same, open for reading */
    struct str digest; /* its SHA-256, hexadecimal */
    int64_t size;
};
struct evidence_done {
    uint64_t fact;
    bool repeated;
    struct str commit, tree;
    struct evidence said;
};
/* E_NOTFOUND: the repository has no such commit. E_INVALID, E_LIMIT, E_DENIED: as evidence_read(); a statement about
 * another commit. Whether `by` may hand it in is the caller's to ask. */
enum rc evidence_take(struct ctx *cx, struct facts *f, sqlite3 *db, sqlite3 *state, const char *dir,
                      const struct gate_place *place, const struct identity_actor *by, const struct evidence_wish *w,
                      struct evidence_done *out) MUST_CHECK;

#endif
