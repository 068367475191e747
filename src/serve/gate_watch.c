#include "serve/gate_watch.h"

#include "gates/override_watch.h"

enum rc gate_watch(struct ctx *cx, const struct serve *s, struct facts *f, sqlite3 *db)
{
    const struct identity_actor by = {STR("system"), STR(""), STR("gate")};
    struct str *places;
    size_t n, found;
    TRY(override_places(cx, db, &places, &n));
    for (size_t i = 0; i < n; i++) {
        enum rc rc = override_check_place(cx, f, s->o->dir, db, places[i], &by, false, &found);
        if (rc != OK)
            serve_tell("worker", "error", "looking for what moved past the gate of " STR_FMT ": %s", STR_ARG(places[i]),
                       cx->message);
        else if (found)
            serve_tell("worker", "warning", "%zu branches of " STR_FMT " had moved past the gate; it waits for review",
                       found, STR_ARG(places[i]));
    }
    return OK;
}
