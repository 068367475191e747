/* A library of others that is handed in on a page: looked through, told, and put on the shelf exactly so, or refused as
 * a whole. Or taken off it again.
 *
 *     shelf_import_read() → shelf_import_report() → shelf_import_apply()
 *
 * What is wrong with the file is no error: OK, and counted in its report. Refused besides: a library whose key is
 * another library's, one older than what is there, a framework that the program's catalog or another library has.
 *
 * A library changes no rule, no verdict and no coverage; so nobody else has to agree. What it takes away from audits
 * that are under way is told, and a framework that such an audit answers to is not taken off. Everything lives in cx's
 * arena. Threads: one. */
#ifndef SINETTI_EXCHANGE_SHELF_IMPORT_H
#define SINETTI_EXCHANGE_SHELF_IMPORT_H

#include "base/json.h"
#include "exchange/shelf.h"
#include "records/records.h"

struct shelf_import;

/* `text`: the file's bytes, which stay. `db` has the facts' views; `state`: where the shelf is kept, NULL: nowhere. To
 * be given to shelf_import_close(). */
enum rc shelf_import_read(struct ctx *cx, sqlite3 *db, sqlite3 *state, const struct catalog *base, struct str text,
                          struct shelf_import **out) MUST_CHECK;
void shelf_import_close(struct shelf_import *i); /* NULL is fine */
/* What it would do, in 64 hexadecimal digits: the same for the same file beside the same libraries. */
const char *shelf_import_outcome(const struct shelf_import *i);
void shelf_import_report(const struct shelf_import *i, struct json *j);
/* As one unit; `key` as records_source.key. E_CONFLICT when the libraries are others by now. */
enum rc shelf_import_apply(struct ctx *cx, struct shelf_import *i, struct facts *f, const struct records_by *by,
                           struct str key) MUST_CHECK;

/* When it was applied and `db` shows it: the shelf, which was made to be compared, is kept. */
enum rc shelf_import_keep(struct ctx *cx, const struct shelf_import *i, sqlite3 *db, sqlite3 *state) MUST_CHECK;

/* Takes a library off; its facts stay. E_NOTFOUND, E_CONFLICT: an audit under way answers to its framework. */
enum rc shelf_remove(struct ctx *cx, struct facts *f, const struct identity_actor *by, struct str library,
                     struct str reason) MUST_CHECK;

#endif
