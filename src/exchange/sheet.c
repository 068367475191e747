#include "exchange/sheet.h"

#include "base/csv.h"
#include "base/file.h"
#include "base/library.h"
#include "base/limits.h"
#include "base/time.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define FLUSH (64 * KIB)
#define MOST_CELL 32767 /* characters of a cell, by the spreadsheet programs */
#define MOST_WIDTH 60.0
#define SECONDS_OF_DAY 86400.0
#define DAYS_BEFORE_1970 25569.0 /* of the calendar that spreadsheets count by */

static struct {
    LIBRARY_MEMBER(workbook_new_opt)
    LIBRARY_MEMBER(workbook_add_worksheet)
    LIBRARY_MEMBER(workbook_add_format)
    LIBRARY_MEMBER(workbook_close)
    LIBRARY_MEMBER(lxw_workbook_free)
    LIBRARY_MEMBER(worksheet_write_string)
    LIBRARY_MEMBER(worksheet_write_number)
    LIBRARY_MEMBER(worksheet_freeze_panes)
    LIBRARY_MEMBER(worksheet_autofilter)
    LIBRARY_MEMBER(worksheet_set_column)
    LIBRARY_MEMBER(format_set_bold)
    LIBRARY_MEMBER(format_set_num_format)
    LIBRARY_MEMBER(format_set_text_wrap)
    LIBRARY_MEMBER(format_set_align)
    LIBRARY_MEMBER(lxw_strerror)
} lib;
static const char *missing;
static pthread_once_t opened = PTHREAD_ONCE_INIT;

#define SYMBOL(name)                                                                                                   \
    {                                                                                                                  \
#name, &lib.name                                                                                               \
    }
static void open_library(void)
{
    const struct library_symbol symbols[] = {
        SYMBOL(workbook_new_opt),       SYMBOL(workbook_add_worksheet), SYMBOL(workbook_add_format),
        SYMBOL(workbook_close),         SYMBOL(lxw_workbook_free),      SYMBOL(worksheet_write_string),
        SYMBOL(worksheet_write_number), SYMBOL(worksheet_freeze_panes), SYMBOL(worksheet_autofilter),
        SYMBOL(worksheet_set_column),   SYMBOL(format_set_bold),        SYMBOL(format_set_num_format),
        SYMBOL(format_set_text_wrap),   SYMBOL(format_set_align),       SYMBOL(lxw_strerror)};
    missing = library_open("libxlsxwriter.so.4", symbols, sizeof symbols / sizeof *symbols);
}

struct sheet {
    int fd;
    enum sheet_format format;
    struct buf text; /* CSV that is not written yet */
    enum rc rc;      /* of a cell */
    size_t columns, column;
    uint32_t row;
    lxw_workbook *book;
    lxw_worksheet *page;
    lxw_format *bold, *date, *time, *wrap;
    char *name; /* of the file a workbook is put together in; NULL: gone */
};

const char *sheet_media_type(enum sheet_format f)
{
    return f == SHEET_XLSX ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                           : "text/csv; charset=utf-8";
}

/* --- workbooks */

/* The library writes to a name; what it wrote is then copied to the descriptor. */
static enum rc make_file(struct ctx *cx, struct sheet *s)
{
    s->name = file_temporary(cx, "sheet");
    int fd = mkstemp(s->name);
    if (fd < 0) {
        s->name = NULL;
        return fail(cx, E_IO, "cannot make a temporary file: %s", strerror(errno));
    }
    close(fd);
    return OK;
}

/* A name of a sheet is at most 31 characters and has none of []:*?/\ */
static void sheet_name(struct str title, char out[128])
{
    size_t n = 0, characters = 0, step;
    uint32_t cp;
    for (size_t at = 0; at < title.n && characters < 31 && n < 120; at += step, characters++) {
        step = str_char(title, at, &cp);
        if (!step) break;
        if (step == 1 && strchr("[]:*?/\\'", (char)cp)) continue;
        memcpy(out + n, title.p + at, step);
        n += step;
    }
    out[n] = 0;
}

