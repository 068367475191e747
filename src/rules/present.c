#include "rules/present.h"

#include "rules/own.h"
#include "rules/verdicts.h"

/* Which failures were excused is not recorded, only that all were. */
static enum verdict without_exceptions(const struct standing_point *p, const struct evidence *e,
                                       const struct exceptions_left *left)
{
    if (e->failing || !left->then) return verdict_of(p->def->type, e);
    if (left->now == left->then) return VERDICT_WAIVED;
    if (left->now) return VERDICT_PARTLY_MET;
    return e->judged ? VERDICT_VIOLATED : VERDICT_NO_EVIDENCE;
}

void present_point(struct standing_point *p, const struct own *own, const struct exceptions_left *left, int64_t at)
{
    bool nothing = p->verdict == VERDICT_NO_EVIDENCE || !p->judged;
    bool overdue = p->due && p->due <= at && !nothing, soon = p->due && p->due - WARNING_WINDOW <= at;
    if (overdue && p->failing < p->judged) p->failing++; /* at least that one */
    struct evidence e = {.population = p->scope,
                         .judged = p->judged,
                         .failing = p->failing,
                         .tolerance = own_tolerance(own, p->def),
                         .at_risk = soon};
    if (!own_applies(own, p->def))
        p->verdict = VERDICT_NOT_APPLICABLE;
    else if (own_waives(own, p->def))
        p->verdict = VERDICT_WAIVED;
    else if (p->verdict == VERDICT_WAIVED)
        p->verdict = without_exceptions(p, &e, left);
    else if (p->verdict == VERDICT_NOT_APPLICABLE || p->failing || (soon && p->verdict == VERDICT_MET))
        p->verdict = verdict_of(p->def->type, &e);
}
