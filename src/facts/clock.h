/* Whether the machine's clock can be believed. A single fact recorded with a time far ahead would hold all that follow
 * at that time, so a leap is refused until somebody has looked. The log knows only when its last fact was; that nothing
 * happened for days is told from a leap by the time the machine has been running, which no setting of the clock moves.
 */
#ifndef SINETTI_FACTS_CLOCK_H
#define SINETTI_FACTS_CLOCK_H

#include <sqlite3.h>

#include "base/ctx.h"

/* A start of the machine, and how long ago it was. */
struct machine_start {
    char id[40];
    int64_t up; /* microseconds */
};
typedef bool clock_start(struct machine_start *out); /* false: unknown */

bool clock_machine_start(struct machine_start *out);
int64_t clock_now(void); /* microseconds since 1970 */

/* Within a unit: E_DENIED when `now` is more than a day after `last`, the time of the last fact (0: none), and the time
 * the machine has been running does not account for it. Remembers in the table `clock` what it believed. */
enum rc clock_check(struct ctx *cx, sqlite3 *db, clock_start *start, int64_t now, int64_t last,
                    bool is_right) MUST_CHECK;

#endif
