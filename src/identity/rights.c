#include "identity/rights.h"

static bool token_names(const struct identity_who *who, const char *permission)
{
    for (size_t i = 0; i < who->n_only; i++)
        if (str_eq(who->only[i], str_from(permission))) return true;
    return false;
}

bool identity_token_gives(const struct identity_who *who, const char *permission)
{
    if (who->n_only == 0 || token_names(who, permission)) return true;
    for (size_t i = 0; i < identity_permissions_n; i++) {
        const struct identity_permission *p = &identity_permissions[i];
        if (p->with && strcmp(p->name, permission) == 0) return token_names(who, p->with);
    }
    return false;
}

bool identity_grant_gives(const struct identity_grant *g, const struct identity_permission *p)
{
    return !str_eq(g->scope, STR("org")) && p->project && p->roles & 1u << g->role;
}

/* Four eyes are people's. */
static bool is_for_people(const char *permission)
{
    return strcmp(permission, "code.review") == 0 || strcmp(permission, "approvals.decide") == 0;
}

bool identity_may(const struct identity_who *who, const char *permission, struct str project)
{
    for (size_t i = 0; i < identity_permissions_n; i++) {
        const struct identity_permission *p = &identity_permissions[i];
        if (strcmp(p->name, permission) != 0) continue;
        if (!identity_token_gives(who, permission) || (who->bot && is_for_people(permission))) return false;
        if (who->roles & p->roles) return true;
        for (size_t g = 0; project.n && g < who->n_grants; g++)
            if (identity_grant_gives(&who->grants[g], p) && str_eq(who->grants[g].scope, project)) return true;
        return false;
    }
    return false;
}

bool identity_token_lacks(const struct identity_who *who, const char *permission, struct str project)
{
    struct identity_who whole = *who;
    whole.n_only = 0;
    return !identity_token_gives(who, permission) && identity_may(&whole, permission, project);
}
