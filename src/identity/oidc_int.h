/* What the files of oidc share. */
#ifndef SINETTI_IDENTITY_OIDC_INT_H
#define SINETTI_IDENTITY_OIDC_INT_H

#include "base/json_read.h"
#include "identity/oidc.h"

/* A JSON object, or NULL with the error set. */
json_t *oidc_load(struct ctx *cx, const char *what, struct str body);
/* Subject, verified address and factors of claims. */
void oidc_claims_take(struct ctx *cx, const json_t *root, struct oidc_claims *out);

#endif
