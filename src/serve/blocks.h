/* What http_feed() writes into a pipe, taken apart: blocks of a length and so many bytes, ended by a length of 0, as it
 * comes in pieces of any size. Pure. */
#ifndef SINETTI_SERVE_BLOCKS_H
#define SINETTI_SERVE_BLOCKS_H

#include "http/http.h"

struct blocks {
    uint32_t left;     /* of the block that comes */
    uint8_t length[4]; /* of the next one, as far as it has come */
    size_t length_n;
};

/* Takes some of *rest: *part is what it holds of the body, which may be nothing; *end: there is nothing more. false
 * when it is no such thing. */
bool blocks_next(struct blocks *b, struct str *rest, struct str *part, bool *end);

#endif