static enum rc open_book(struct ctx *cx, struct sheet *s, struct str title)
{
    char name[128];
    pthread_once(&opened, open_library);
    if (missing) return fail(cx, E_IO, "a workbook needs libxlsxwriter: %s is missing", missing);
    TRY(make_file(cx, s));
    lxw_workbook_options o = {.constant_memory = LXW_TRUE};
    s->book = lib.workbook_new_opt(s->name, &o);
    sheet_name(title, name);
    if (s->book) s->page = lib.workbook_add_worksheet(s->book, name[0] ? name : NULL);
    if (!s->page) return fail(cx, E_IO, "cannot make a workbook");
    s->bold = lib.workbook_add_format(s->book);
    s->date = lib.workbook_add_format(s->book);
    s->time = lib.workbook_add_format(s->book);
    s->wrap = lib.workbook_add_format(s->book);
    lib.format_set_bold(s->bold);
    lib.format_set_num_format(s->date, "yyyy-mm-dd");
    lib.format_set_num_format(s->time, "yyyy-mm-dd hh:mm");
    lib.format_set_text_wrap(s->wrap);
    lib.format_set_align(s->wrap, LXW_ALIGN_VERTICAL_TOP);
    lib.worksheet_freeze_panes(s->page, 1, 0);
    return OK;
}

static void put_string(struct sheet *s, struct str text, lxw_format *format)
{
    size_t at = 0, step;
    uint32_t cp;
    scoped_buf b;
    for (size_t n = 0; at < text.n && n < MOST_CELL - 1; at += step, n++) {
        step = str_char(text, at, &cp);
        if (!step) break;
    }
    buf_init(&b, 0);
    buf_str(&b, str_slice(text, 0, at));
    if (at < text.n) buf_cstr(&b, "…");
    buf_char(&b, 0);
    if (buf_ok(&b) != OK ||
        lib.worksheet_write_string(s->page, s->row, (lxw_col_t)s->column, b.p, format) != LXW_NO_ERROR)
        s->rc = E_IO;
}

static void put_double(struct sheet *s, double v, lxw_format *format)
{
    if (lib.worksheet_write_number(s->page, s->row, (lxw_col_t)s->column, v, format) != LXW_NO_ERROR) s->rc = E_IO;
}

static enum rc copy(struct ctx *cx, struct sheet *s)
{
    char bytes[FLUSH];
    FILE *in = fopen(s->name, "rbe");
    if (!in) return fail(cx, E_IO, "the workbook cannot be read: %s", strerror(errno));
    enum rc rc = OK;
    for (size_t got; rc == OK && (got = fread(bytes, 1, sizeof bytes, in)) > 0;)
        if (!file_write_all(s->fd, (struct str){bytes, got})) rc = fail(cx, E_IO, "cannot write: %s", strerror(errno));
    if (rc == OK && ferror(in)) rc = fail(cx, E_IO, "the workbook cannot be read");
    (void)fclose(in);
    return rc;
}

static enum rc end_book(struct ctx *cx, struct sheet *s, struct str note)
{
    if (s->columns) lib.worksheet_autofilter(s->page, 0, 0, s->row ? s->row - 1 : 0, (lxw_col_t)(s->columns - 1));
    lxw_worksheet *about = lib.workbook_add_worksheet(s->book, "About");
    struct str line;
    if (!about) return fail(cx, E_IO, "cannot make a workbook");
    lib.worksheet_set_column(about, 0, 0, MOST_WIDTH, NULL);
    s->page = about;
    s->column = 0;
    for (s->row = 0; note.p && str_cut(&note, '\n', &line); s->row++) put_string(s, line, NULL);
    lxw_error e = lib.workbook_close(s->book);
    s->book = NULL; /* it is gone, also when it failed */
    if (e != LXW_NO_ERROR) return fail(cx, E_IO, "the workbook cannot be written: %s", lib.lxw_strerror(e));
    return copy(cx, s);
}

/* --- both */

