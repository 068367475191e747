/* Lines of text for a terminal: colours, wrapping, columns. Only the reports room sees this. Pure. */
#ifndef SINETTI_REPORTS_TEXT_OUT_H
#define SINETTI_REPORTS_TEXT_OUT_H

#include "reports/reports.h"

enum tone { TONE_PLAIN, TONE_BOLD, TONE_DIM, TONE_GOOD, TONE_FAIR, TONE_BAD };

struct text_out {
    struct buf *out;
    bool colour;
    int width; /* columns */
};

void text_init(struct text_out *t, const struct report_style *s, struct buf *out);
void text_tone(struct text_out *t, enum tone tone, struct str s); /* s in that tone */
/* s over several lines that start in column `indent` and end before the width; the first goes on where it is, in column
 * `at`. Ends the line. A word wider than a line stands on one of its own. */
void text_wrap(struct text_out *t, int indent, int at, struct str s);
int text_columns(struct str s);                               /* code points */
void text_pad(struct text_out *t, struct str s, int columns); /* cut with … or filled with spaces */

enum tone tone_of_status(enum status s);
enum tone tone_of_verdict(enum verdict v);
const char *mark_of_verdict(enum verdict v); /* one column */

/* "path:line  " of a finding, made safe to show; nothing when its message begins with it. Returns the columns it took.
 */
int text_place(struct text_out *t, const struct finding *f);

/* How many points of a task have which verdict, and what the marks mean. */
void text_verdicts(struct text_out *t, const struct task_result *task);
void text_legend(struct text_out *t, enum lang lang);

#endif
