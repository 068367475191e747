/* People from a CSV file (RFC 4180, UTF-8): all of them, or none. The first line names the columns: `name` and
 * `address` (several apart by `;`), and, where wanted, `role` (of the whole organization; not admin or
 * security_officer) with `until` (a date). Every fault is told with its line. Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_IMPORT_H
#define SINETTI_IDENTITY_IMPORT_H

#include "identity/identity.h"

#define IMPORT_BYTES (1 * MIB)
#define IMPORT_LINES 5000
#define IMPORT_FAULTS 100 /* told; all are counted */

struct import_fault {
    int64_t line;     /* from 1 */
    struct str field; /* column, or empty */
    struct str text;
};
struct import_result {
    int64_t people, roles; /* added, or to be added */
    const struct import_fault *faults;
    size_t n_faults;
    int64_t all_faults;
};
/* `dry`: only says what would come of it. With faults nothing is added, and OK all the same. E_LIMIT when it is too
 * large. */
enum rc identity_import(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str csv, bool dry,
                        struct import_result *out) MUST_CHECK;

#endif
