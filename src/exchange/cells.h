/* Fields of items as cells of a table, and back (docs/formats/csv.md). Reading what was written gives the same value.
 *
 * Threads: as names.h. */
#ifndef SINETTI_EXCHANGE_CELLS_H
#define SINETTI_EXCHANGE_CELLS_H

#include "base/json.h"
#include "exchange/names.h"

/* Appends a field's value, which is canonical JSON (STR_NONE: the item has none), as the text of a cell. */
enum rc cell_write(struct ctx *cx, struct names *n, const struct record_field *f, struct str value,
                   struct buf *out) MUST_CHECK;
/* Writes the value of a cell that is not empty, as JSON. *wrong is NULL, or what is wrong with it; values themselves
 * are judged by records_check(). */
enum rc cell_read(struct ctx *cx, struct names *n, const struct record_field *f, struct str cell, struct json *out,
                  const char **wrong) MUST_CHECK;
/* A list in a cell: parts apart by `;`, where one that holds `;` or `\` has a backslash before it. The next part,
 * trimmed, in the arena; false at the end. */
bool cell_next(struct ctx *cx, struct str *rest, struct str *part);
void cell_put_part(struct buf *out, struct str part, bool first);

#endif
