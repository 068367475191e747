/* Inside of task_file: the file as it was read, and what would come of each row. */
#ifndef SINETTI_EXCHANGE_TASK_FILE_INT_H
#define SINETTI_EXCHANGE_TASK_FILE_INT_H

#include "base/limits.h"
#include "exchange/task_file.h"
#include "records/care.h"

#define MOST_CHANGES 8 /* fields of one task */

enum column { NAME, STATUS, OWNER, PRIORITY, DUE, DESCRIPTION, REVIEW, COLUMNS };

struct told {
    int64_t line;
    struct str field, text[LANG_COUNT];
};

struct change {
    const char *field;
    struct str before, after;
};

struct row {
    int64_t line;
    const struct catalog_task *task;
    bool given[COLUMNS];
    struct str owner, process;     /* as written */
    const char *status, *priority; /* keys; NULL: none */
    int64_t due, review_days;
    struct care care; /* as it would be */
    struct change changes[MOST_CHANGES];
    size_t n_changes;
    bool cares, claims; /* which facts it takes */
};

struct task_file {
    const struct catalog *c;
    struct str source;
    int of[LIMIT_CSV_COLUMNS]; /* which column each cell is; -1: none */
    size_t n_cells;
    struct row *rows;
    size_t n;
    struct told *faults, *left;
    size_t n_faults, n_left, all_faults, read_faults, read_left; /* read_: of the file itself */
    char outcome[65];
};

/* Tells what is not taken; no fault. */
void task_file_leave(struct ctx *cx, struct task_file *f, int64_t line, const char *field, const char *en,
                     const char *fi, struct str what);

#endif
