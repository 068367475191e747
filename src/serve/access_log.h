/* A line for each request, as JSON: when, whose (a fingerprint of the credential), what, and how it ended. No query, no
 * header, no body: what is secret stands there. Threads: lines are written whole. */
#ifndef SINETTI_SERVE_ACCESS_LOG_H
#define SINETTI_SERVE_ACCESS_LOG_H

#include "http/http.h"

void access_log(int fd, const struct http_request *r, const struct http_done *d);

#endif
