/* What the files of oidc share. */
#ifndef SINETTI_IDENTITY_OIDC_INT_H
#define SINETTI_IDENTITY_OIDC_INT_H

#include "identity/oidc.h"

#include <jansson.h>

/* A JSON object, or NULL with the error set. */
json_t *oidc_load(struct ctx *cx, const char *what, struct str body);
/* A member that is a string; STR_NONE when it is none. Borrowed. */
struct str oidc_member(const json_t *object, const char *name);
/* Subject, verified address and factors of claims. */
void oidc_claims_take(struct ctx *cx, const json_t *root, struct oidc_claims *out);

#endif
