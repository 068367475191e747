/* What the HTML report says besides the catalog's texts, in English and Finnish. Only reports/html*.c see this. Pure.
 */
#ifndef SINETTI_REPORTS_HTML_WORDS_H
#define SINETTI_REPORTS_HTML_WORDS_H

#include "rules/rules.h"

/* {s} in a word stands for one text. */
enum html_word {
    HTML_SKIP,
    HTML_TITLE, /* {s}: the repository */
    HTML_CONTENTS,
    HTML_LOOKED_AT,
    HTML_REPOSITORY,
    HTML_REVISION,
    HTML_COMMIT,
    HTML_BRANCH,
    HTML_COMMITS,
    HTML_FILES,
    HTML_ADOPTED_POINTS,
    HTML_PRESET, /* {s}: its key */
    HTML_NO_PRESET,
    HTML_CATALOG,
    HTML_PROGRAM,
    HTML_SUMMARY,
    HTML_TASKS_BY_STATUS,
    HTML_POINTS_BY_VERDICT,
    HTML_FIRST_SHORT,
    HTML_FIRST_NONE,
    HTML_FIRST_ONE,
    HTML_FIRST_TWO,
    HTML_NOTHING_FIRST,
    HTML_AS_ABOVE,
    HTML_TASKS_INTRO,
    HTML_NUMBER,
    HTML_ALL_TASKS,
    HTML_ADOPTED,
    HTML_RECORDS_ONLY,
    HTML_SWITCHED_OFF,
    HTML_STOPPED,
    HTML_BASELINE,
    HTML_BASELINE_OWNER,
    HTML_BASELINE_UNTIL,
    HTML_REST_IN_JSON,
    HTML_FRAMEWORK,
    HTML_CONTROL,
    HTML_CONTROL_TITLE,
    HTML_SOURCE,
    HTML_GRID_INTRO,
    HTML_LEGEND,
    HTML_CELL_TASK,
    HTML_CELL_TASKS,
    HTML_NO_TASK,
    HTML_NOTE,
    HTML_WORD_COUNT
};

/* {n} stands for the number; one form for 1, another for the rest. */
enum html_counted {
    HTML_N_IN_PERIOD,
    HTML_N_IN_ALL,
    HTML_N_SCOPE,
    HTML_N_JUDGED,
    HTML_N_FAILING,
    HTML_N_BASELINED,
    HTML_N_MORE,
    HTML_N_UNSHOWN,
    HTML_N_IN_JSON,
    HTML_N_CONTROLS,
    HTML_N_IN_REACH,
    HTML_N_OUTSIDE,
    HTML_N_EARLIER,
    HTML_COUNTED_COUNT
};

const char *html_word(enum html_word w, enum lang lang);
const char *html_counted(enum html_counted c, int64_t n, enum lang lang);

#endif
