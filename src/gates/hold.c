#include "gates/hold.h"

#include "gates/receive.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum rc gate_hold(struct ctx *cx, sqlite3 *db, const char *dir, struct str name, bool wait, struct gate_hold *out)
{
    *out = (struct gate_hold){.lock = -1};
    TRY(gate_place_find(cx, db, dir, name, &out->place));
    if (out->place.host != GATE_HOSTED) return OK;
    out->lock = receive_lock_if(cx, out->place.path, wait);
    if (out->lock < 0 && errno == EWOULDBLOCK) return OK;
    if (out->lock < 0) return fail(cx, E_IO, "the repository cannot be locked: %s", strerror(errno));
    return hosted_open(cx, out->place.path, NULL, &out->git);
}

void gate_release(struct gate_hold *h)
{
    git_close(h->git);
    if (h->lock >= 0) (void)close(h->lock);
    h->git = NULL;
    h->lock = -1;
}
