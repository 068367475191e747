/* Assessments as they stand in answers. */
#ifndef SINETTI_API_ASSESSMENT_H
#define SINETTI_API_ASSESSMENT_H

#include "api/api.h"

/* What is selected of `derived.assessment a`. */
#define ASSESSMENT_COLUMNS "a.assessment, a.repository, a.at, a.until, a.head, a.has_report, a.findings, a.new, a.gone"

void assessment_put_row(struct json *j, sqlite3_stmt *st); /* an AssessmentRow */
/* Rows of (point, verdict, assurance, in_scope, judged, failing) as RepositoryPoints, as long as there are any. */
enum rc assessment_put_points(struct ctx *cx, struct api_call *call, sqlite3_stmt *st) MUST_CHECK;

#endif
