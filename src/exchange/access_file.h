/* The access list of an environment from a CSV file (docs/formats/csv.md, *Access lists*), as what gives access exports
 * it: told first, taken when what was told is said again.
 *
 *     access_file_read() → access_file_compare() → what would come of it → access_file_content(), a new version of the
 * item
 *
 * One account is one row of the item's table `access`; several lines of one account are put together. Who an account
 * belongs to is looked for among everybody, also who has left: by the person's column, an address, or the name. Whom
 * that finds nobody stays without a person and is told; it is no fault. A column that is not known is told and left
 * out. What the file has no column for stays as the list had it. Everything lives in cx's arena. Threads: one. */
#ifndef SINETTI_EXCHANGE_ACCESS_FILE_H
#define SINETTI_EXCHANGE_ACCESS_FILE_H

#include <sqlite3.h>

#include "base/json.h"
#include "catalog/catalog.h"

struct access_file;

/* From `fd`, from where it stands. Faults of the file are no error: OK, and counted. */
enum rc access_file_read(struct ctx *cx, int fd, struct access_file **out) MUST_CHECK;
/* With the item: its content (JSON) and digest; `ledger` has the facts' views; day: of the list, 2026-06-30. */
enum rc access_file_compare(struct ctx *cx, struct access_file *f, sqlite3 *ledger, const struct catalog *c,
                            struct str content, struct str digest, struct str day) MUST_CHECK;
size_t access_file_faults(const struct access_file *f);
/* Whether the list or its day would be another. */
bool access_file_changes(const struct access_file *f);
/* What it would do, in 64 hexadecimal digits: the same for the same file and the same version of the item. */
const char *access_file_outcome(const struct access_file *f);
/* Members of an object: outcome, accounts, joined, left, changed, unchanged, unmatched, fault_count, faults: [{line,
 * field, text}], ignored: [names of columns], rows: [{change, account, line, person, name, level, fields: [{field,
 * before, after}]}]. */
void access_file_report(const struct access_file *f, enum lang lang, struct json *j);
/* The item's content with the list of the file, JSON. */
enum rc access_file_content(struct ctx *cx, const struct access_file *f, struct str *out) MUST_CHECK;

#endif
