/* Servers people may sign in at, and who is who there; in state.db. What is set up about a server is told by `provider`
 * facts, what is linked by `credential` facts. A client's secret goes in and never comes out again but to the server.
 * Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_OIDC_KEPT_H
#define SINETTI_IDENTITY_OIDC_KEPT_H

#include "identity/identity.h"
#include "identity/oidc.h"

#define PROVIDERS_MOST 20
#define PROVIDER_NAME 100 /* bytes */
#define ACCOUNTS_OF_ONE 20

struct oidc_provider {
    struct str id, name, issuer;
    struct str client;
    bool has_secret;
    bool by_address;    /* somebody whose address it has verified is who has that address here */
    bool believes;      /* when it says that several factors were shown, they were */
    bool active;        /* off: nobody signs in there */
    int64_t version;    /* grows with each change */
    struct str trouble; /* why the last sign-in there came to nothing; STR_NONE when none did */
    int64_t trouble_at; /* Unix seconds */
};
struct oidc_providers {
    struct oidc_provider *list;
    size_t n;
};
/* By name. Reads only. */
enum rc identity_providers(struct ctx *cx, struct identity *id, struct oidc_providers *out) MUST_CHECK;
enum rc identity_provider_get(struct ctx *cx, struct identity *id, struct str provider,
                              struct oidc_provider *out) MUST_CHECK;
/* A new one (p->id empty: set), or a changed one of the version that was read; its issuer
 * stays. `secret` STR_NONE: as it is; empty: none.
 * What was fetched of it is forgotten. E_INVALID, E_CONFLICT (the issuer is there), E_LIMIT, E_NOTFOUND. */
enum rc identity_provider_put(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                              struct oidc_provider *p, struct str secret) MUST_CHECK;
/* With every account there. */
enum rc identity_provider_remove(struct ctx *cx, struct identity *id, const struct identity_actor *by,
                                 struct str provider) MUST_CHECK;

struct oidc_account {
    struct str id, provider, name; /* the provider's id and name */
    int64_t created, seen;         /* Unix seconds; seen 0: never used */
};
struct oidc_accounts {
    struct oidc_account *list;
    size_t n;
};
enum rc identity_accounts(struct ctx *cx, struct identity *id, struct str person, struct oidc_accounts *out) MUST_CHECK;
/* Whose account that is; STR_NONE when nobody's. */
enum rc identity_account_find(struct ctx *cx, struct identity *id, struct str issuer, struct str subject,
                              struct str *person) MUST_CHECK;
/* E_CONFLICT when it is somebody else's; E_LIMIT. Doing it again changes nothing. */
enum rc identity_account_link(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                              struct str issuer, struct str subject) MUST_CHECK;
enum rc identity_account_seen(struct ctx *cx, struct identity *id, struct str issuer, struct str subject) MUST_CHECK;
/* E_NOTFOUND. */
enum rc identity_account_unlink(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                                struct str account) MUST_CHECK;

#endif
