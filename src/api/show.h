/* How things stand in answers: times as RFC 3339, what is not there as null, people with their names. Pure. */
#ifndef SINETTI_API_SHOW_H
#define SINETTI_API_SHOW_H

#include "base/json.h"
#include "catalog/catalog.h"

#include <sqlite3.h>

/* STR_NONE and empty: null. */
void show_text(struct json *j, const char *key, struct str s);
/* A Person; empty: null. `name` may be STR_NONE. */
void show_person(struct json *j, const char *key, struct str id, struct str name);
/* One of a list of people. */
void show_person_item(struct json *j, struct str id, struct str name);

/* A column of the row a statement stands at; NULL: null. */
void show_column_text(struct json *j, const char *key, sqlite3_stmt *st, int i);
void show_column_int(struct json *j, const char *key, sqlite3_stmt *st, int i);
void show_column_bool(struct json *j, const char *key, sqlite3_stmt *st, int i);
void show_column_time(struct json *j, const char *key, sqlite3_stmt *st, int i);
/* Two columns: id and name. */
void show_column_person(struct json *j, const char *key, sqlite3_stmt *st, int i);

/* What a subject is called: titles of tasks, points, controls; STR_NONE where the catalog knows none. */
struct str show_subject(const struct catalog *c, enum lang lang, struct str subject);

#endif
