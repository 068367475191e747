/* What things are called in files that people write: owners by address or name, items by number, repositories by name.
 * Refuses what is ambiguous. Answers are kept, so that a file of many rows with few owners asks little.
 *
 * Threads: one. */
#ifndef SINETTI_EXCHANGE_NAMES_H
#define SINETTI_EXCHANGE_NAMES_H

#include <sqlite3.h>

#include "catalog/record.h"

struct names;

/* `ledger` has the facts' views and stays as it is meanwhile; both are borrowed. */
enum rc names_open(struct ctx *cx, sqlite3 *ledger, const struct catalog *c, struct names **out) MUST_CHECK;
void names_close(struct names *n);

/* The subject of what a cell calls `text`; texts in the arena. *wrong is NULL, or what is wrong with it; then *subject
 * is empty. `active`: of people only those who work here now. */
enum rc names_person(struct ctx *cx, struct names *n, struct str text, bool active, struct str *subject,
                     const char **wrong) MUST_CHECK;
enum rc names_group(struct ctx *cx, struct names *n, struct str text, struct str *subject,
                    const char **wrong) MUST_CHECK;
/* Of a field of type link: PREFIX-NUMBER of an item, the name of a repository or project, or a subject. */
enum rc names_link(struct ctx *cx, struct names *n, const struct record_field *f, struct str text, struct str *subject,
                   const char **wrong) MUST_CHECK;

/* The other way: what a file calls a subject, so that it is found by it again; the subject itself when nothing else
 * does. In the arena. */
enum rc names_tell(struct ctx *cx, struct names *n, struct str subject, struct str *out) MUST_CHECK;

#endif
