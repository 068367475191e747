/* A table of two kinds together, where a list would have to look at every item: `items_now` of `record` and `step`
 * (joined.sql). It is written in the transactions that put their facts into tables, and made anew when its definition,
 * or that of one of these kinds, changes. A catalog without both kinds has none. Within units. */
#ifndef SINETTI_FACTS_JOINED_H
#define SINETTI_FACTS_JOINED_H

#include "facts/facts_int.h"

/* SHA-256 of its definition, hex. */
void joined_digest(char out[65]);
/* Makes and fills the table where it is not there, or is of another definition. `anew`: in any case. */
enum rc joined_tables(struct ctx *cx, sqlite3 *db, const struct catalog *c, bool anew) MUST_CHECK;
/* After a fact of that kind about the subject was put into its tables. */
enum rc joined_put(struct ctx *cx, struct facts *f, struct str kind, struct str subject) MUST_CHECK;
/* After one of that kind has left its tables. */
enum rc joined_forget(struct ctx *cx, struct facts *f, struct str kind) MUST_CHECK;

#endif
