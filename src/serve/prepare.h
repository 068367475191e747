/* What must be there before processes are started. */
#ifndef SINETTI_SERVE_PREPARE_H
#define SINETTI_SERVE_PREPARE_H

#include "serve/inside.h"

/* Catalog, tables of state.db, certificate, the signer's socket, the access log. Fills in s. */
enum rc prepare(struct ctx *cx, struct serve *s) MUST_CHECK;

#endif
