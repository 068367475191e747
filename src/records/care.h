/* Who looks after a task, and how: what its newest fact holds (docs/formats/subjects.md, `task`). Threads: as append.h.
 */
#ifndef SINETTI_RECORDS_CARE_H
#define SINETTI_RECORDS_CARE_H

#include "base/limits.h"
#include "base/str.h"
#include "records/append.h"

struct care {
    uint64_t n; /* of the fact; 0 and has false: none yet */
    bool has;
    struct str owner, priority, process; /* empty: none */
    int64_t due, review_days, reviewed_at;
    struct str participants[LIMIT_PARTICIPANTS];
    size_t n_participants;
};

/* `db` has the facts' views. subject: task:KEY; scope: "org", or a project, which has the organization's until it has
 * its own. In cx's arena. */
enum rc care_read(struct ctx *cx, sqlite3 *db, struct str subject, struct str scope, struct care *c) MUST_CHECK;
void care_put(struct buf *out, const struct care *c, struct str scope); /* the payload of a `task` fact */
bool care_same(const struct care *a, const struct care *b);

#endif
