#include "reports/html_words.h"

const char *html_word(enum html_word w, enum lang lang)
{
    static const char *const table[HTML_WORD_COUNT][LANG_COUNT] = {
        [HTML_SKIP] = {"Skip to the report", "Siirry raporttiin"},
        [HTML_TITLE] = {"{s}: secure development assessment", "{s}: turvallisen kehittämisen arviointi"},
        [HTML_CONTENTS] = {"Contents", "Sisältö"},
        [HTML_LOOKED_AT] = {"What was looked at", "Mitä tarkasteltiin"},
        [HTML_REPOSITORY] = {"Repository", "Repositorio"},
        [HTML_REVISION] = {"Revision", "Revisio"},
        [HTML_COMMIT] = {"Commit", "Commit"},
        [HTML_BRANCH] = {"Branch", "Haara"},
        [HTML_COMMITS] = {"Commits", "Commitit"},
        [HTML_FILES] = {"Files", "Tiedostot"},
        [HTML_ADOPTED_POINTS] = {"Adopted points", "Käyttöön otetut kohdat"},
        [HTML_PRESET] = {"Preset {s}", "Esiasetus {s}"},
        [HTML_NO_PRESET] = {"None besides the musts", "Ei muita kuin pakolliset"},
        [HTML_CATALOG] = {"Catalog digest", "Katalogin tiiviste"},
        [HTML_PROGRAM] = {"Program", "Ohjelma"},
        [HTML_SUMMARY] = {"Where things stand", "Kokonaistilanne"},
        [HTML_TASKS_BY_STATUS] = {"Tasks by status", "Tehtävät tilan mukaan"},
        [HTML_POINTS_BY_VERDICT] = {"Requirement points by verdict", "Vaatimuskohdat tuloksen mukaan"},
        [HTML_FIRST_SHORT] = {"Do first", "Aloita näistä"},
        [HTML_FIRST_NONE] = {"Nothing to do first", "Ei kiireellistä tehtävää"},
        [HTML_FIRST_ONE] = {"One thing to do first", "Yksi asia, josta aloittaa"},
        [HTML_FIRST_TWO] = {"Two things to do first", "Kaksi asiaa, joista aloittaa"},
        [HTML_NOTHING_FIRST] = {"Nothing calls for action.", "Mikään ei vaadi toimia."},
        [HTML_AS_ABOVE] = {"as above.", "kuten edellä."},
        [HTML_TASKS_INTRO] = {"Status is computed from what the repository shows, never typed in.",
                              "Tila lasketaan siitä, mitä repositorio näyttää. Sitä ei voi kirjata käsin."},
        [HTML_NUMBER] = {"Number", "Numero"},
        [HTML_ALL_TASKS] = {"All tasks", "Kaikki tehtävät"},
        [HTML_ADOPTED] = {"adopted, counts as a must", "käyttöön otettu, lasketaan pakolliseksi"},
        [HTML_RECORDS_ONLY] = {"shown by records only", "osoitetaan vain kirjauksilla"},
        [HTML_SWITCHED_OFF] = {"check switched off", "tarkistus pois käytöstä"},
        [HTML_STOPPED] = {"check stopped at a limit", "tarkistus keskeytyi rajaan"},
        [HTML_BASELINE] = {"Accepted in the baseline", "Hyväksytty lähtötasoon"},
        [HTML_BASELINE_OWNER] = {"owner", "vastuuhenkilö"},
        [HTML_BASELINE_UNTIL] = {"until", "päättyy"},
        [HTML_REST_IN_JSON] = {"The JSON report lists them.", "Ne ovat JSON-raportissa."},
        [HTML_FRAMEWORK] = {"Framework", "Viitekehys"},
        [HTML_CONTROL] = {"Control", "Hallintakeino"},
        [HTML_CONTROL_TITLE] = {"Title", "Nimi"},
        [HTML_SOURCE] = {"Mapped by", "Liitoksen peruste"},
        [HTML_GRID_INTRO] =
            {"Each cell is a control; its colour and symbol come from the status of the tasks mapped to "
             "it, which it names by number. Controls outside Sinetti are not about secure development: "
             "nothing is said of them, and no grid here is a whole Statement of Applicability.",
             "Jokainen ruutu on hallintakeino. Sen väri ja merkki tulevat siihen liitettyjen "
             "tehtävien tilasta, ja ruutu nimeää tehtävät numeroin. Sinetin ulkopuoliset "
             "hallintakeinot eivät koske turvallista kehittämistä: niistä ei sanota mitään, eikä "
             "mikään näistä taulukoista ole kokonainen soveltuvuuslausunto (SoA)."},
        [HTML_LEGEND] = {"Key to the cells", "Ruutujen merkit"},
        [HTML_CELL_TASK] = {"Task", "Tehtävä"},
        [HTML_CELL_TASKS] = {"Tasks", "Tehtävät"},
        [HTML_NO_TASK] = {"No task", "Ei tehtävää"},
        [HTML_NOTE] = {"How to read this report", "Näin luet raporttia"},
    };
    return table[w][lang];
}

