/* One point judged: its rule run over `asked`, the rows added up by subject, the first failing ones made into findings.
 * Only the rules room sees this. */
#ifndef SINETTI_RULES_JUDGE_H
#define SINETTI_RULES_JUDGE_H

#include "rules/rules.h"

/* The rule of a point that is run: the one over a repository, or the one over the organization, which has no `asked`.
 */
enum judge_rule { JUDGE_REPOSITORY, JUDGE_ORGANIZATION };

/* Fills *out whole. E_INTERNAL with the rule's name when it fails otherwise than by a limit. */
enum rc judge_obligation(struct ctx *cx, sqlite3 *db, const struct catalog_obligation *def, enum judge_rule which,
                         const struct rules_options *o, const struct baseline *b,
                         struct obligation_result *out) MUST_CHECK;

#endif
