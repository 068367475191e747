/* What worker sends by itself: reminders, mail, webhooks. A thread each, so that a mail server or a receiver that does
 * not answer holds up nothing else. */
#ifndef SINETTI_SERVE_COURIER_H
#define SINETTI_SERVE_COURIER_H

#include "facts/facts.h"
#include "serve/inside.h"

struct courier;
enum rc courier_start(struct ctx *cx, struct serve *s, struct facts *facts, struct courier **out) MUST_CHECK;
void courier_stop(struct courier *c);
/* Facts or messages may have been added: look now. */
void courier_wake(struct courier *c);

#endif
