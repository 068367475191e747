/* What a kind's SQL reads of a payload by `:payload ->> 'key'`, bound as a parameter of its own: SQLite would read the
 * whole payload as JSON again for each statement, which takes longer than all else of putting a fact into its tables.
 * The statement means the same. Pure apart from the arena. */
#ifndef SINETTI_FACTS_BOUND_H
#define SINETTI_FACTS_BOUND_H

#include <sqlite3.h>

#include "base/arena.h"
#include "base/limits.h"
#include "catalog/catalog.h"

#define BOUND_FIELDS 32

struct bound {
    struct {
        char key[LIMIT_BODY_KEY + 1];
        size_t n; /* of the key */
        int at;   /* number of the parameter */
    } fields[BOUND_FIELDS];
    size_t n;
};

/* The statement with `:payload ->> 'key'` as `:payload_key`, where nothing around it could bind it otherwise, and
 * `json_each(:payload, '$.key')` of a list as `json_each(:payload_key)`, where none of the columns is named that would
 * be others then. */
struct str bound_rewrite(struct arena *a, struct str sql, const struct catalog_schema *payload, struct bound *out);
/* After it was prepared: where the parameters stand. */
void bound_find(struct bound *b, sqlite3_stmt *st);
/* Binds them from a canonical payload: as ->> gives them. Borrowed until the statement is reset. */
void bound_bind(struct arena *a, const struct bound *b, sqlite3_stmt *st, struct str payload);

#endif
