/* One case of a rule. Only the rules room sees this. */
#ifndef SINETTI_RULES_CASE_H
#define SINETTI_RULES_CASE_H

#include "catalog/catalog.h"

struct case_outcomes { /* kinds of outcome it expects */
    bool good, bad, open;
};

/* Runs the rule on the case. false when it fails: `why` then holds lines that say how. c: whose kinds of facts and of
 * record there are; NULL none. */
bool case_run(struct ctx *cx, const struct catalog *c, bool of_organization, struct str sql, struct str json,
              struct case_outcomes *seen, struct buf *why);

#endif
