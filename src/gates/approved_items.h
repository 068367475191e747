/* Items of a register as they were approved last: what gates hold to. An edit puts an item back into its draft; until
 * the new text is approved the old one holds, so that nobody loosens a rule by beginning to write another. What was
 * closed (retired) holds no more. */
#ifndef SINETTI_GATES_APPROVED_ITEMS_H
#define SINETTI_GATES_APPROVED_ITEMS_H

#include <jansson.h>

#include "facts/facts.h"

struct approved_item {
    struct str subject;   /* record:KIND/ID */
    int64_t version;      /* number of the fact with this text */
    int64_t number;       /* of the kind */
    struct str owner;     /* person:ID; empty: nobody */
    const json_t *fields; /* borrowed for the call */
};
#define APPROVED_ITEMS_MOST 1000 /* of a kind */
enum rc approved_items_each(struct ctx *cx, sqlite3 *db, const char *kind,
                            enum rc (*each)(void *arg, const struct approved_item *i), void *arg) MUST_CHECK;

#endif
