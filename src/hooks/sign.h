/* Signatures of webhooks (Standard Webhooks 1.0: symmetric, v1): base64 of HMAC-SHA256 over `id.timestamp.payload`.
 * Pure. */
#ifndef SINETTI_HOOKS_SIGN_H
#define SINETTI_HOOKS_SIGN_H

#include "base/ctx.h"

#define HOOK_SECRET_BYTES 32
#define HOOK_SECRET_TEXT 50 /* "whsec_" and 44 of base64 */

void hook_secret_new(char out[HOOK_SECRET_TEXT + 1]);
/* Appends "v1,…". false when the secret is none. */
bool hook_sign(struct str secret, struct str id, int64_t timestamp, struct str payload, struct buf *out);

#endif
