/* Lists of a server, for commands that show the same of a data folder. */
#ifndef SINETTI_CLI_REMOTE_ROWS_H
#define SINETTI_CLI_REMOTE_ROWS_H

#include "cli/remote.h"

struct remote_rows {
    const char *operation; /* a list */
    struct {
        const char *name, *value; /* parameters; value NULL: not given */
    } asked[8];
    const char *columns[12]; /* of an item, printed in this order between tabs; an object shows its name, else its id */
    int64_t limit;           /* rows at most; 0: all */
    bool json;               /* each item whole, a line each */
};
/* Opens, asks page by page, prints to standard output, closes. */
enum rc remote_rows_print(struct ctx *cx, struct remote *r, const struct remote_rows *what) MUST_CHECK;

#endif
