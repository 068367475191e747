/* People, roles, and how somebody proves who they are. Roles and what changed about a credential are facts; secrets,
 * sessions and counters live in state.db (DESIGN §4) and never in facts, logs or texts.
 *
 * Threads: a struct identity belongs to one thread at a time; each process opens its own. */
#ifndef SINETTI_IDENTITY_IDENTITY_H
#define SINETTI_IDENTITY_IDENTITY_H

#include "base/ctx.h"

#include <sqlite3.h>

enum identity_role {
    ROLE_ADMIN,
    ROLE_SECURITY_OFFICER,
    ROLE_DEVELOPMENT_MANAGER,
    ROLE_DEVELOPER,
    ROLE_DATA_OWNER,
    ROLE_CONTRIBUTOR,
    ROLE_EMPLOYEE,
    ROLE_PARTNER,
    ROLE_AUDITOR,
    ROLE_COUNT
};
const char *identity_role_name(enum identity_role r); /* snake case, as in facts */

enum identity_credential { CREDENTIAL_NONE, CREDENTIAL_SESSION, CREDENTIAL_TOKEN };

/* Who a request comes from, as of now. */
struct identity_who {
    enum identity_credential credential; /* NONE: nobody in particular; all else is empty then */
    struct str person;                   /* person:ID */
    struct str name;                     /* as the person's fact has it; raw */
    struct str fingerprint;              /* of the credential, for `credential` of facts; no secret */
    struct str session;                  /* id by which it is listed and revoked; no secret */
    uint32_t roles;                      /* bit of each role held in scope org */
    const struct identity_grant *grants; /* all that are in force, org's too */
    size_t n_grants;
    const struct str *only; /* permissions a token is narrowed to; n 0: all of the person's */
    size_t n_only;
    enum { LEVEL_ONE = 1, LEVEL_TWO } level; /* factors shown: TWO also for a passkey alone */
};

struct identity_grant {
    enum identity_role role;
    struct str scope; /* "org" or project:ID */
    int64_t until;    /* Unix seconds; 0: no end */
};

#endif
