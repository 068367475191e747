/* SHA-256 (FIPS 180-4), by nettle. Pure. */
#ifndef SINETTI_BASE_DIGEST_H
#define SINETTI_BASE_DIGEST_H

#include <nettle/sha2.h>

#include "base/str.h"

struct digest {
    struct sha256_ctx ctx;
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, struct str s);
/* Adds s preceded by its length, so that neighbouring fields cannot run into one another. */
void digest_field(struct digest *d, struct str s);
void digest_final(struct digest *d, uint8_t out[32]);
/* Lower-case hex of the first n bytes; out needs 2n+1. */
void digest_hex(const uint8_t *bytes, size_t n, char *out);

#endif
