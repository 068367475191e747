/* What each role may do: the permissions of src/api/roles.yaml, of which the build makes a table. Pure. */
#ifndef SINETTI_IDENTITY_RIGHTS_H
#define SINETTI_IDENTITY_RIGHTS_H

#include "catalog/catalog.h"
#include "identity/identity.h"

struct identity_permission {
    const char *name; /* noun.verb */
    const char *title[LANG_COUNT];
    const char *with; /* another: whoever has that one has this too; NULL */
    bool project;     /* a grant for a project gives it there */
    uint32_t roles;   /* bit of each enum identity_role that has it */
};
extern const struct identity_permission identity_permissions[];
extern const size_t identity_permissions_n;

/* Whether the credential gives it at all: a token may have less than its owner. */
bool identity_token_gives(const struct identity_who *who, const char *permission);
/* Whether a grant gives it in the project it is for. */
bool identity_grant_gives(const struct identity_grant *g, const struct identity_permission *p);
/* Whether `who` holds it in that project or, STR_NONE or empty, in the whole organization. A bot reviews and approves
 * nothing, whatever its roles give. */
bool identity_may(const struct identity_who *who, const char *permission, struct str project);
/* Whether it is the token alone that keeps them from it: they hold it, and it was not given to what they came with. */
bool identity_token_lacks(const struct identity_who *who, const char *permission, struct str project);

#endif
