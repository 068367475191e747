/* Any bytes as what an authenticator gives, by way of a browser that is right in all else. The first byte says which:
 * an attestation object, authenticator data of a new passkey, of one that is used, or client data. Nothing may be
 * taken: there is no signature that any bytes could have, and format `none` has its key within. */
#include "identity/webauthn.h"
#include "base/digest.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t challenge[WEBAUTHN_CHALLENGE];
static const struct webauthn_site site = {{"https://sinetti.example", 23}, {"sinetti.example", 15}};
#define CLIENT(type)                                                                                                   \
    STR("{\"type\":\"" type "\",\"challenge\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","                        \
        "\"origin\":\"https://sinetti.example\"}")

/* Authenticator data for the right site. */
static void put_data(struct buf *out, struct str rest)
{
    uint8_t hash[32];
    struct digest d;
    digest_init(&d);
    digest_add(&d, site.id);
    digest_final(&d, hash);
    buf_add(out, hash, sizeof hash);
    buf_str(out, rest);
}

static void as_attestation(struct ctx *cx, struct str bytes)
{
    struct webauthn_registration r = {CLIENT("webauthn.create"), bytes};
    struct webauthn_key key;
    enum rc rc = webauthn_register(cx, &site, challenge, false, &r, &key);
    assert(rc != E_INTERNAL && rc != E_IO);
    if (rc == OK) assert(key.id.n && key.id.n <= 1023 && key.public.n >= 32);
}

static void as_new_key(struct ctx *cx, struct str bytes)
{
    scoped_buf out;
    buf_init(&out, 0);
    buf_add(&out,
            "\xa3\x63"
            "fmt\x64"
            "none\x67"
            "attStmt\xa0\x68"
            "authData\x59",
            29);
    uint8_t length[2] = {(uint8_t)((bytes.n + 32) >> 8), (uint8_t)(bytes.n + 32)};
    buf_add(&out, length, 2);
    put_data(&out, bytes);
    as_attestation(cx, buf_view(&out));
}

static void as_used_key(struct ctx *cx, struct str bytes)
{
    scoped_buf out;
    struct webauthn_shown shown;
    char point[64] = {1};
    const struct webauthn_key key = {.id = STR("id"), .algorithm = WEBAUTHN_ES256, .public = {point, sizeof point}};
    buf_init(&out, 0);
    put_data(&out, bytes);
    const struct webauthn_assertion a = {CLIENT("webauthn.get"), buf_view(&out), bytes, STR_NONE};
    assert(webauthn_assert(cx, &site, challenge, false, &key, STR("u"), &a, &shown) != OK);
}

static void as_client_data(struct ctx *cx, struct str bytes)
{
    uint8_t found[WEBAUTHN_CHALLENGE];
    struct webauthn_registration r = {bytes, STR("\xa0")};
    struct webauthn_key key;
    (void)!webauthn_challenge(cx, bytes, found);
    assert(webauthn_register(cx, &site, challenge, false, &r, &key) != OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const ways[])(struct ctx *, struct str) = {as_attestation, as_new_key, as_used_key, as_client_data};
    struct ctx cx;
    if (!size || size > 8192) return 0;
    ctx_init(&cx);
    ways[data[0] % 4](&cx, (struct str){(const char *)data + 1, size - 1});
    ctx_release(&cx);
    return 0;
}
