/* Read-only views of an assessment: text, JSON, HTML, SARIF, Markdown. They compute nothing and read nothing else, so
 * that all of them say the same. Messages and fixes are in the assessment already safe to show; paths and subjects are
 * the bytes they are. Each format escapes both for itself. Pure apart from the ctx's arena. */
#ifndef SINETTI_REPORTS_REPORTS_H
#define SINETTI_REPORTS_REPORTS_H

#include "rules/rules.h"

enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_HTML, REPORT_SARIF, REPORT_MARKDOWN, REPORT_FORMAT_COUNT };

/* "text", "json", "html", "sarif", "markdown"; E_INVALID otherwise, with the list. */
enum rc report_format_parse(struct ctx *cx, struct str name, enum report_format *out) MUST_CHECK;
/* By the file's suffix (.txt .json .html .htm .sarif .sarif.json .md); E_INVALID when it has none of them. */
enum rc report_format_of_file(struct ctx *cx, struct str file, enum report_format *out) MUST_CHECK;

struct report_style {
    bool colour; /* of text: ANSI colours */
    int width;   /* of text: columns, 0 for 100 */
};

/* E_LIMIT when the buffer is too small. */
enum rc report_write(struct ctx *cx, const struct assessment *a, enum report_format format,
                     const struct report_style *s, struct buf *out) MUST_CHECK;

/* What `sinetti check` prints: findings of a change, at most a screenful. */
void report_check(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out);

/* What `sinetti status` prints, as text or JSON. */
void report_standing(struct ctx *cx, const struct standing *s, bool json, enum lang lang,
                     const struct report_style *style, struct buf *out);

#endif
