/* Addresses of servers, as far as a browser tells them apart: scheme, host, port (RFC 6454). Pure. */
#ifndef SINETTI_BASE_ORIGIN_H
#define SINETTI_BASE_ORIGIN_H

#include "base/ctx.h"

/* An address of a server as an origin (RFC 6454): http or https, a host, perhaps a port; nothing else but a slash.
 * *out is in the spelling of browsers: lower case, without the scheme's own port. E_INVALID: `what` names it in the
 * text.
 */
enum rc origin_read(struct ctx *cx, const char *what, struct str text, struct str *out) MUST_CHECK;

/* "name", "name:8443", "[::1]:8443" taken apart; *port empty when there is none. False for what is neither. */
bool origin_cut_port(struct str text, struct str *host, struct str *port);
/* Whether a header Host names the origin's host and port. */
bool origin_has_host(struct str origin, struct str host);

#endif
