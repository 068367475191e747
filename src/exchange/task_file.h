/* Tasks from a CSV file of another tool (docs/formats/tasks-csv.md), all or nothing. Who looks after a task, until when
 * and how is taken; a status is kept as a claim of whoever hands the file in, and is never the task's status.
 *
 *     task_file_read() → task_file_compare() → what would come of it → task_file_apply()
 *
 * Rows of tasks that are not in the catalog, people nobody here is called, and columns that are not known are told and
 * left out; words and days that cannot be read are faults. Everything lives in cx's arena. Threads: one. */
#ifndef SINETTI_EXCHANGE_TASK_FILE_H
#define SINETTI_EXCHANGE_TASK_FILE_H

#include "base/json.h"
#include "records/append.h"

struct task_file;

/* From `fd`, from where it stands. Faults of the file are no error: OK, and counted. source: its name, to be shown. */
enum rc task_file_read(struct ctx *cx, const struct catalog *c, int fd, struct str source,
                       struct task_file **out) MUST_CHECK;
/* With what stands in `ledger`, which has the facts' views. May be asked again. */
enum rc task_file_compare(struct ctx *cx, struct task_file *f, sqlite3 *ledger) MUST_CHECK;
size_t task_file_faults(const struct task_file *f);
/* What it would do, in 64 hexadecimal digits: the same for the same file and the same tasks. */
const char *task_file_outcome(const struct task_file *f);
/* Members of an object: outcome, changed, unchanged, claims, faults: [{line, field, text}], left: [{line, field,
 * text}], tasks: [{task, line, fields: [{field, before, after}]}]. */
void task_file_report(const struct task_file *f, enum lang lang, struct json *j);

/* As one unit, if `outcome` is still what comes of it: E_CONFLICT else. E_INVALID when there are faults. */
enum rc task_file_apply(struct ctx *cx, struct task_file *f, struct facts *facts, const struct identity_actor *by,
                        int64_t now, struct str outcome) MUST_CHECK;

#endif
