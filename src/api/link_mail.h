/* One-time links by mail. */
#ifndef SINETTI_API_LINK_MAIL_H
#define SINETTI_API_LINK_MAIL_H

#include "api/api.h"
#include "identity/tokens.h"

/* Puts a letter with the link into the queue; *to is the address, STR_NONE when no mail can go: no server is set up,
 * the server's public address is not known, or the person has no address. */
enum rc link_mail(struct ctx *cx, struct api_call *call, struct str person, enum link_purpose p,
                  const struct link_made *link, struct str *to) MUST_CHECK;
/* The same question before a link is made. */
enum rc link_mail_can(struct ctx *cx, struct api_call *call, struct str person, struct str *to) MUST_CHECK;

#endif
