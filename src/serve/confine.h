/* What web gives up, for ever, before it takes its first request: so that whoever takes it over through a fault holds
 * what web reads anyway, and no more.
 *
 *     files      Landlock: read ledger.db, state.db, derived.db, reports/ and the catalog; write nothing but the shared
 *                indexes of their write-ahead logs (*-shm), by which SQLite's readers say which pages they still need.
 *                They hold no data; what is scribbled there may make writers stop, and can put nothing into the log
 *     network    no socket is made, bound or connected (seccomp, and Landlock for TCP): only the listening socket and
 *                the pair with worker, which are open already
 *     processes  nothing is executed, no process started, traced or signalled; no memory becomes code (seccomp)
 *     memory     no core dump, and no other process of the same user may look in (not dumpable)
 *
 * The databases must stay open (confine_anchors()) as long as the process lives: then SQLite does not take their
 * companion files away, which the rules name one by one. */
#ifndef SINETTI_SERVE_CONFINE_H
#define SINETTI_SERVE_CONFINE_H

#include "base/ctx.h"

struct anchors {
    void *db[3]; /* ledger.db, state.db, derived.db (NULL while there is none) */
};
/* Opens the databases of `dir`, and with them their companions. */
enum rc confine_anchors(struct ctx *cx, const char *dir, struct anchors *out) MUST_CHECK;
void confine_release(struct anchors *a);

/* Of the only thread. `catalog`: a folder, or NULL. *lacks: what the kernel cannot do, in words; empty when nothing.
 * E_IO when it could and did not: then the process must end. */
enum rc confine_web(struct ctx *cx, const char *dir, const char *catalog, struct str *lacks) MUST_CHECK;

#endif
