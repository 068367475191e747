/* The items of a rule's case, as facts. Only the rules room sees this. */
#ifndef SINETTI_RULES_CASE_ITEMS_H
#define SINETTI_RULES_CASE_ITEMS_H

#include "catalog/catalog.h"
#include "store/store.h"

#include <jansson.h>

/* Puts {kind: [{id, state, content, …}]} (docs/formats/catalog.md) into tables that views_make_facts() has made;
 * `items` NULL: none. E_INVALID with what is wrong. */
enum rc case_items_put(struct ctx *cx, sqlite3 *db, const struct catalog *c, json_t *items, int64_t now) MUST_CHECK;

#endif
