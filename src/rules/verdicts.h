/* From counts to verdicts, statuses and assurance. Only the rules room sees this. Pure. */
#ifndef SINETTI_RULES_VERDICTS_H
#define SINETTI_RULES_VERDICTS_H

#include "rules/rules.h"

#define WARNING_WINDOW (30 * 86400) /* seconds before `due` in which a point is at risk */

/* What a rule's rows come to. */
struct evidence {
    int64_t population, judged, failing; /* subjects */
    int64_t waived, treated;             /* subjects whose failures are excused */
    int64_t tolerance;                   /* failures in a thousand judged that are tolerated */
    bool not_applicable;                 /* the point does not apply */
    bool waived_whole;                   /* the point itself is waived */
    bool at_risk;                        /* something fine turns 0 within the warning window */
    bool vouched;                        /* a document it rests on states its approval or review */
};

enum verdict verdict_of(enum evidence_type type, const struct evidence *e);

/* Assurance, all of it: what a type of evidence can show at best, what the way it came in allows, and what
 * age takes. `seen`: the best that the way it came in allows, ASSURANCE_STRONG for what the program looked at itself.
 */
enum assurance assurance_of(enum evidence_type type, enum verdict verdict, bool vouched, enum assurance seen);
/* Of a fact's `via`; a word that this program does not know allows nothing. */
enum assurance assurance_via(struct str via);
enum assurance assurance_decayed(enum assurance a);

/* The points a task's status is measured by: its musts and adopted points; where it has none, the recommended ones;
 * else all. Points that are not applicable do not count. */
bool verdict_counts(const struct task_result *t, const struct obligation_result *o);

/* Fills status, exceptions, designed, operating and assurance from the obligations. */
void verdict_task(struct task_result *t);

#endif
