/* Whether a push comes at a time at which it may (times.h), by the items in force for its repository, project and
 * branch; and the emergency that lets it in all the same: an item of the register of changes that is an emergency, of a
 * service of this repository, and not older than three days. It is reviewed afterwards. */
#ifndef SINETTI_GATES_TIMES_JUDGE_H
#define SINETTI_GATES_TIMES_JUDGE_H

#include "gates/push.h"
#include "gates/times.h"
#include "records/append.h"

/* Of one ref, the strictest item. */
struct push_time {
    size_t ref;
    enum times_state state;
    struct str source;     /* record:publishing_times/ID */
    int64_t opens;         /* when all are open; INT64_MAX: not within a year */
    struct str opens_text; /* the same by the item's clock, with its zone */
};
#define EMERGENCY_SECONDS (3 * 86400)

/* Within the unit: fills p->times, and p->emergency when its caller or an option names one. E_DENIED: it is none that
 * lets in. E_CORRUPT: an item cannot be understood, so nothing is let in. */
enum rc times_judge(struct append *a, struct push *p) MUST_CHECK;
/* Into the push's fact: `times`. */
struct json;
void times_put(struct ctx *cx, struct json *j, const struct push *p);

#endif
