/* When code may be published: windows of the week and freezes, by the clock of a time zone (base/zone.h), as items of
 * the register publishing_times have them. Pure: the caller has read the zone. */
#ifndef SINETTI_GATES_TIMES_H
#define SINETTI_GATES_TIMES_H

#include "base/zone.h"

struct window {
    unsigned days;       /* bit 0 Monday … bit 6 Sunday */
    int64_t from, until; /* seconds of the day, 0 to 86400; none when until is not after from */
};
struct freeze {
    int64_t from, until; /* seconds as if the zone's clock were UTC's */
};
struct times {
    struct zone zone;
    const struct window *windows; /* none: always open, but for freezes */
    size_t n_windows;
    const struct freeze *freezes;
    size_t n_freezes;
};

enum times_state { TIMES_OPEN, TIMES_CLOSED, TIMES_FROZEN };
/* At `t` (Unix seconds). A window's and a freeze's first second is in it, its end is not. Of a freeze whose ends the
 * clock shows twice or not at all, the longer stretch is frozen. */
enum times_state times_at(const struct times *w, int64_t t);
/* The first moment from `t` on at which it is open; INT64_MAX: none within 400 days. */
int64_t times_open_from(const struct times *w, int64_t t);

#endif
