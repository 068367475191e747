/* The words of the reports in English and Finnish: one table, so that every format uses the same ones. Only the reports
 * room sees this. Pure. */
#ifndef SINETTI_REPORTS_WORDS_H
#define SINETTI_REPORTS_WORDS_H

#include "rules/rules.h"

/* Words for what is computed, as shown to people. */
const char *word_verdict(enum verdict v, enum lang lang);
const char *word_status(enum status s, enum lang lang);
const char *word_assurance(enum assurance a, enum lang lang);
const char *word_coverage(enum coverage c, enum lang lang);
const char *word_priority(enum priority p, enum lang lang);
const char *word_exception(enum exception e, enum lang lang); /* of one that is none: "" */
const char *word_strength(enum strength s, enum lang lang);
const char *word_aspect(enum aspect a, enum lang lang);

/* Headings and phrases. */
enum word {
    WORD_PRODUCT, /* what this is: "Secure development assessment" */
    WORD_LOOKED_AT,
    WORD_PERIOD,
    WORD_COMMITS,
    WORD_IN_PERIOD,
    WORD_FILES,
    WORD_PRESET,
    WORD_CATALOG,
    WORD_NOTICES,
    WORD_FIRST,
    WORD_TASKS,
    WORD_TASK,
    WORD_PRIORITY,
    WORD_STATUS,
    WORD_ASSURANCE,
    WORD_FINDINGS,
    WORD_FIX,
    WORD_SETTLES,
    WORD_IN_SCOPE,
    WORD_JUDGED,
    WORD_FAILING,
    WORD_BASELINE, /* accepted until */
    WORD_MORE,     /* and N more */
    WORD_ADOPTED,
    WORD_EXCEPTIONS,
    WORD_POINT,
    WORD_COVERAGE,
    WORD_NOTHING_FOUND,
    WORD_ALL_FINE,
    WORD_ALLOW,    /* before the comment that keeps a line as it is */
    WORD_SHOWN_BY, /* before examples of what shows it */
    WORD_COUNT
};
const char *word(enum word w, enum lang lang);

/* Who says that a task answers a control: `page`, `own_judgement` … of the catalog; an unknown key gives NULL. */
const char *word_source(struct str key, enum lang lang);

#endif
