/* CSV (RFC 4180): rows read one at a time from a descriptor in bounded memory, and cells written so that no spreadsheet
 * takes them for formulas.
 *
 * Read: UTF-8, with or without a byte order mark; lines end in LF or CRLF; a cell in quotes may hold separators, quotes
 * (doubled) and line breaks. Cells are separated by what the first line has most of outside quotes: comma, semicolon or
 * tab. Refused, with the line: bytes that are not UTF-8, U+0000, a quote that never ends or something behind its end, a
 * quote within a cell that does not begin with one, more than LIMIT_CSV_COLUMNS cells, a row over LIMIT_CSV_ROW.
 *
 * A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return) is written
 * with an apostrophe before it; so is one that begins with apostrophes and then such a sign. csv_plain() takes exactly
 * that apostrophe away again, so that what was written is read as it was.
 *
 * Threads: one reader, one thread. */
#ifndef SINETTI_BASE_CSV_H
#define SINETTI_BASE_CSV_H

#include "base/ctx.h"

struct csv;

/* Reads from `fd`, which stays the caller's, from where it stands. */
enum rc csv_open(struct ctx *cx, int fd, struct csv **out) MUST_CHECK;
void csv_close(struct csv *c);

struct csv_row {
    int64_t line; /* of its first byte, from 1 */
    const struct str *cells;
    size_t n; /* 0: the end */
};
/* The next row that is not an empty line; borrowed until the next call. E_INVALID and E_LIMIT say what is wrong in
 * cx->message, without the line, which is in out->line; the reader is then at its end. E_IO. */
enum rc csv_next(struct ctx *cx, struct csv *c, struct csv_row *out) MUST_CHECK;
int64_t csv_bytes(const struct csv *c); /* read so far */

/* A cell as it was before csv_put_cell(). */
struct str csv_plain(struct str cell);
/* Appends a cell, quoted where it must be. */
void csv_put_cell(struct buf *out, struct str s);

#endif
