/* Asks a server somebody signs in at: one document, within limits of size and time, without following it elsewhere. By
 * libcurl, opened when it is needed. For a process that may connect out: the worker. Locked inside. */
#ifndef SINETTI_IDENTITY_OIDC_FETCH_H
#define SINETTI_IDENTITY_OIDC_FETCH_H

#include "base/ctx.h"

struct oidc_fetch {
    struct str address;       /* as oidc_address_check() takes it */
    struct str form;          /* POSTed; STR_NONE: GET. Secret */
    struct str authorization; /* header, or STR_NONE. Secret */
};

/* *status and the body (LIMIT_OIDC_DOCUMENT) whatever the status is, but for a redirect. E_BUSY: it does not answer, or
 * too slowly (LIMIT_OIDC_SECONDS); E_LIMIT: too long; E_DENIED: it sends us elsewhere. Texts name the host, and no more
 * of the address. */
enum rc oidc_fetch(struct ctx *cx, const struct oidc_fetch *f, int64_t *status, struct str *body) MUST_CHECK;

#endif
