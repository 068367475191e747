/* sinetti rules try --gate push: what the gate would have stopped, had it blocked. */
#ifndef SINETTI_CLI_RULES_GATE_H
#define SINETTI_CLI_RULES_GATE_H

#include "gates/replay.h"

struct rules_gate {
    const struct catalog *catalog;
    sqlite3 *facts;
    int64_t now, days, limit; /* limit: rows told of each point */
    enum lang lang;
    bool json;
};
/* Prints to standard output. */
enum rc rules_gate_print(struct ctx *cx, const struct rules_gate *r) MUST_CHECK;

#endif
