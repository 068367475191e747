/* Inside of access_file: the lines as they were read, and the list as it stood. */
#ifndef SINETTI_EXCHANGE_ACCESS_FILE_INT_H
#define SINETTI_EXCHANGE_ACCESS_FILE_INT_H

#include "base/limits.h"
#include "exchange/access_file.h"

enum access_column {
    ACCESS_ACCOUNT,
    ACCESS_PERSON,
    ACCESS_EMAIL,
    ACCESS_NAME,
    ACCESS_LEVEL,
    ACCESS_ALLOWS,
    ACCESS_SHARED,
    ACCESS_COLUMNS
};

/* The fields that are compared and told, in their order. */
enum access_field { FIELD_OF_PERSON, FIELD_OF_NAME, FIELD_OF_LEVEL, FIELD_OF_ALLOWS, FIELD_OF_SHARED, ACCESS_FIELDS };

struct access_row {
    int64_t line;                    /* the first of the account; 0: not of the file */
    struct str cell[ACCESS_COLUMNS]; /* as written; empty: nothing */
    /* as it is, or would be: person:ID or empty, a key of `allows` or empty, "true", "false" or empty */
    struct str account, field[ACCESS_FIELDS];
    struct str called; /* the person's name; empty: nobody is matched */
    const struct access_row *was;
    /* of a row of the list as it stands: */
    struct str raw; /* JSON, with columns that are none of ours */
    bool kept;      /* the file has it too */
};

struct access_told {
    int64_t line;
    struct str field, text[LANG_COUNT];
};

struct access_file {
    int of[LIMIT_CSV_COLUMNS]; /* which column each cell is; -1: none */
    bool has[ACCESS_COLUMNS];
    size_t n_cells, n, n_was, n_faults, all_faults, n_ignored;
    struct access_row *rows, *was;
    struct access_told *faults;
    struct str ignored[LIMIT_CSV_COLUMNS];
    struct str content, day, day_was;
    char outcome[65];
};

void access_fault(struct ctx *cx, struct access_file *f, int64_t line, const char *field, const char *en,
                  const char *fi);

#endif
