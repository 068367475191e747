/* An authenticator and its browser in software, that can be made to do each thing wrong: keys and signatures by
 * OpenSSL, CBOR written by hand. */
#ifndef SINETTI_TESTS_AUTHENTICATOR_H
#define SINETTI_TESTS_AUTHENTICATOR_H

#include "base/base64.h"
#include "base/digest.h"
#include "identity/webauthn.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>

struct authenticator {
    int algorithm;
    EVP_PKEY *key;
    struct str id;
};

/* What a ceremony looks like; the defaults (ceremony()) are right in all. */
struct ceremony {
    const char *type, *origin, *rp_id, *more; /* more: members of client data, with a comma before */
    const uint8_t *challenge;
    uint8_t flags;
    uint32_t counter;
    struct str extensions, after; /* of authenticator data, behind the key */
    const char *format;           /* of the attestation */
    bool spoil;                   /* the signature */
};

static inline struct authenticator authenticator_new(int algorithm)
{
    struct authenticator a = {algorithm, NULL, STR("credential-id-0123456789")};
    a.key = algorithm == WEBAUTHN_ES256   ? EVP_EC_gen("P-256")
            : algorithm == WEBAUTHN_RS256 ? EVP_RSA_gen(2048)
                                          : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    return a;
}

static inline void put_bytes(struct buf *out, int kind, const void *p, size_t n) /* kind 0x40 bytes, 0x60 text */
{
    if (n < 24)
        buf_char(out, (char)(kind + (int)n));
    else {
        uint8_t head[3] = {(uint8_t)(kind + 25), (uint8_t)(n >> 8), (uint8_t)n};
        buf_add(out, head, 3);
    }
    buf_add(out, p, n);
}

static inline void put_big(struct buf *out, EVP_PKEY *key, const char *name, size_t n)
{
    BIGNUM *number = NULL;
    uint8_t bytes[256];
    EVP_PKEY_get_bn_param(key, name, &number);
    BN_bn2binpad(number, bytes, (int)n);
    put_bytes(out, 0x40, bytes, n);
    BN_free(number);
}

static inline void put_cose(struct buf *out, const struct authenticator *a)
{
    if (a->algorithm == WEBAUTHN_ES256) {
        buf_add(out, "\xa5\x01\x02\x03\x26\x20\x01\x21", 8);
        put_big(out, a->key, "qx", 32);
        buf_add(out, "\x22", 1);
        put_big(out, a->key, "qy", 32);
    } else if (a->algorithm == WEBAUTHN_EDDSA) {
        uint8_t bytes[32];
        size_t n = sizeof bytes;
        EVP_PKEY_get_raw_public_key(a->key, bytes, &n);
        buf_add(out, "\xa4\x01\x01\x03\x27\x20\x06\x21", 8);
        put_bytes(out, 0x40, bytes, n);
    } else {
        buf_add(out, "\xa4\x01\x03\x03\x39\x01\x00\x20", 8);
        put_big(out, a->key, "n", 256);
        buf_add(out, "\x21", 1);
        put_big(out, a->key, "e", 3);
    }
}

static inline struct ceremony ceremony(const char *type, const uint8_t *challenge)
{
    return (struct ceremony){.type = type,
                             .origin = "https://sinetti.example",
                             .rp_id = "sinetti.example",
                             .more = ",\"crossOrigin\":false",
                             .challenge = challenge,
                             .flags = 0x05,
                             .counter = 7,
                             .format = "none"};
}

static inline struct str client_data(struct ctx *cx, const struct ceremony *c)
{
    scoped_buf text;
    buf_init(&text, 0);
    base64url_put(&text, c->challenge, WEBAUTHN_CHALLENGE);
    return arena_printf(&cx->arena, "{\"type\":\"%s\",\"challenge\":\"" STR_FMT "\",\"origin\":\"%s\"%s}", c->type,
                        STR_ARG(buf_view(&text)), c->origin, c->more);
}

static inline void hash_of(struct str s, uint8_t out[32])
{
    struct digest d;
    digest_init(&d);
    digest_add(&d, s);
    digest_final(&d, out);
}

static inline struct str data_of(struct ctx *cx, const struct authenticator *a, const struct ceremony *c)
{
    scoped_buf out;
    uint8_t hash[32];
    buf_init(&out, 0);
    hash_of(str_from(c->rp_id), hash);
    buf_add(&out, hash, 32);
    uint8_t fixed[5] = {c->flags, (uint8_t)(c->counter >> 24), (uint8_t)(c->counter >> 16), (uint8_t)(c->counter >> 8),
                        (uint8_t)c->counter};
    buf_add(&out, fixed, 5);
    if (c->flags & 0x40) {
        uint8_t model[18] = {1, 2, 3};
        model[16] = (uint8_t)(a->id.n >> 8);
        model[17] = (uint8_t)a->id.n;
        buf_add(&out, model, 18);
        buf_str(&out, a->id);
        put_cose(&out, a);
    }
    buf_str(&out, c->extensions);
    buf_str(&out, c->after);
    return arena_str(&cx->arena, buf_view(&out));
}

/* The signature over authenticator data and the hash of client data. */
static inline struct str sign(struct ctx *cx, const struct authenticator *a, const struct ceremony *c, struct str data,
                              struct str client)
{
    uint8_t hash[32], signature[512];
    scoped_buf both;
    buf_init(&both, 0);
    hash_of(client, hash);
    buf_str(&both, data);
    buf_add(&both, hash, 32);
    size_t n = sizeof signature;
    EVP_MD_CTX *m = EVP_MD_CTX_new();
    EVP_DigestSignInit(m, NULL, a->algorithm == WEBAUTHN_EDDSA ? NULL : EVP_sha256(), NULL, a->key);
    EVP_DigestSign(m, signature, &n, (const uint8_t *)both.p, both.n);
    EVP_MD_CTX_free(m);
    if (c->spoil) signature[n - 1] ^= 1;
    return arena_str(&cx->arena, (struct str){(const char *)signature, n});
}

static inline struct webauthn_registration registers(struct ctx *cx, const struct authenticator *a,
                                                     const struct ceremony *c)
{
    scoped_buf out;
    buf_init(&out, 0);
    struct str client = client_data(cx, c), data = data_of(cx, a, c);
    buf_add(&out,
            "\xa3\x63"
            "fmt",
            5);
    put_bytes(&out, 0x60, c->format, strlen(c->format));
    buf_add(&out,
            "\x67"
            "attStmt",
            8);
    if (strcmp(c->format, "packed") == 0) {
        struct str signature = sign(cx, a, c, data, client);
        buf_add(&out,
                "\xa2\x63"
                "alg",
                5);
        if (a->algorithm == WEBAUTHN_RS256)
            buf_add(&out, "\x39\x01\x00", 3);
        else
            buf_char(&out, (char)(0x20 - 1 - a->algorithm));
        buf_add(&out,
                "\x63"
                "sig",
                4);
        put_bytes(&out, 0x40, signature.p, signature.n);
    } else
        buf_char(&out, (char)0xa0);
    buf_add(&out,
            "\x68"
            "authData",
            9);
    put_bytes(&out, 0x40, data.p, data.n);
    return (struct webauthn_registration){client, arena_str(&cx->arena, buf_view(&out))};
}

static inline struct webauthn_assertion asserts(struct ctx *cx, const struct authenticator *a, const struct ceremony *c,
                                                struct str user)
{
    struct str client = client_data(cx, c), data = data_of(cx, a, c);
    return (struct webauthn_assertion){client, data, sign(cx, a, c, data, client), user};
}

#endif
