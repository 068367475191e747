#include "hooks/sign.h"

#include "base/base64.h"

#include <inttypes.h>
#include <nettle/hmac.h>
#include <sodium.h>
#include <stdio.h>

#define PREFIX STR("whsec_")

void hook_secret_new(char out[HOOK_SECRET_TEXT + 1])
{
    unsigned char random[HOOK_SECRET_BYTES];
    randombytes_buf(random, sizeof random);
    memcpy(out, PREFIX.p, PREFIX.n);
    sodium_bin2base64(out + PREFIX.n, HOOK_SECRET_TEXT + 1 - PREFIX.n, random, sizeof random,
                      sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(random, sizeof random);
}

bool hook_sign(struct str secret, struct str id, int64_t timestamp, struct str payload, struct buf *out)
{
    scoped_buf key;
    struct hmac_sha256_ctx hmac;
    uint8_t mac[SHA256_DIGEST_SIZE];
    char head[32];
    buf_init(&key, 0);
    if (!str_starts(secret, PREFIX) || !base64_read(&key, str_slice(secret, PREFIX.n, secret.n)) || key.n < 24)
        return false;
    int n = snprintf(head, sizeof head, ".%" PRId64 ".", timestamp);
    hmac_sha256_set_key(&hmac, key.n, (const uint8_t *)key.p);
    hmac_sha256_update(&hmac, id.n, (const uint8_t *)id.p);
    hmac_sha256_update(&hmac, (size_t)n, (const uint8_t *)head);
    hmac_sha256_update(&hmac, payload.n, (const uint8_t *)payload.p);
    hmac_sha256_digest(&hmac, sizeof mac, mac);
    buf_cstr(out, "v1,");
    base64_put(out, mac, sizeof mac);
    sodium_memzero(key.p, key.n);
    sodium_memzero(&hmac, sizeof hmac);
    return true;
}
