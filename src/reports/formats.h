/* One function a format. Only the reports room sees this. */
#ifndef SINETTI_REPORTS_FORMATS_H
#define SINETTI_REPORTS_FORMATS_H

#include "reports/reports.h"

void report_text(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out);
void report_json(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out);
void report_html(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out);
void report_sarif(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out);
void report_markdown(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out);

#endif
