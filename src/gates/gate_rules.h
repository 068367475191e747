/* Rules bound to a gate, run over what is asked: each is the rule that also judges all that has ever been let in
 * (docs/gates.md). At the gate the views of `push` facts show the request alone. */
#ifndef SINETTI_GATES_GATE_RULES_H
#define SINETTI_GATES_GATE_RULES_H

#include "gates/push.h"

struct gate_verdict {
    const struct catalog_task *task;
    const struct catalog_obligation *obligation;
    struct str subject;
    bool ok;
    enum gate_mode mode;
    struct str message, fix; /* of what is not ok */
};
struct gate_verdicts {
    const struct gate_verdict *list;
    size_t n;
};
#define VERDICTS_MOST 10000

/* Within the unit, `push` being the number of the request's fact. A rule that fails or is stopped is an error: the gate
 * refuses. */
enum rc gate_rules_run(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct push *p, int64_t now,
                       uint64_t push, struct gate_verdicts *out) MUST_CHECK;

/* How strictly a point is held to: in the project, else in the organization; nothing said: observe. */
enum rc gate_mode_of(struct ctx *cx, sqlite3 *db, const struct catalog_obligation *o, struct str project, int64_t now,
                     enum gate_mode *out) MUST_CHECK;

#endif
