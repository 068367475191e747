/* Tasks and points made by hand, from short words: "must:met rec+:violated ex:waived/d must:at_risk/w". A "+" is a
 * point that is adopted, "/d" one about a rule (design; else operation), "/w", "/f", "/s" its assurance. */
#ifndef TESTS_RULES_MAKE_H
#define TESTS_RULES_MAKE_H

#include "rules/verdicts.h" /* before cmocka, whose fail is a macro */

#include "unit.h"

#define MADE_POINTS 8

struct made {
    struct task_result task;
    struct catalog_task task_def;
    struct obligation_result points[MADE_POINTS];
    struct catalog_obligation defs[MADE_POINTS];
};

static inline enum verdict verdict_named(struct str name)
{
    for (int v = 0; v < VERDICT_COUNT; v++)
        if (str_eq(name, str_from(verdict_name(v)))) return v;
    fail_msg("no verdict " STR_FMT, STR_ARG(name));
    return VERDICT_COUNT;
}

static inline void make_point(struct made *m, struct str word)
{
    struct obligation_result *o = &m->points[m->task.n_obligations];
    struct catalog_obligation *def = &m->defs[m->task.n_obligations];
    struct str strength, verdict, flags = word;
    assert_true(m->task.n_obligations < MADE_POINTS);
    assert_true(str_cut(&flags, ':', &strength) && str_cut(&flags, '/', &verdict));
    *o = (struct obligation_result){.def = def, .verdict = verdict_named(verdict)};
    *def =
        (struct catalog_obligation){.key = word, .aspect = ASPECT_OPERATION, .point = (int)m->task.n_obligations + 1};
    o->adopted = str_ends(strength, STR("+"));
    def->strength = str_starts(strength, STR("must"))  ? STRENGTH_MUST
                    : str_starts(strength, STR("rec")) ? STRENGTH_RECOMMENDED
                                                       : STRENGTH_EXAMPLE;
    if (str_has(flags, STR("d"))) def->aspect = ASPECT_DESIGN;
    o->assurance = str_has(flags, STR("s"))   ? ASSURANCE_STRONG
                   : str_has(flags, STR("f")) ? ASSURANCE_FAIR
                   : str_has(flags, STR("w")) ? ASSURANCE_WEAK
                                              : ASSURANCE_NONE;
    m->task.n_obligations++;
}

static inline void make_task(struct made *m, const char *words)
{
    struct str rest = str_from(words), word;
    *m = (struct made){0};
    m->task.def = &m->task_def;
    m->task.obligations = m->points;
    while (str_cut(&rest, ' ', &word))
        if (word.n) make_point(m, word);
}

#endif
