/* The pages, which are part of the program: served from memory, already compressed. Names with a hash in them
 * (/assets/) never change and are kept for ever by who has them; all else is asked for again. What is no file is a page
 * of the interface, which index.html draws. Pure. */
#ifndef SINETTI_SERVE_ASSETS_H
#define SINETTI_SERVE_ASSETS_H

#include "http/http.h"

/* Fills in the answer, always. */
void assets_answer(struct ctx *cx, const struct http_request *r, struct http_response *out);
/* Headers for every answer: what browsers may do with it. `secure`: TLS with a certificate that somebody else vouches
 * for (a browser that was told to insist would insist for every port of localhost). */
const struct http_header *assets_policy(bool secure, size_t *n);

#endif
