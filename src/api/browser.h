/* What is a browser's own about a request: the name it knows us by, and bytes it sends within JSON. */
#ifndef SINETTI_API_BROWSER_H
#define SINETTI_API_BROWSER_H

#include "api/api.h"

/* "https://host:port" as the browser has it: behind a proxy too, which passes the host on. That it is one of ours, web
 * has seen to (http/host.h). For links in what is sent to people there is api_public_url(). */
struct str browser_origin(struct ctx *cx, const struct api_call *call);

/* A field of the body that holds bytes as base64url; STR_NONE when absent, a fault of the field when it is something
 * else. In the arena. */
struct str browser_bytes(struct ctx *cx, struct api_call *call, const char *field);
/* The other way round. */
void browser_put_bytes(struct json *j, const char *key, const void *bytes, size_t n);

/* What identity's rooms say is in English. For a caller who reads Finnish: what each outcome means in this operation;
 * one without words keeps its text. Returns rc. */
struct browser_words {
    const char *invalid, *denied, *notfound, *conflict, *limit, *busy;
};
enum rc browser_told(struct ctx *cx, struct api_call *call, enum rc rc, const struct browser_words *fi) MUST_CHECK;

#endif
