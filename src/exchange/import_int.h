/* Inside the room: what the files of an import share. */
#ifndef SINETTI_EXCHANGE_IMPORT_INT_H
#define SINETTI_EXCHANGE_IMPORT_INT_H

#include "base/csv.h"
#include "base/digest.h"
#include "base/limits.h"
#include "exchange/cells.h"
#include "exchange/import.h"

enum column_of { COLUMN_NUMBER, COLUMN_TITLE, COLUMN_OWNER, COLUMN_STATE, COLUMN_SHOWS, COLUMN_FIELD };

struct column {
    enum column_of of;
    const struct record_field *field;
    struct str name; /* its key */
};

struct exchange {
    struct exchange_options o;
    struct exchange_counts counts;
    sqlite3 *stage;
    sqlite3_stmt *put_row, *put_fault, *put_field, *take, *by_number, *by_key, *item, *shows, *walk;
    struct names *names;
    struct column columns[LIMIT_CSV_COLUMNS];
    size_t n_columns;
    int match;   /* index of the column rows are matched by; -1: none */
    int64_t row; /* of the file, from 1; of what is staged */
    int64_t shown;
    int64_t line; /* of the row that is being written */
    struct digest digest;
    char outcome[65];
};

/* What the item was before; subject is empty for a new one. */
struct was {
    struct str subject, title, owner, content, digest, state;
    struct str shows; /* JSON */
    const struct str *points;
    size_t n_points;
    int64_t number;
    bool in_force;
};

/* A fault at `line`; column from 1, 0: the row as a whole. */
enum rc exchange_fault(struct ctx *cx, struct exchange *e, int64_t line, size_t column, struct str field,
                       const char *text) MUST_CHECK;

/* import_head.c: the columns that the first line names. */
enum rc exchange_head(struct ctx *cx, struct exchange *e, const struct csv_row *row) MUST_CHECK;
/* import_match.c: the item a row is about. false in *fine: told why not. */
enum rc exchange_index(struct ctx *cx, struct exchange *e) MUST_CHECK;
enum rc exchange_match(struct ctx *cx, struct exchange *e, const struct csv_row *row, struct was *was,
                       bool *fine) MUST_CHECK;

/* import_row.c: one row, staged or told what is wrong. */
enum rc exchange_row(struct ctx *cx, struct exchange *e, const struct csv_row *row) MUST_CHECK;

#endif
