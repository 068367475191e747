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
const char *word_strength(enum strength s, enum lang lang);
const char *word_aspect(enum aspect a, enum lang lang);

#endif
