/* How many requests a credential, or an address, may make: a bucket each that fills with time. In memory; whoever has
 * not been seen for longest makes room. Locked. */
#ifndef SINETTI_API_RATES_H
#define SINETTI_API_RATES_H

#include "base/ctx.h"

struct rates;

/* `per_second` of one name, four seconds' worth at once. */
enum rc rates_new(struct ctx *cx, unsigned per_second, struct rates **out) MUST_CHECK;
void rates_free(struct rates *r);

/* false when the name has used up its share at `now` (milliseconds, of a clock that only goes on). */
bool rates_take(struct rates *r, struct str name, int64_t now);

#endif