enum rc sheet_open(struct ctx *cx, int fd, enum sheet_format format, struct str title, struct sheet **out)
{
    struct sheet *s = *out = calloc(1, sizeof *s);
    if (!s) return fail(cx, E_IO, "out of memory");
    s->fd = fd;
    s->format = format;
    buf_init(&s->text, 0);
    enum rc rc = format == SHEET_XLSX ? open_book(cx, s, title) : OK;
    if (rc == OK) return OK;
    sheet_free(s);
    *out = NULL;
    return rc;
}

void sheet_free(struct sheet *s)
{
    if (!s) return;
    if (s->book) {
        (void)lib.workbook_close(s->book);
    }
    if (s->name) unlink(s->name);
    buf_release(&s->text);
    free(s);
}

static enum rc flush(struct ctx *cx, struct sheet *s)
{
    bool fine = file_write_all(s->fd, buf_view(&s->text));
    buf_clear(&s->text);
    return fine ? OK : fail(cx, E_IO, "cannot write: %s", strerror(errno));
}

void sheet_text(struct sheet *s, struct str text)
{
    if (s->format == SHEET_XLSX) {
        if (text.n) put_string(s, text, s->row ? s->wrap : s->bold);
    } else {
        if (s->column) buf_char(&s->text, ',');
        csv_put_cell(&s->text, text);
    }
    s->column++;
}

void sheet_number(struct sheet *s, struct str decimal)
{
    char digits[64] = "", *end = digits;
    double v = 0;
    if (s->format == SHEET_XLSX && decimal.n < sizeof digits) {
        memcpy(digits, decimal.p ? decimal.p : "", decimal.n);
        digits[decimal.n] = 0;
        v = strtod(digits, &end);
    }
    if (end == digits || *end) {
        if (s->format == SHEET_CSV) { /* a plain number is no formula, though it may begin with a minus */
            if (s->column++) buf_char(&s->text, ',');
            buf_str(&s->text, decimal);
        } else {
            sheet_text(s, decimal);
        }
        return;
    }
    put_double(s, v, NULL);
    s->column++;
}

void sheet_date(struct sheet *s, struct str date)
{
    int64_t at;
    if (s->format == SHEET_CSV || date.n != 10 || time_parse(date, &at) != OK) {
        sheet_text(s, date);
        return;
    }
    put_double(s, (double)at / SECONDS_OF_DAY + DAYS_BEFORE_1970, s->date);
    s->column++;
}

void sheet_time(struct sheet *s, int64_t at)
{
    char text[32];
    if (at && s->format == SHEET_XLSX) {
        put_double(s, (double)at / SECONDS_OF_DAY + DAYS_BEFORE_1970, s->time);
        s->column++;
        return;
    }
    sheet_text(s, at ? str_from(time_format(at, text)) : STR(""));
}

enum rc sheet_row(struct ctx *cx, struct sheet *s)
{
    if (s->rc != OK) return fail(cx, s->rc, "a row cannot be written to the workbook");
    s->column = 0;
    s->row++;
    if (s->format == SHEET_XLSX) return OK;
    buf_cstr(&s->text, "\r\n");
    TRY(buf_ok(&s->text));
    return s->text.n >= FLUSH ? flush(cx, s) : OK;
}

enum rc sheet_head(struct ctx *cx, struct sheet *s, const struct str *titles, size_t n)
{
    s->columns = n;
    for (size_t i = 0; i < n; i++) {
        if (s->format == SHEET_XLSX) /* as wide as its title, and room for what stands below */
            lib.worksheet_set_column(s->page, (lxw_col_t)i, (lxw_col_t)i, titles[i].n < 16 ? 18.0 : 32.0, NULL);
        sheet_text(s, titles[i]);
    }
    return sheet_row(cx, s);
}

enum rc sheet_end(struct ctx *cx, struct sheet *s, struct str note)
{
    if (s->format == SHEET_XLSX) return end_book(cx, s, note);
    if (note.n) {
        scoped_buf line;
        buf_init(&line, 0);
        buf_cstr(&line, "# ");
        for (size_t i = 0; i < note.n; i++) buf_cstr(&line, note.p[i] == '\n' ? "; " : (char[]){note.p[i], 0});
        csv_put_cell(&s->text, buf_view(&line));
        buf_cstr(&s->text, "\r\n");
    }
    return flush(cx, s);
}
