/* Findings as they stand in answers. */
#ifndef SINETTI_API_FINDING_H
#define SINETTI_API_FINDING_H

#include "api/api.h"

/* What is selected of `finding f LEFT JOIN repository r`, which those of the organization have none of, first of all
 * columns; ?2 is the language. */
#define FINDING_COLUMNS                                                                                                \
    "f.id, nullif(f.repository, 'org'), r.name, f.task, f.point, f.subject, f.path, f.line, f.commit_oid,"             \
    " CASE ?2 WHEN 'fi' THEN f.message_fi ELSE f.message_en END, CASE ?2 WHEN 'fi' THEN f.fix_fi ELSE f.fix_en END,"   \
    " nullif(f.exception, ''), f.baseline_until, f.open, nullif(f.first_seen, 0), f.assessment"

/* The row, columns from `i` on, as a Finding. */
void finding_put(struct json *j, sqlite3_stmt *st, int i);

#endif
