/* A witness behind HTTP: POST /add-checkpoint, GET /ORIGIN-HASH/checkpoint, on one socket, decided one after the other.
 */
#ifndef SINETTI_CLI_WITNESS_HTTP_H
#define SINETTI_CLI_WITNESS_HTTP_H

#include "ledger/witness.h"

/* Answers on the listening socket, which is closed in the end, until SIGTERM or SIGINT; both must be blocked in the
 * only thread there is. A line of each head whose ledger's signature was right is written to standard error. E_IO when
 * libmicrohttpd is not installed or does not start. */
enum rc witness_http_serve(struct ctx *cx, struct witness *w, int fd) MUST_CHECK;

#endif
