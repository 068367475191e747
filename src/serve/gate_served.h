/* Hooks and doors that ask the server (gates/gate_wire.h): done here, by threads of their own, with the log and the
 * catalog that are open. */
#ifndef SINETTI_SERVE_GATE_SERVED_H
#define SINETTI_SERVE_GATE_SERVED_H

#include "facts/facts.h"

struct gate_served;
struct gate_served_options {
    const char *dir; /* the data folder; absolute */
    struct facts *facts;
    void (*pushed)(void *arg); /* something may have been appended */
    void *arg;
};
enum rc gate_served_start(struct ctx *cx, const struct gate_served_options *o, struct gate_served **out) MUST_CHECK;
/* What has begun ends first; whoever comes later does it without us. NULL is fine. */
void gate_served_stop(struct gate_served *g);

#endif