const char *html_counted(enum html_counted c, int64_t n, enum lang lang)
{
    static const char *const table[HTML_COUNTED_COUNT][LANG_COUNT][2] = {
        [HTML_N_IN_PERIOD] = {{"{n} in the period", "{n} in the period"}, {"{n} jaksolla", "{n} jaksolla"}},
        [HTML_N_IN_ALL] = {{"{n} in all", "{n} in all"}, {"{n} kaikkiaan", "{n} kaikkiaan"}},
        [HTML_N_SCOPE] = {{"{n} in scope", "{n} in scope"}, {"{n} tarkasteltava", "{n} tarkasteltavaa"}},
        [HTML_N_JUDGED] = {{"{n} judged", "{n} judged"}, {"{n} arvioitu", "{n} arvioitua"}},
        [HTML_N_FAILING] = {{"{n} failing", "{n} failing"}, {"{n} puutteellinen", "{n} puutteellista"}},
        [HTML_N_BASELINED] = {{"{n} in the baseline", "{n} in the baseline"}, {"{n} lähtötasossa", "{n} lähtötasossa"}},
        [HTML_N_MORE] = {{"{n} more finding", "{n} more findings"}, {"{n} havainto lisää", "{n} havaintoa lisää"}},
        [HTML_N_UNSHOWN] = {{"{n} further finding is not shown here.", "{n} further findings are not shown here."},
                            {"Lisäksi {n} havainto on jätetty pois tästä.",
                             "Lisäksi {n} havaintoa on jätetty pois tästä."}},
        [HTML_N_IN_JSON] = {{"The JSON report lists the first {n}.", "The JSON report lists the first {n}."},
                            {"JSON-raportissa on ensimmäinen {n}.", "JSON-raportissa on ensimmäiset {n}."}},
        [HTML_N_CONTROLS] = {{"{n} control", "{n} controls"}, {"{n} hallintakeino", "{n} hallintakeinoa"}},
        [HTML_N_IN_REACH] = {{"{n} control about secure development", "{n} controls about secure development"},
                             {"{n} hallintakeino koskee turvallista kehittämistä",
                              "{n} hallintakeinoa koskee turvallista kehittämistä"}},
        [HTML_N_OUTSIDE] = {{"{n} outside Sinetti", "{n} outside Sinetti"},
                            {"{n} Sinetin ulkopuolella", "{n} Sinetin ulkopuolella"}},
        [HTML_N_EARLIER] = {{"Earlier editions ({n} framework)", "Earlier editions ({n} frameworks)"},
                            {"Aiemmat versiot ({n} viitekehys)", "Aiemmat versiot ({n} viitekehystä)"}},
    };
    return table[c][lang][n != 1];
}
