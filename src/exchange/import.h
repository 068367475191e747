/* Items of a register from a CSV file (docs/formats/csv.md), all or nothing. The file is read once, row by row, into a
 * database of its own on disk: what each row would do stands there when it is told, and is done from there. Memory is
 * bounded by the longest row.
 *
 *     exchange_read()  → what would come of it: exchange_counts(), exchange_report()
 *     exchange_apply() → done, as one unit of the log; E_CONFLICT when the register has changed since it was read
 *
 * A row is matched with an item by its number, or by a field or the title when asked so; without a match it is a new
 * item. A column that is not there leaves its field alone, an empty cell empties it. Refused, each with its line and
 * column: a column or value that is not known, what is ambiguous, a row that matches several items or one that another
 * row matched, a number that no item has, a state other than the item's (states are moved, not written), an item that
 * is not edited any more.
 *
 * Threads: one. */
#ifndef SINETTI_EXCHANGE_IMPORT_H
#define SINETTI_EXCHANGE_IMPORT_H

#include "base/json.h"
#include "records/records.h"

struct exchange_options {
    sqlite3 *ledger; /* with the facts' views; of one state as long as it is read. Borrowed */
    const struct catalog *catalog;
    const struct record_kind *kind;
    struct str match; /* key of a field, or "title"; empty: by number */
    struct str owner; /* of new items, where the file has no owners; person:ID or empty */
    int64_t bytes;    /* of the file, for progress; 0: not known */
};

struct exchange_counts {
    int64_t rows, fresh, changed, unchanged;
    int64_t falls;  /* of the changed: in force now, so that their approval falls */
    int64_t faults; /* with any nothing can be done */
};

struct exchange;

/* Reads and checks. Faults of the file are no error: OK, and counted. */
enum rc exchange_read(struct ctx *cx, const struct exchange_options *o, int fd, struct exchange **out) MUST_CHECK;
void exchange_close(struct exchange *e);
const struct exchange_counts *exchange_counts(const struct exchange *e);
/* What it would do, in 64 hexadecimal digits: the same for the same file and the same state of its items. */
const char *exchange_outcome(const struct exchange *e);
/* {register, match, counts, outcome, faults: [{line, column, field, text}], items: [{line, change, subject, number,
 * title, fields: [{field, before, after}]}]}; the first of each. */
enum rc exchange_report(struct ctx *cx, struct exchange *e, struct json *j) MUST_CHECK;

/* `key`: as records_source.key. */
enum rc exchange_apply(struct ctx *cx, struct exchange *e, struct facts *f, const struct records_by *by,
                       struct str key) MUST_CHECK;

#endif
