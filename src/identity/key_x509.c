/* Certificates in PEM, by GnuTLS: their public key is what is kept, their names are not. */
#include "base/base64.h"
#include "base/digest.h"
#include "identity/keys.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#define RSA_LEAST 3072
#define RSA_MOST 16384

static enum rc check_algorithm(struct ctx *cx, gnutls_pubkey_t key, struct str *words)
{
    unsigned bits = 0;
    int algorithm = gnutls_pubkey_get_pk_algorithm(key, &bits);
    bool rsa = algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_RSA_PSS;
    if (!rsa && algorithm != GNUTLS_PK_ECDSA && algorithm != GNUTLS_PK_EDDSA_ED25519)
        return fail(cx, E_INVALID, "key: its algorithm is not taken; RSA, ECDSA and Ed25519 are");
    if ((rsa && (bits < RSA_LEAST || bits > RSA_MOST)) || (algorithm == GNUTLS_PK_ECDSA && bits < 256))
        return fail(cx, E_INVALID, "key: of %u bits; RSA of %d to %d bits and ECDSA from 256 are taken", bits,
                    RSA_LEAST, RSA_MOST);
    *words = rsa                            ? arena_printf(&cx->arena, "RSA %u", bits)
             : algorithm == GNUTLS_PK_ECDSA ? arena_printf(&cx->arena, "ECDSA %u", bits)
                                            : STR("Ed25519");
    return OK;
}

static enum rc keep(struct ctx *cx, gnutls_pubkey_t key, struct key *out)
{
    unsigned char der[8192];
    size_t n = sizeof der;
    struct digest d;
    uint8_t hash[32];
    scoped_buf public;
    buf_init(&public, KEY_TEXT);
    TRY(check_algorithm(cx, key, &out->algorithm));
    if (gnutls_pubkey_export(key, GNUTLS_X509_FMT_DER, der, &n) != 0)
        return fail(cx, E_INVALID, "key: its public key cannot be read");
    digest_init(&d);
    digest_add(&d, (struct str){(const char *)der, n});
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, out->fingerprint);
    base64_put(&public, der, n);
    out->type = "x509";
    out->public = arena_str(&cx->arena, buf_view(&public));
    out->shown = arena_str(&cx->arena, str_from(out->fingerprint));
    return OK;
}

enum rc key_read_x509(struct ctx *cx, struct str text, struct key *out)
{
    gnutls_x509_crt_t crt = NULL;
    gnutls_pubkey_t key = NULL;
    gnutls_datum_t pem = {(unsigned char *)arena_cstr(&cx->arena, text), (unsigned)text.n};
    const char *end = str_find(text, STR("-----END CERTIFICATE-----"));
    if (!end || str_trim(str_slice(text, (size_t)(end - text.p) + 25, text.n)).n)
        return fail(cx, E_INVALID, "key: one certificate is expected, and nothing behind it");
    enum rc rc = E_INVALID;
    if (gnutls_x509_crt_init(&crt) != 0 || gnutls_pubkey_init(&key) != 0)
        rc = fail(cx, E_IO, "out of memory");
    else if (gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM) != 0 || gnutls_pubkey_import_x509(key, crt, 0) != 0)
        rc = fail(cx, E_INVALID, "key: the certificate cannot be read");
    else
        rc = keep(cx, key, out);
    if (key) gnutls_pubkey_deinit(key);
    if (crt) gnutls_x509_crt_deinit(crt);
    return rc;
}
