/* What rules and lists read of registers: views made of the kinds of record (docs/formats/facts.md). They are views of
 * the connection alone, over the facts' views, which must be there when they are read.
 *
 *   records, record_steps     every item as it stands; what was done with each (src/catalog/records.sql)
 *   role_holders              who holds which role now, of their own or by a group
 *   push_stayed               what a gate let in and did not move after all
 *   item_KIND                 items of one kind, with a column for each field that holds one value
 *   item_KIND__FIELD          a field that holds several: a row for each, with a column `value`, or one for each column
 *                             of a table
 *
 * Threads: per connection. */
#ifndef SINETTI_CATALOG_VIEWS_H
#define SINETTI_CATALOG_VIEWS_H

#include "catalog/record.h"
#include "store/store.h"

/* records, record_steps, role_holders and push_stayed; what the connection has already stays. */
enum rc views_of_records(struct ctx *cx, sqlite3 *db) MUST_CHECK;
/* All of them. */
enum rc views_of_items(struct ctx *cx, sqlite3 *db, const struct record_kind *kinds, size_t n) MUST_CHECK;
/* Those a rule's text names: for who asks few rules once, as a hook does. */
enum rc views_named_in(struct ctx *cx, sqlite3 *db, const struct catalog *c, struct str sql) MUST_CHECK;

/* The tables and views of facts, empty, in a database in memory that has none. */
enum rc views_make_facts(struct ctx *cx, sqlite3 *db, const struct catalog_kind *kinds, size_t n) MUST_CHECK;

/* Columns that each view of items has; a field that is called like one of them is the column field_NAME. */
bool view_is_own_column(struct str name);

/* What a rule's text names, so that it is known when it must be asked again. Indices as in the catalog. */
struct view_reads {
    bool any;      /* of facts at all */
    bool *facts;   /* kinds of facts … */
    bool *records; /* … and of record; those of `record` and `step` facts */
};
/* May name more than the rule reads, never less: a name stands in no other spelling. In the ctx's arena. */
struct view_reads view_reads_of(struct ctx *cx, const struct catalog *c, struct str sql);
struct view_reads view_reads_none(struct ctx *cx, const struct catalog *c);
/* Adds what a fact of this kind, about this subject, changes. */
void view_reads_add(struct view_reads *r, const struct catalog *c, struct str kind, struct str subject);
bool view_reads_meet(const struct view_reads *a, const struct view_reads *b, const struct catalog *c);

#endif
