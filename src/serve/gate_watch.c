#include "serve/gate_watch.h"

#include "gates/watch.h"

static void look_past(struct ctx *cx, const struct serve *s, struct facts *f, sqlite3 *db, struct str place)
{
    const struct identity_actor by = {STR("system"), STR(""), STR("gate")};
    size_t found;
    if (override_check_place(cx, f, s->o->dir, db, place, &by, false, &found) != OK)
        serve_tell("worker", "error", "looking for what moved past the gate of " STR_FMT ": %s", STR_ARG(place),
                   cx->message);
    else if (found)
        serve_tell("worker", "warning", "%zu branches of " STR_FMT " had moved past the gate; it waits for review",
                   found, STR_ARG(place));
}

static void attest(struct ctx *cx, const struct serve *s, struct facts *f, sqlite3 *db, struct str place)
{
    size_t made;
    if (attest_place(cx, f, s->o->dir, db, place, &made) != OK)
        serve_tell("worker", "error", "attesting what was published in " STR_FMT ": %s", STR_ARG(place), cx->message);
    else if (made)
        serve_tell("worker", "notice", "%zu moves in " STR_FMT " are attested that were not", made, STR_ARG(place));
}

enum rc gate_watch(struct ctx *cx, const struct serve *s, struct facts *f, sqlite3 *db)
{
    struct str *places;
    size_t n;
    TRY(override_places(cx, db, &places, &n));
    for (size_t i = 0; i < n; i++) {
        look_past(cx, s, f, db, places[i]);
        attest(cx, s, f, db, places[i]);
    }
    return OK;
}
