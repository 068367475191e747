/* Private to observe: dates as people write them. Pure. */
#ifndef SINETTI_OBSERVE_DATES_H
#define SINETTI_OBSERVE_DATES_H

#include "base/str.h"

/* The first date in s: 2024-01-31, 2024/1/31, 31.1.2024, January 31, 2024, 31 Jan 2024, "31. tammikuuta 2024". Dates
 * that cannot be (month 13), and those two countries read differently (1/2/2024), are none. *end: offset behind it. */
bool date_find(struct str s, int64_t *at, size_t *end);

#endif
