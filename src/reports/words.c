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

const char *word_exception(enum exception e, enum lang lang)
{
    return e == EXCEPTION_WAIVED    ? word_verdict(VERDICT_WAIVED, lang)
           : e == EXCEPTION_TREATED ? word_verdict(VERDICT_TREATED, lang)
                                    : "";
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
        [ASPECT_DESIGN] = {"Designed", "Suunnittelu"},
        [ASPECT_OPERATION] = {"Operating", "Toimivuus"},
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
        [WORD_PRESET] = {"Preset", "Esiasetus"},
        [WORD_CATALOG] = {"Catalog", "Katalogi"},
        [WORD_NOTICES] = {"Before you read", "Ota huomioon"},
        [WORD_FIRST] = {"Three things to do first", "Kolme asiaa, joista aloittaa"},
        [WORD_TASKS] = {"Tasks", "Tehtävät"},
        [WORD_TASK] = {"Task", "Tehtävä"},
        [WORD_PRIORITY] = {"Priority", "Prioriteetti"},
        [WORD_STATUS] = {"Status", "Tila"},
        [WORD_ASSURANCE] = {"Assurance", "Varmuus"},
        [WORD_FINDINGS] = {"Findings", "Havainnot"},
        [WORD_FIX] = {"How to fix", "Näin korjaat"},
        [WORD_SETTLES] = {"To get evidence", "Näin saat näyttöä"},
        [WORD_IN_SCOPE] = {"in scope", "tarkasteltavaa"},
        [WORD_JUDGED] = {"judged", "arvioitua"},
        [WORD_FAILING] = {"failing", "puutteellista"},
        [WORD_BASELINE] = {"accepted until", "hyväksytty, voimassa"},
        [WORD_MORE] = {"more", "lisää"},
        [WORD_ADOPTED] = {"adopted", "otettu käyttöön"},
        [WORD_EXCEPTIONS] = {"with exceptions", "poikkeuksin"},
        [WORD_POINT] = {"Requirement point", "Vaatimuskohta"},
        [WORD_COVERAGE] = {"Control coverage", "Hallintakeinojen kattavuus"},
        [WORD_NOTHING_FOUND] = {"Nothing to report.", "Ei raportoitavaa."},
        [WORD_SHOWN_BY] = {"Shown by, for example", "Näyttönä esimerkiksi"},
        [WORD_ALLOW] = {"To keep it, say why in a comment on the line:",
                        "Jos rivin kuuluu olla näin, perustele se rivin kommentissa:"},
        [WORD_ALL_FINE] = {"No findings in this change.", "Muutoksessa ei ole havaintoja."},
    };
    return table[w][lang];
}

const char *word_source(struct str key, enum lang lang)
{
    static const struct {
        struct str key;
        const char *word[LANG_COUNT];
    } table[] = {
        {STR("page"), {"The task's source page", "Tehtävän lähdesivu"}},
        {STR("annex_b"), {"Editions 2013 and 2022 compared", "Versioiden 2013 ja 2022 vertailu"}},
        {STR("csf_map"), {"Public mapping of CSF 1.1 to 2.0", "Julkinen vastaavuustaulukko CSF 1.1–2.0"}},
        {STR("own_judgement"), {"Our own judgement", "Oma arviomme"}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_eq(key, table[i].key)) return table[i].word[lang];
    return NULL;
}
