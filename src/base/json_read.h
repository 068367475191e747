/* Text of JSON that jansson has read, whole, whatever bytes it has. Borrowed from the JSON. Pure. */
#ifndef SINETTI_BASE_JSON_READ_H
#define SINETTI_BASE_JSON_READ_H

#include <jansson.h>

#include "base/arena.h"

struct str json_text(const json_t *v);                              /* STR_NONE unless it is a string */
struct str json_member(const json_t *object, const char *name);     /* the same of what an object has by this name */
bool json_list_has(const json_t *list, struct str text);            /* false for what is no list */
struct str *json_list(struct arena *a, const json_t *l, size_t *n); /* all of a list, with json_text() of each */

#endif
