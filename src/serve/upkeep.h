/* What worker does by itself: after facts were appended, by whomever, what pages read is brought up to date and the
 * head is signed; each hour and day, what is due then. A thread. */
#ifndef SINETTI_SERVE_UPKEEP_H
#define SINETTI_SERVE_UPKEEP_H

#include "facts/facts.h"
#include "serve/inside.h"

struct upkeep;
/* `appended` is called on its thread when there are new facts, by whomever. */
enum rc upkeep_start(struct ctx *cx, struct serve *s, struct facts *facts, void (*appended)(void *arg), void *arg,
                     struct upkeep **out) MUST_CHECK;
void upkeep_stop(struct upkeep *u);
/* Facts may have been appended: look now. */
void upkeep_wake(struct upkeep *u);

#endif
