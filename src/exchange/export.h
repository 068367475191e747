/* Items of a register into a file: CSV that exchange_read() reads back, a workbook for people, or JSON. Written row by
 * row in bounded memory. Each says when, with which filters and at which state of the log it was made.
 *
 * Threads: one. */
#ifndef SINETTI_EXCHANGE_EXPORT_H
#define SINETTI_EXCHANGE_EXPORT_H

#include "catalog/record.h"
#include "ledger/log_reader.h"

enum export_format { EXPORT_CSV, EXPORT_XLSX, EXPORT_JSON, EXPORT_FORMATS };
bool export_format_find(struct str name, enum export_format *out);
const char *export_media_type(enum export_format f);

struct export_filter {
    struct str state, phase, owner, shows, q; /* STR_NONE: all */
    bool overdue;                             /* its review has passed */
};

struct export_options {
    struct log_reader *reader; /* whose state is written */
    const struct catalog *catalog;
    const struct record_kind *kind;
    struct export_filter filter;
    enum export_format format;
    enum lang lang; /* of a workbook; CSV and JSON have keys */
    int64_t now;    /* Unix seconds */
    bool plain;     /* a CSV without the line that tells of it */
};

enum rc exchange_export(struct ctx *cx, const struct export_options *o, int fd) MUST_CHECK;
/* guideline-2026-11-24.csv */
struct str exchange_export_name(struct ctx *cx, const struct export_options *o);

/* What an export says of itself, a line each: what, when, filters, origin, size and root of the log. */
void exchange_note(struct ctx *cx, struct log_reader *r, struct str what, struct str filters, int64_t now,
                   struct buf *out);

#endif
