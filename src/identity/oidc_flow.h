/* One sign-in at another server, from sending the browser there to knowing who came back. Asks the server: for a
 * process that may connect out. What is under way is of one use, for FLOW_SECONDS, and only for the browser it began
 * in. Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_OIDC_FLOW_H
#define SINETTI_IDENTITY_OIDC_FLOW_H

#include "identity/oidc_kept.h"
#include "identity/sessions.h"

#define FLOW_SECONDS 600
#define FLOW_COOKIE (2 * SECRET_TEXT + 1) /* characters, at most */

struct oidc_start {
    struct str provider;
    struct str redirect;        /* our own address for that provider (RFC 9700, section 4.4.2) */
    struct str landing;         /* where the browser is led afterwards; oidc_landing() */
    struct str person, session; /* who links an account of theirs, and the session's id; STR_NONE: a sign-in */
    struct str invitation;      /* secret of an invitation that is taken up by it, or STR_NONE */
};
struct oidc_started {
    struct str address;           /* to send the browser to */
    char cookie[FLOW_COOKIE + 1]; /* secret: for Set-Cookie alone, SameSite=Lax */
};
/* E_NOTFOUND when there is no such server, or it is turned off; E_BUSY when it does not answer. */
enum rc identity_oidc_start(struct ctx *cx, struct identity *id, const struct oidc_start *s,
                            struct oidc_started *out) MUST_CHECK;

struct oidc_return {
    struct str provider;         /* whose address of ours was asked */
    struct str state, code, iss; /* of the query; STR_NONE when absent */
    struct str error;            /* so too */
    struct str cookie;
    struct str device; /* device cookie of the browser, or STR_NONE */
};
enum oidc_why {
    OIDC_FINE,
    OIDC_REFUSED, /* the server, or the person there, said no */
    OIDC_OVER,    /* too late, again, or in another browser */
    OIDC_WRONG,   /* the server's answer is not what it must be, or it does not answer */
    OIDC_UNKNOWN, /* nobody here has that account */
    OIDC_TAKEN    /* it is somebody else's */
};
const char *oidc_why_name(enum oidc_why why); /* a word for an address */
struct oidc_outcome {
    enum oidc_why why;
    struct str person;
    struct str landing;
    bool linking; /* it was to link an account, nobody signs in */
    bool several; /* several factors were shown there, and it is believed */
};
/* OK whatever came of it; why it came to nothing is noted at the provider. Errors are our own. */
enum rc identity_oidc_finish(struct ctx *cx, struct identity *id, const struct oidc_return *r,
                             struct oidc_outcome *out) MUST_CHECK;

/* Asks the server for its documents now: whether it is what an Admin thinks. E_DENIED, E_INVALID, E_BUSY, E_LIMIT say
 * what is wrong. */
enum rc identity_oidc_test(struct ctx *cx, struct identity *id, struct str provider) MUST_CHECK;

#endif
