#include "base/csv.h"

#include "base/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK (64 * KIB)

struct csv {
    int fd;
    char bytes[CHUNK];
    size_t at, n;
    bool end, over;
    char separator; /* 0: not known yet */
    int64_t line, taken;
    struct buf row;                      /* all cells of the row, one behind the other */
    size_t ends[LIMIT_CSV_COLUMNS];      /* where each ends in it */
    struct str cells[LIMIT_CSV_COLUMNS]; /* as they are given */
    size_t columns;
};

enum rc csv_open(struct ctx *cx, int fd, struct csv **out)
{
    struct csv *c = *out = calloc(1, sizeof *c);
    if (!c) return fail(cx, E_IO, "out of memory");
    c->fd = fd;
    c->line = 1;
    buf_init(&c->row, LIMIT_CSV_ROW);
    return OK;
}

void csv_close(struct csv *c)
{
    if (!c) return;
    buf_release(&c->row);
    free(c);
}

int64_t csv_bytes(const struct csv *c)
{
    return c->taken - (int64_t)(c->n - c->at);
}

/* Keeps what is not used up and reads more behind it. */
static enum rc fill(struct ctx *cx, struct csv *c)
{
    memmove(c->bytes, c->bytes + c->at, c->n - c->at);
    c->n -= c->at;
    c->at = 0;
    while (!c->end && c->n < sizeof c->bytes) {
        ssize_t got = read(c->fd, c->bytes + c->n, sizeof c->bytes - c->n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(cx, E_IO, "the file cannot be read: %s", strerror(errno));
        c->end = got == 0;
        c->n += (size_t)got;
        c->taken += got;
    }
    return OK;
}

/* The next byte without taking it; -1 at the end. */
static enum rc peek(struct ctx *cx, struct csv *c, int *out)
{
    if (c->at == c->n && !c->end) TRY(fill(cx, c));
    *out = c->at < c->n ? (unsigned char)c->bytes[c->at] : -1;
    return OK;
}

/* What the first line has most of, outside quotes; all of it is in the first chunk or it is no header. */
static void find_separator(struct csv *c)
{
    static const char signs[] = {',', ';', '\t'};
    size_t counts[3] = {0}, most = 0;
    bool quoted = false;
    for (size_t i = c->at; i < c->n && (quoted || c->bytes[i] != '\n'); i++) {
        if (c->bytes[i] == '"') quoted = !quoted;
        for (size_t s = 0; s < 3; s++) counts[s] += !quoted && c->bytes[i] == signs[s];
    }
    for (size_t s = 1; s < 3; s++)
        if (counts[s] > counts[most]) most = s;
    c->separator = signs[most];
}

static enum rc begin(struct ctx *cx, struct csv *c)
{
    TRY(fill(cx, c));
    if (c->n >= 3 && !memcmp(c->bytes, "\xef\xbb\xbf", 3)) c->at = 3;
    if (c->n >= 2 && (!memcmp(c->bytes, "\xff\xfe", 2) || !memcmp(c->bytes, "\xfe\xff", 2)))
        return fail(cx, E_INVALID, "the file is UTF-16: save it as CSV in UTF-8");
    if (c->n >= 4 && !memcmp(c->bytes, "PK\3\4", 4))
        return fail(cx, E_INVALID, "the file is a workbook or an archive: save it as CSV in UTF-8");
    find_separator(c);
    return OK;
}

static enum rc end_cell(struct ctx *cx, struct csv *c)
{
    if (c->columns == LIMIT_CSV_COLUMNS) return fail(cx, E_LIMIT, "a row has more than %d cells", LIMIT_CSV_COLUMNS);
    c->ends[c->columns++] = c->row.n;
    return OK;
}

/* Behind the quote that a cell begins with, up to the one that ends it. */
static enum rc read_quoted(struct ctx *cx, struct csv *c)
{
    for (;;) {
        int b;
        TRY(peek(cx, c, &b));
        if (b < 0) return fail(cx, E_INVALID, "a quote (\") that begins a cell is never closed");
        c->at++;
        if (b == '"') {
            TRY(peek(cx, c, &b));
            if (b != '"') return OK;
            c->at++;
        }
        if (b == '\n') c->line++;
        buf_char(&c->row, (char)b);
        TRY(buf_ok(&c->row) == OK ? OK : fail(cx, E_LIMIT, "a row is longer than %llu bytes", LIMIT_CSV_ROW));
    }
}

static enum rc read_plain(struct ctx *cx, struct csv *c)
{
    for (;;) {
        int b;
        TRY(peek(cx, c, &b));
        if (b < 0 || b == '\n' || b == c->separator) return OK;
        if (b == '"') return fail(cx, E_INVALID, "a quote (\") stands within a cell that does not begin with one");
        c->at++;
        if (b == '\r') { /* of a line's end, or what somebody put there */
            int next;
            TRY(peek(cx, c, &next));
            if (next == '\n' || next < 0) return OK;
        }
        buf_char(&c->row, (char)b);
        TRY(buf_ok(&c->row) == OK ? OK : fail(cx, E_LIMIT, "a row is longer than %llu bytes", LIMIT_CSV_ROW));
    }
}

/* One cell, and what stands behind it: *more when that is a separator. */
static enum rc read_cell(struct ctx *cx, struct csv *c, bool *more)
{
    int b;
    TRY(peek(cx, c, &b));
    if (b == '"') {
        c->at++;
        TRY(read_quoted(cx, c));
        TRY(peek(cx, c, &b));
        if (b == '\r') {
            c->at++;
            TRY(peek(cx, c, &b));
            if (b >= 0 && b != '\n') b = 'x';
        }
        if (b >= 0 && b != '\n' && b != c->separator)
            return fail(cx, E_INVALID, "something stands behind the quote that ends a cell");
    } else {
        TRY(read_plain(cx, c));
        TRY(peek(cx, c, &b));
    }
    TRY(end_cell(cx, c));
    *more = b == c->separator;
    if (b >= 0) c->at++;
    if (b == '\n') c->line++;
    return OK;
}

static enum rc read_row(struct ctx *cx, struct csv *c, struct csv_row *out)
{
    int b;
    bool more = true;
    do {
        TRY(peek(cx, c, &b));
        *out = (struct csv_row){.line = c->line};
        if (b < 0) return OK;
        buf_clear(&c->row);
        c->columns = 0;
        for (more = true; more;) TRY(read_cell(cx, c, &more));
    } while (c->columns == 1 && !c->row.n); /* an empty line */
    struct str all = buf_view(&c->row);
    if (all.n && memchr(all.p, 0, all.n)) return fail(cx, E_INVALID, "the row has a NUL character");
    for (size_t i = 0, from = 0; i < c->columns; from = c->ends[i++]) {
        c->cells[i] = str_slice(all, from, c->ends[i]);
        if (!str_is_utf8(c->cells[i]))
            return fail(cx, E_INVALID, "the row is not UTF-8: save the file as CSV in UTF-8");
    }
    out->cells = c->cells;
    out->n = c->columns;
    return OK;
}

enum rc csv_next(struct ctx *cx, struct csv *c, struct csv_row *out)
{
    *out = (struct csv_row){.line = c->line};
    if (c->over) return OK;
    enum rc rc = c->separator ? OK : begin(cx, c);
    if (rc == OK) rc = read_row(cx, c, out);
    c->over = rc != OK || !out->n;
    return rc;
}

/* --- cells */

/* It begins with any number of apostrophes, and then a sign that makes a formula. */
static bool is_formula(struct str s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] == '\'') i++;
    return i < s.n && memchr("=+-@\t\r", s.p[i], 6);
}

struct str csv_plain(struct str cell)
{
    return cell.n && cell.p[0] == '\'' && is_formula(cell) ? str_slice(cell, 1, cell.n) : cell;
}

void csv_put_cell(struct buf *out, struct str s)
{
    bool formula = is_formula(s), quoted = formula;
    for (size_t i = 0; i < s.n && !quoted; i++) quoted = s.p[i] && strchr("\",;\t\r\n", s.p[i]);
    if (quoted) buf_char(out, '"');
    if (formula) buf_char(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_char(out, '"');
        buf_char(out, s.p[i]);
    }
    if (quoted) buf_char(out, '"');
}
