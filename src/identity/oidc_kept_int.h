/* For oidc_flow.c alone. */
#ifndef SINETTI_IDENTITY_OIDC_KEPT_INT_H
#define SINETTI_IDENTITY_OIDC_KEPT_INT_H

#include "identity/oidc_kept.h"

/* The client's secret, in the arena. */
enum rc provider_secret(struct ctx *cx, struct identity *id, struct str provider, struct str *out) MUST_CHECK;

/* Why somebody's sign-in there came to nothing: what cx says. */
enum rc provider_note(struct ctx *cx, struct identity *id, struct str provider) MUST_CHECK;

/* oidc_ask.c: what the server says of itself. From state.db while it is young enough (`fresh`: fetched in any case);
 * when fetching failed a moment ago it is not tried again. */
enum rc provider_server(struct ctx *cx, struct identity *id, const struct oidc_provider *p, bool fresh,
                        struct oidc_server *out) MUST_CHECK;
enum rc provider_keys(struct ctx *cx, struct identity *id, const struct oidc_provider *p, const struct oidc_server *s,
                      bool fresh, struct oidc_keys **out) MUST_CHECK;

#endif
