/* Private to the scan room: reads `name = value` in the ways languages and settings write it, around a place in the
 * name. */
#ifndef SINETTI_SCAN_ASSIGNMENT_H
#define SINETTI_SCAN_ASSIGNMENT_H

#include "scan/match.h"

struct assignment {
    struct str key;   /* the last part of a dotted name: `db.password` gives `password` */
    struct str name;  /* as written: letters, digits, `_`, `-`, `.` */
    struct str value; /* without quotes */
    bool quoted;
    bool attribute; /* XML */
};

/* False when there is no literal value: calls, comparisons, references, types. */
bool assignment_read(struct scanner *s, size_t at, size_t line_at, size_t line_end, struct assignment *a);

/* Whether the name ends in a word for a password, or for another secret, and nothing in it says otherwise. */
bool assignment_names_password(const struct assignment *a);
bool assignment_names_secret(const struct assignment *a);

#endif
