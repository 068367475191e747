#include "rules/verdicts.h"

const char *verdict_name(enum verdict v)
{
    static const char *const names[VERDICT_COUNT] = {"not_applicable", "waived",     "violated", "treated",
                                                     "at_risk",        "partly_met", "met",      "no_evidence"};
    return names[v];
}

const char *status_name(enum status s)
{
    static const char *const names[STATUS_COUNT] = {"fully_done", "mostly_done", "partly_done", "not_done",
                                                    "not_relevant"};
    return names[s];
}

const char *assurance_name(enum assurance a)
{
    static const char *const names[ASSURANCE_COUNT] = {"none", "weak", "fair", "strong", "proven"};
    return names[a];
}

const char *exception_name(enum exception e)
{
    static const char *const names[EXCEPTION_COUNT] = {"", "waived", "treated"};
    return names[e];
}

/* A practice that was judged in part is met in part. Of documents and settings, what was not judged is no smaller share
 * of the same thing but another thing. */
enum verdict verdict_of(enum evidence_type type, const struct evidence *e)
{
    if (e->not_applicable) return VERDICT_NOT_APPLICABLE;
    if (e->waived_whole) return VERDICT_WAIVED;
    if (e->failing > 0) return e->failing * 1000 > e->tolerance * e->judged ? VERDICT_VIOLATED : VERDICT_PARTLY_MET;
    if (e->judged == 0) return VERDICT_NO_EVIDENCE;
    if (e->waived > 0) return VERDICT_WAIVED;
    if (e->treated > 0) return VERDICT_TREATED;
    if (e->at_risk) return VERDICT_AT_RISK;
    if (type == EVIDENCE_PRACTICE && e->judged < e->population) return VERDICT_PARTLY_MET;
    return VERDICT_MET;
}

/* What was written down is worth what somebody vouches for; a document that is approved and in its cycle cannot show
 * more. What happened, and how things are set, is worth what the one who looked is. */
enum assurance assurance_of(enum evidence_type type, enum verdict verdict, bool vouched, enum assurance seen)
{
    static const enum assurance best[EVIDENCE_COUNT][2] = {
        [EVIDENCE_DOCUMENT] = {ASSURANCE_WEAK, ASSURANCE_FAIR},
        [EVIDENCE_RECORD] = {ASSURANCE_WEAK, ASSURANCE_FAIR},
        [EVIDENCE_CONFIGURATION] = {ASSURANCE_PROVEN, ASSURANCE_PROVEN},
        [EVIDENCE_PRACTICE] = {ASSURANCE_PROVEN, ASSURANCE_PROVEN},
    };
    if (verdict == VERDICT_NO_EVIDENCE || verdict == VERDICT_NOT_APPLICABLE) return ASSURANCE_NONE;
    return best[type][vouched] < seen ? best[type][vouched] : seen;
}

/* That somebody types it in says that somebody said so; what is handed in for evidence is fair; what we looked at or
 * fetched from where it is kept is strong; only what we let through or refused can be proven. */
enum assurance assurance_via(struct str via)
{
    static const struct {
        const char *via;
        enum assurance best;
    } table[] = {
        {"gate", ASSURANCE_PROVEN}, {"probe", ASSURANCE_STRONG}, {"host", ASSURANCE_STRONG},
        {"import", ASSURANCE_FAIR}, {"person", ASSURANCE_WEAK},  {"operator", ASSURANCE_WEAK},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_eq(via, str_from(table[i].via))) return table[i].best;
    return ASSURANCE_NONE;
}

enum assurance assurance_decayed(enum assurance a)
{
    return a > ASSURANCE_NONE ? (enum assurance)(a - 1) : a;
}

enum priority rules_priority(const struct task_result *t)
{
    return t->has_priority ? t->priority : t->def->priority;
}

bool rules_is_must(const struct obligation_result *o)
{
    return o->adopted || o->def->strength == STRENGTH_MUST;
}

/* 0 must or adopted, 1 recommended, 2 example */
static int tier(const struct obligation_result *o)
{
    return rules_is_must(o) ? 0 : o->def->strength == STRENGTH_RECOMMENDED ? 1 : 2;
}

