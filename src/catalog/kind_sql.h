/* The SQL of a kind of fact (catalog/facts/<kind>/project.sql): taken apart, and kept within its own tables. Used by
 * the catalog's check and by whoever runs it. Tables are p_<kind> and p_<kind>_<word>, views fact_<kind> and
 * fact_<kind>_<word>. */
#ifndef SINETTI_CATALOG_KIND_SQL_H
#define SINETTI_CATALOG_KIND_SQL_H

#include <sqlite3.h>

#include "base/arena.h"

/* Parameters of a statement that is run for each fact, in this order. */
enum { KIND_SQL_N, KIND_SQL_AT, KIND_SQL_SUBJECT, KIND_SQL_ACTOR, KIND_SQL_VIA, KIND_SQL_PAYLOAD, KIND_SQL_PARAMETERS };
extern const char *const kind_sql_parameters[KIND_SQL_PARAMETERS]; /* ":n", … */

/* What an authorizer lets one statement do. DEFINE: make tables, indexes, views of this kind. PROJECT: change and read
 * the kind's tables. VIEW: read them through its views. In all of them only functions that give the same for the same.
 */
enum kind_sql_phase { KIND_SQL_DEFINE, KIND_SQL_PROJECT, KIND_SQL_VIEW };
struct kind_sql_guard {
    struct str kind;
    char letter; /* tables begin with it: 'p', or another while they are made beside */
    enum kind_sql_phase phase;
    bool changes;      /* a statement that was prepared updates or deletes */
    char refused[160]; /* the first thing that was not allowed; "" none */
};
/* For sqlite3_set_authorizer(), with a struct kind_sql_guard. */
int kind_sql_authorize(void *guard, int action, const char *a, const char *b, const char *database, const char *inner);

/* To be run once on each database before the authorizer is set: SQLite declares the tables of json_each() and
 * json_tree() when they are first named, which looks like a change of its schema. */
#define KIND_SQL_PREPARE "SELECT 1 FROM json_each('[]'), json_tree('[]')"

/* Cuts the next statement off *rest, without what stands around it; STR_NONE at the end. */
struct str kind_sql_next(struct str *rest);
/* Whether the statement begins with this word. */
bool kind_sql_begins(struct str sql, const char *word);
/* Whether a name is quoted in it, which no kind may do: so that kind_sql_beside() sees all names. */
bool kind_sql_quotes(struct str sql);
/* The statement with all names of tables and indexes of this kind beginning with `letter` instead of p. */
struct str kind_sql_beside(struct arena *a, struct str sql, struct str kind, char letter);

#endif
