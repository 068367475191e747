/* Whom a text calls: it names people as @person:ID, so that no name stands in it. */
#ifndef SINETTI_RECORDS_MENTION_H
#define SINETTI_RECORDS_MENTION_H

#include "base/ctx.h"
#include "base/json.h"

#include <sqlite3.h>

#define MENTIONS_MOST 50

struct mentions {
    struct str people[MENTIONS_MOST]; /* person:ID, each once; parts of the text */
    size_t n;
};
/* Pure. */
void mentions_find(struct str text, struct mentions *out);
/* Whether all are active people. */
enum rc mentions_check(struct ctx *cx, sqlite3 *db, const struct mentions *m, bool *good) MUST_CHECK;
/* As the field `mentions`. */
void mentions_put(struct json *j, const struct mentions *m);

#endif
