/* People and credentials of a data folder, for the commands of its operator. They work with the server running or not.
 */
#ifndef SINETTI_CLI_IDENTITY_H
#define SINETTI_CLI_IDENTITY_H

#include "cli/data.h"
#include "identity/identity.h"

struct identity_data {
    struct data data; /* dir and catalog from the options */
    struct catalog *catalog;
    struct facts *facts;
    sqlite3 *state, *ledger;
    struct identity *identity;
};
enum rc identity_data_open(struct ctx *cx, struct identity_data *d) MUST_CHECK;
void identity_data_close(struct identity_data *d);

extern const struct identity_actor identity_operator; /* via operator */

#endif
