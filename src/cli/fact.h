/* The parts of `sinetti fact`. */
#ifndef SINETTI_CLI_FACT_H
#define SINETTI_CLI_FACT_H

#include "cli/remote.h"
#include "facts/facts.h"

struct fact_arguments {
    const char *data, *catalog, *payload, *key, *batch, *kind, *subject;
    const char *operands[2];
    int64_t number, after, limit; /* -1: not given */
    bool json, clock_is_right, writes, by_server;
    struct remote remote;
    struct facts *facts; /* open when it writes */
};

/* A fact that an operator adds by hand. */
struct body fact_by_operator(struct str kind, struct str subject, struct str payload);
/* Says on standard error when the clock was behind. */
void fact_tell_late(const struct facts_answer *a);

/* Facts from a descriptor, one a line; each number is printed once the fact is durable. Lines that are there together
 * are recorded together. Stops at the first that is refused, which is told with its number; those before it stay. */
enum rc fact_batch(struct ctx *cx, struct facts *f, int fd) MUST_CHECK;

/* Of a server: the newest first. */
enum rc fact_list_server(struct ctx *cx, struct fact_arguments *a) MUST_CHECK;
enum rc fact_list(struct ctx *cx, struct fact_arguments *a) MUST_CHECK;
enum rc fact_show(struct ctx *cx, struct fact_arguments *a) MUST_CHECK;

#endif
