/* What must be there before processes are started. */
#ifndef SINETTI_SERVE_PREPARE_H
#define SINETTI_SERVE_PREPARE_H

#include "serve/inside.h"

/* Catalog, tables of state.db, certificate, the signer's socket, the access log. Fills in s. */
enum rc prepare(struct ctx *cx, struct serve *s) MUST_CHECK;
/* Now and then: a certificate of our own that ends is made anew; *renewed: web is to read it. */
enum rc prepare_again(struct ctx *cx, struct serve *s, bool *renewed) MUST_CHECK;

#endif
