/* Hands one message to a mail server: SMTP (RFC 5321) by libcurl, opened when it is needed. For a process that may
 * connect out: worker. Locked inside. */
#ifndef SINETTI_MAIL_SMTP_H
#define SINETTI_MAIL_SMTP_H

#include "base/ctx.h"

enum smtp_security {
    SMTP_TLS,      /* from the first byte, usually port 465 (RFC 8314) */
    SMTP_STARTTLS, /* required before anything is said, usually port 587 */
    SMTP_PLAIN,    /* to this machine alone */
    SMTP_SECURITIES
};
const char *smtp_security_name(enum smtp_security s); /* "tls", "starttls", "none" */
bool smtp_security_find(struct str name, enum smtp_security *out);

struct smtp_server {
    struct str host; /* a name or an address */
    int port;
    enum smtp_security security;
    struct str user, password; /* user empty: no sign-in. The password is secret */
    struct str ca; /* certificates in PEM that are believed instead of the machine's; empty: the machine's */
};

/* A host name or address, and nothing that could be more; for SMTP_PLAIN one of the loopback. E_INVALID. */
enum rc smtp_server_check(struct ctx *cx, const struct smtp_server *s) MUST_CHECK;

enum smtp_fate {
    SMTP_SENT,
    SMTP_LATER,   /* the server said so of this message (4xx) */
    SMTP_NEVER,   /* the server refuses this message or its recipient (5xx) */
    SMTP_UNKNOWN, /* all of it was sent and nothing was answered: it may have been taken */
    SMTP_TROUBLE  /* the server is not there, cannot be believed, or does not let us in: no message would get through */
};
/* Certificates are always checked. The fate is in *fate; unless SENT, cx->message says why: what the server answered,
 * with its code, and no secret. An error is one of ours. */
enum rc smtp_send(struct ctx *cx, const struct smtp_server *s, struct str from, struct str to, struct str message,
                  enum smtp_fate *fate) MUST_CHECK;
/* Exchanges that are under way end soon, and no others begin: the process ends. */
void smtp_stop(void);

#endif
