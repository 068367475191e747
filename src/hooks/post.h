/* Sends one message to a webhook: a POST by libcurl, opened when it is needed. It goes nowhere but to the address that
 * was judged: no redirects, no proxy, and the address that a name leads to is looked at when it is connected to, so
 * that nobody makes this server knock at doors inside. For a process that may connect out: worker. Locked inside. */
#ifndef SINETTI_HOOKS_POST_H
#define SINETTI_HOOKS_POST_H

#include "base/ctx.h"

/* An https address with a host, without user, password and fragment; with `inside` http too, to a loopback address.
 * E_INVALID. */
enum rc hook_url_check(struct ctx *cx, struct str url, bool inside) MUST_CHECK;
/* Scheme, host and port of one that was checked, for people to see: the rest may be a secret. */
struct str hook_url_origin(struct str url);

struct hook_post {
    struct str url;
    bool inside;
    struct str id, payload, signature;
    int64_t timestamp;
};
/* *status is what was answered, 0 when nothing was: then cx->message says why. *retry_after: seconds it asked for, 0
 * none. An error is one of ours. */
enum rc hook_post(struct ctx *cx, const struct hook_post *p, int *status, int64_t *retry_after) MUST_CHECK;

/* Exchanges that are under way end soon: the process ends. */
void hook_stop(void);

#endif
