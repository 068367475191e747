/* Statements that a connection of long life keeps, as store_keep_statements() asks for. Only the store sees this. */
#ifndef SINETTI_STORE_STATEMENTS_H
#define SINETTI_STORE_STATEMENTS_H

#include "store/store.h"

/* A free one of this text, prepared for what `db` may do now; NULL: there is none. */
sqlite3_stmt *statements_take(sqlite3 *db, struct str sql);
/* Keeps one that statements_take() did not find, in use. */
void statements_add(sqlite3 *db, struct str sql, sqlite3_stmt *st);
/* Whether it stays; false: it is the caller's to finalize. */
bool statements_give(sqlite3_stmt *st);
void statements_drop(sqlite3 *db);

/* What store_guard() and store_distrust() set; NULL: nothing. false: `db` keeps none. */
typedef int guard_by(void *arg, int action, const char *a, const char *b, const char *database, const char *inner);
bool statements_guard(sqlite3 *db, guard_by *by, void *arg);

#endif