static int measuring_tier(const struct task_result *t)
{
    int best = 2;
    for (size_t i = 0; i < t->n_obligations; i++)
        if (t->obligations[i].verdict != VERDICT_NOT_APPLICABLE && tier(&t->obligations[i]) < best)
            best = tier(&t->obligations[i]);
    return best;
}

bool verdict_counts(const struct task_result *t, const struct obligation_result *o)
{
    return o->verdict != VERDICT_NOT_APPLICABLE && tier(o) <= measuring_tier(t);
}

static bool is_met(enum verdict v)
{
    return v == VERDICT_MET || v == VERDICT_TREATED || v == VERDICT_WAIVED;
}

static bool is_open(enum verdict v)
{
    return v == VERDICT_VIOLATED || v == VERDICT_NO_EVIDENCE;
}

static enum status status_of(const struct task_result *t)
{
    int measure = measuring_tier(t);
    size_t relevant = 0, unmet = 0, open = 0, recommended_open = 0, something = 0;
    for (size_t i = 0; i < t->n_obligations; i++) {
        const struct obligation_result *o = &t->obligations[i];
        if (o->verdict == VERDICT_NOT_APPLICABLE) continue;
        relevant++;
        something += !is_open(o->verdict);
        if (tier(o) <= measure) {
            unmet += !is_met(o->verdict);
            open += is_open(o->verdict);
        } else if (o->def->strength == STRENGTH_RECOMMENDED) {
            recommended_open += is_open(o->verdict);
        }
    }
    if (!relevant) return STATUS_NOT_RELEVANT;
    if (!unmet) return STATUS_FULLY_DONE;
    if (!open && recommended_open <= 1) return STATUS_MOSTLY_DONE;
    return something ? STATUS_PARTLY_DONE : STATUS_NOT_DONE;
}

static bool has_exceptions(const struct task_result *t)
{
    for (size_t i = 0; i < t->n_obligations; i++) {
        const struct obligation_result *o = &t->obligations[i];
        if (verdict_counts(t, o) && (o->verdict == VERDICT_WAIVED || o->verdict == VERDICT_TREATED)) return true;
    }
    return false;
}

/* Several points of one aspect as one verdict. */
static enum verdict combined(const struct task_result *t, enum aspect aspect)
{
    size_t n[VERDICT_COUNT] = {0}, all = 0;
    for (size_t i = 0; i < t->n_obligations; i++) {
        const struct obligation_result *o = &t->obligations[i];
        if (o->def->aspect != aspect || !verdict_counts(t, o)) continue;
        n[o->verdict]++;
        all++;
    }
    if (all == 0) return VERDICT_NOT_APPLICABLE;
    if (n[VERDICT_WAIVED] == all) return VERDICT_WAIVED;
    if (n[VERDICT_VIOLATED]) return VERDICT_VIOLATED;
    if (n[VERDICT_NO_EVIDENCE] == all) return VERDICT_NO_EVIDENCE;
    if (n[VERDICT_AT_RISK]) return VERDICT_AT_RISK;
    if (n[VERDICT_PARTLY_MET] || n[VERDICT_NO_EVIDENCE]) return VERDICT_PARTLY_MET;
    return n[VERDICT_TREATED] ? VERDICT_TREATED : VERDICT_MET;
}

static enum assurance weakest(const struct task_result *t)
{
    enum assurance weak = ASSURANCE_COUNT;
    for (size_t i = 0; i < t->n_obligations; i++) {
        const struct obligation_result *o = &t->obligations[i];
        if (verdict_counts(t, o) && o->assurance < weak) weak = o->assurance;
    }
    return weak == ASSURANCE_COUNT ? ASSURANCE_NONE : weak;
}

void verdict_task(struct task_result *t)
{
    t->status = status_of(t);
    t->exceptions = has_exceptions(t);
    t->designed = combined(t, ASPECT_DESIGN);
    t->operating = combined(t, ASPECT_OPERATION);
    t->assurance = weakest(t);
}
