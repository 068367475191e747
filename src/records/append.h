/* Facts that depend on what is there: built within the unit that appends them, from the tables as they are right then,
 * so that nobody's change is lost and no rule between facts is got past by two at once.
 *
 * Threads: as facts.h. */
#ifndef SINETTI_RECORDS_APPEND_H
#define SINETTI_RECORDS_APPEND_H

#include "facts/facts.h"
#include "identity/identity.h"

#define APPEND_MOST 200 /* facts of one unit */

struct append {
    struct ctx *cx; /* what is built lives in its arena */
    sqlite3 *db;    /* of the unit: the facts' views; not to be written */
    int64_t now;    /* Unix seconds, at least those of each fact that is there */
    uint64_t next;  /* number the first fact will get; append_add() moves it on */

    struct facts *facts;
    struct log_tx *tx;
};

/* Appends one fact. Returns its number in *n (may be NULL). E_INVALID when its payload breaks the schema. */
enum rc append_add(struct append *a, const struct body *fact, uint64_t *n) MUST_CHECK;
/* A body of that actor's. */
struct body append_body(const struct identity_actor *by, const char *kind, struct str subject, struct str payload);

/* Runs `build` as a unit. What it returns other than OK undoes all of it. It may be run again: it sets all that it
 * returns each time. `now`: Unix seconds when it was asked for. */
typedef enum rc append_build(struct append *a, void *arg);
enum rc append_run(struct ctx *cx, struct facts *f, int64_t now, append_build *build, void *arg) MUST_CHECK;

#endif
