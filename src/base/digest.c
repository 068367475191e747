#include "base/digest.h"

void digest_init(struct digest *d)
{
    sha256_init(&d->ctx);
}

void digest_add(struct digest *d, struct str s)
{
    sha256_update(&d->ctx, s.n, (const uint8_t *)s.p);
}

void digest_field(struct digest *d, struct str s)
{
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)((uint64_t)s.n >> (56 - 8 * i));
    sha256_update(&d->ctx, sizeof length, length);
    sha256_update(&d->ctx, s.n, (const uint8_t *)s.p);
}

void digest_final(struct digest *d, uint8_t out[32])
{
    sha256_digest(&d->ctx, SHA256_DIGEST_SIZE, out);
}

void digest_hex(const uint8_t *bytes, size_t n, char *out)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = hex[bytes[i] >> 4];
        out[2 * i + 1] = hex[bytes[i] & 15];
    }
    out[2 * n] = 0;
}
