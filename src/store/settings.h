/* What the files of this room share among themselves. */
#ifndef SINETTI_STORE_SETTINGS_H
#define SINETTI_STORE_SETTINGS_H

#include "store/store.h"

/* Our settings, whatever the database is kept in. */
enum rc store_configure(struct ctx *cx, sqlite3 *db) MUST_CHECK;
/* SQLite's last error on db as ours, with the file's name. doing: NULL when there is nothing to add. */
enum rc store_fail(struct ctx *cx, sqlite3 *db, const char *doing);

#endif
