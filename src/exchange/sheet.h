/* A table written row by row, in bounded memory: CSV (RFC 4180, UTF-8), or a workbook for spreadsheet programs (XLSX,
 * by libxlsxwriter) with its first row frozen, a filter on it, dates as dates, numbers as numbers, and never a formula.
 *
 * Cells come in order; after sheet_head() each row has as many. Threads: one. */
#ifndef SINETTI_EXCHANGE_SHEET_H
#define SINETTI_EXCHANGE_SHEET_H

#include "base/ctx.h"

enum sheet_format { SHEET_CSV, SHEET_XLSX };
struct sheet;

/* Writes to `fd`, which stays the caller's. A workbook grows in a file of its own, without a name, beside it. E_IO when
 * there is no libxlsxwriter. */
enum rc sheet_open(struct ctx *cx, int fd, enum sheet_format format, struct str title, struct sheet **out) MUST_CHECK;
enum rc sheet_head(struct ctx *cx, struct sheet *s, const struct str *titles, size_t n) MUST_CHECK;
void sheet_text(struct sheet *s, struct str text);
void sheet_number(struct sheet *s, struct str decimal);        /* empty: nothing */
void sheet_date(struct sheet *s, struct str date);             /* 2026-06-30; what is none is written as text */
void sheet_time(struct sheet *s, int64_t at);                  /* Unix seconds, shown in UTC; 0: nothing */
enum rc sheet_row(struct ctx *cx, struct sheet *s) MUST_CHECK; /* the row is whole */
/* `note`: what the export says of itself: the last line of a CSV, the second sheet of a workbook (a line each). Nothing
 * is whole without it. sheet_free() in any case. */
enum rc sheet_end(struct ctx *cx, struct sheet *s, struct str note) MUST_CHECK;
void sheet_free(struct sheet *s);

const char *sheet_media_type(enum sheet_format f);

#endif
