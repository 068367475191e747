#include "reports/words.h"

typedef const char *const words[LANG_COUNT];

const char *word_verdict(enum verdict v, enum lang lang)
{
    static words table[VERDICT_COUNT] = {
        [VERDICT_NOT_APPLICABLE] = {"Not applicable", "Ei sovellu"},
        [VERDICT_WAIVED] = {"Waived", "Poikkeus myönnetty"},
        [VERDICT_VIOLATED] = {"Violated", "Rikottu"},
        [VERDICT_TREATED] = {"Treated", "Käsitelty"},
        [VERDICT_AT_RISK] = {"At risk", "Vaarassa"},
        [VERDICT_PARTLY_MET] = {"Partly met", "Osin täytetty"},
        [VERDICT_MET] = {"Met", "Täytetty"},
        [VERDICT_NO_EVIDENCE] = {"No evidence", "Ei näyttöä"},
    };
    return table[v][lang];
}

const char *word_status(enum status s, enum lang lang)
{
    static words table[STATUS_COUNT] = {
        [STATUS_FULLY_DONE] = {"Fully done", "Täysin tehty"},
        [STATUS_MOSTLY_DONE] = {"Mostly done", "Enimmäkseen tehty"},
        [STATUS_PARTLY_DONE] = {"Partly done", "Osin tehty"},
        [STATUS_NOT_DONE] = {"Not done", "Ei tehty"},
        [STATUS_NOT_RELEVANT] = {"Not relevant", "Ei koske meitä"},
    };
    return table[s][lang];
}

const char *word_assurance(enum assurance a, enum lang lang)
{
    static words table[ASSURANCE_COUNT] = {
        [ASSURANCE_NONE] = {"None", "Ei mitään"},      [ASSURANCE_WEAK] = {"Weak", "Heikko"},
        [ASSURANCE_FAIR] = {"Fair", "Kohtalainen"},    [ASSURANCE_STRONG] = {"Strong", "Vahva"},
        [ASSURANCE_PROVEN] = {"Proven", "Todennettu"},
    };
    return table[a][lang];
}

const char *word_coverage(enum coverage c, enum lang lang)
{
    static words table[COVERAGE_COUNT] = {
        [COVERAGE_ALL_DONE] = {"Every task fully done", "Kaikki tehtävät täysin tehty"},
        [COVERAGE_DONE_BUT_LOW] = {"Done when low priority is left out",
                                   "Tehty, kun matalan prioriteetin tehtäviä ei lasketa"},
        [COVERAGE_SOME_DONE] = {"At least one task done", "Vähintään yksi tehtävä tehty"},
        [COVERAGE_ACTIVE] = {"Started, none done", "Aloitettu, mitään ei tehty"},
        [COVERAGE_INACTIVE] = {"Nothing shown yet", "Mitään ei vielä näytetty"},
        [COVERAGE_NOT_APPLICABLE] = {"Not applicable", "Ei sovellu"},
        [COVERAGE_OUTSIDE] = {"Outside Sinetti", "Sinetin ulkopuolella"},
    };
    return table[c][lang];
}

const char *word_priority(enum priority p, enum lang lang)
{
    static words table[PRIORITY_COUNT] = {
        [PRIORITY_CRITICAL] = {"Critical", "Kriittinen"},
        [PRIORITY_HIGH] = {"High", "Korkea"},
        [PRIORITY_NORMAL] = {"Normal", "Normaali"},
        [PRIORITY_LOW] = {"Low", "Matala"},
    };
    return table[p][lang];
}

const char *word_strength(enum strength s, enum lang lang)
{
    static words table[STRENGTH_COUNT] = {
        [STRENGTH_MUST] = {"Must", "Pakollinen"},
        [STRENGTH_RECOMMENDED] = {"Recommended", "Suositus"},
        [STRENGTH_EXAMPLE] = {"Example", "Esimerkki"},
    };
    return table[s][lang];
}

const char *word_aspect(enum aspect a, enum lang lang)
{
    static words table[ASPECT_COUNT] = {
        [ASPECT_DESIGN] = {"Designed", "Suunniteltu"},
        [ASPECT_OPERATION] = {"Operating", "Toimii"},
    };
    return table[a][lang];
}

const char *word(enum word w, enum lang lang)
{
    static words table[WORD_COUNT] = {
        [WORD_PRODUCT] = {"Secure development assessment", "Turvallisen kehittämisen arviointi"},
        [WORD_LOOKED_AT] = {"Looked at", "Tarkasteltu"},
        [WORD_PERIOD] = {"Audit period", "Tarkastelujakso"},
        [WORD_COMMITS] = {"commits", "commitia"},
        [WORD_IN_PERIOD] = {"in the period", "jaksolla"},
        [WORD_FILES] = {"files", "tiedostoa"},
        [WORD_PRESET] = {"Preset", "Esivalinta"},
        [WORD_CATALOG] = {"Catalog", "Luettelo"},
        [WORD_NOTICES] = {"Please note", "Huomaa"},
        [WORD_FIRST] = {"Three things to do first", "Kolme ensimmäistä asiaa"},
        [WORD_TASKS] = {"Tasks", "Tehtävät"},
        [WORD_TASK] = {"Task", "Tehtävä"},
        [WORD_PRIORITY] = {"Priority", "Prioriteetti"},
        [WORD_STATUS] = {"Status", "Tila"},
        [WORD_ASSURANCE] = {"Assurance", "Varmuus"},
        [WORD_FINDINGS] = {"Findings", "Havainnot"},
        [WORD_FIX] = {"How to fix", "Näin korjaat"},
        [WORD_SETTLES] = {"What would show it", "Mikä antaisi näytön"},
        [WORD_IN_SCOPE] = {"in scope", "piirissä"},
        [WORD_JUDGED] = {"judged", "arvioitu"},
        [WORD_FAILING] = {"failing", "puutteellisia"},
        [WORD_BASELINE] = {"accepted until", "hyväksytty, voimassa"},
        [WORD_MORE] = {"more", "lisää"},
        [WORD_ADOPTED] = {"adopted", "otettu käyttöön"},
        [WORD_EXCEPTIONS] = {"with exceptions", "poikkeuksin"},
        [WORD_POINT] = {"Requirement point", "Vaatimuskohta"},
        [WORD_COVERAGE] = {"Control coverage", "Hallintakeinojen kattavuus"},
        [WORD_NOTHING_FOUND] = {"Nothing to report.", "Ei raportoitavaa."},
        [WORD_ALL_FINE] = {"No findings in this change.", "Muutoksessa ei ole havaintoja."},
    };
    return table[w][lang];
}
