#include "base/sshsig.h"

#include <nettle/sha2.h>
#include <sodium.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/pubkey.h"
#include "base/ssh_wire.h"

#define MAGIC STR("SSHSIG")
#define SK_TOUCHED 0x01 /* OpenSSH's PROTOCOL.u2f: somebody was there */

struct parts {
    struct str key, namespace, reserved, hash, signature;
};

/* --- reading */

static bool unarmor(struct str text, struct buf *out)
{
    struct str rest = str_trim(text), line;
    scoped_buf base64;
    bool ended = false;
    buf_init(&base64, SSHSIG_TEXT);
    if (text.n > SSHSIG_TEXT || !str_cut(&rest, '\n', &line) || !str_eq(str_trim(line), STR(SSHSIG_BEGIN)))
        return false;
    while (!ended && str_cut(&rest, '\n', &line)) {
        ended = str_eq(str_trim(line), STR(SSHSIG_END));
        if (!ended) buf_str(&base64, str_trim(line));
    }
    return ended && !rest.n && base64_read(out, buf_view(&base64)) && !out->failed;
}

static bool take_apart(struct str blob, struct parts *p)
{
    static const char version[] = {0, 0, 0, 1};
    if (!str_starts(blob, MAGIC)) return false;
    blob = str_slice(blob, MAGIC.n, blob.n);
    if (!str_starts(blob, (struct str){version, sizeof version})) return false;
    blob = str_slice(blob, sizeof version, blob.n);
    return ssh_take(&blob, &p->key) && ssh_take(&blob, &p->namespace) && ssh_take(&blob, &p->reserved) &&
           ssh_take(&blob, &p->hash) && ssh_take(&blob, &p->signature) && blob.n == 0;
}

static void sha256(struct str s, uint8_t out[32])
{
    struct digest d;
    digest_init(&d);
    digest_add(&d, s);
    digest_final(&d, out);
}

static void put_preimage(struct buf *out, struct str namespace, struct str reserved, struct str name, struct str hash)
{
    buf_str(out, MAGIC);
    ssh_put(out, namespace);
    ssh_put(out, reserved);
    ssh_put(out, name);
    ssh_put(out, hash);
}

static bool hashed(struct str message, const struct parts *p, struct buf *out)
{
    uint8_t hash[64];
    if (str_eq(p->hash, STR("sha512"))) {
        struct sha512_ctx h;
        sha512_init(&h);
        sha512_update(&h, message.n, (const uint8_t *)message.p);
        sha512_digest(&h, 64, hash);
    } else if (str_eq(p->hash, STR("sha256"))) {
        sha256(message, hash);
    } else {
        return false;
    }
    put_preimage(out, p->namespace, p->reserved, p->hash,
                 (struct str){(const char *)hash, str_eq(p->hash, STR("sha512")) ? 64 : 32});
    return true;
}

/* --- keys */

static gnutls_datum_t datum(struct str s)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)s.p, (unsigned)s.n};
}

static bool by_ed25519(struct str point, struct str signature, struct str data)
{
    return point.n == crypto_sign_PUBLICKEYBYTES && signature.n == crypto_sign_BYTES &&
           crypto_sign_verify_detached((const unsigned char *)signature.p, (const unsigned char *)data.p, data.n,
                                       (const unsigned char *)point.p) == 0;
}

struct curve {
    const char *type, *name;
    gnutls_ecc_curve_t curve;
    gnutls_sign_algorithm_t sign;
    size_t size; /* bytes of a coordinate */
};
static const struct curve curves[] = {
    {"ecdsa-sha2-nistp256", "nistp256", GNUTLS_ECC_CURVE_SECP256R1, GNUTLS_SIGN_ECDSA_SHA256, 32},
    {"ecdsa-sha2-nistp384", "nistp384", GNUTLS_ECC_CURVE_SECP384R1, GNUTLS_SIGN_ECDSA_SHA384, 48},
    {"ecdsa-sha2-nistp521", "nistp521", GNUTLS_ECC_CURVE_SECP521R1, GNUTLS_SIGN_ECDSA_SHA512, 66},
    {"sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", GNUTLS_ECC_CURVE_SECP256R1, GNUTLS_SIGN_ECDSA_SHA256, 32},
};

static bool by_ecdsa(const struct curve *c, struct str point, struct str signature, struct str data)
{
    const struct pubkey_library *lib = pubkey_library();
    struct str r, s;
    gnutls_pubkey_t key = NULL;
    gnutls_datum_t der = {NULL, 0}, text = datum(data);
    if (!lib || point.n != 1 + 2 * c->size || point.p[0] != 4 || !ssh_take(&signature, &r) ||
        !ssh_take(&signature, &s) || signature.n || r.n > c->size + 1 || s.n > c->size + 1)
        return false;
    gnutls_datum_t x = datum(str_slice(point, 1, 1 + c->size)), y = datum(str_slice(point, 1 + c->size, point.n)),
                   dr = datum(r), ds = datum(s);
    bool good = lib->gnutls_pubkey_init(&key) == 0 && lib->gnutls_pubkey_import_ecc_raw(key, c->curve, &x, &y) == 0 &&
                lib->gnutls_encode_rs_value(&der, &dr, &ds) == 0 &&
                lib->gnutls_pubkey_verify_data2(key, c->sign, 0, &text, &der) >= 0;
    (*lib->gnutls_free)(der.data);
    if (key) lib->gnutls_pubkey_deinit(key);
    return good;
}

static bool by_rsa(struct str e, struct str n, struct str name, struct str signature, struct str data)
{
    const struct pubkey_library *lib = pubkey_library();
    gnutls_pubkey_t key = NULL;
    gnutls_sign_algorithm_t how = str_eq(name, STR("rsa-sha2-256"))   ? GNUTLS_SIGN_RSA_SHA256
                                  : str_eq(name, STR("rsa-sha2-512")) ? GNUTLS_SIGN_RSA_SHA512
                                                                      : GNUTLS_SIGN_UNKNOWN;
    if (!lib || how == GNUTLS_SIGN_UNKNOWN) return false;
    gnutls_datum_t dn = datum(n), de = datum(e), text = datum(data), said = datum(signature);
    bool good = lib->gnutls_pubkey_init(&key) == 0 && lib->gnutls_pubkey_import_rsa_raw(key, &dn, &de) == 0 &&
                lib->gnutls_pubkey_verify_data2(key, how, 0, &text, &said) >= 0;
    if (key) lib->gnutls_pubkey_deinit(key);
    return good;
}

/* A security key signs what it was for, what happened there, and the hash of the rest. */
static bool wrap(struct str application, struct str rest, struct str data, struct buf *out)
{
    uint8_t hash[32];
    if (rest.n != 5 || !((unsigned char)rest.p[0] & SK_TOUCHED)) return false;
    sha256(application, hash);
    buf_add(out, hash, sizeof hash);
    buf_str(out, rest);
    sha256(data, hash);
    buf_add(out, hash, sizeof hash);
    return !out->failed;
}

static bool by_key(const struct parts *p, struct str data)
{
    struct str key = p->key, rest = p->signature, type, name, signature, a, b, application;
    scoped_buf wrapped;
    buf_init(&wrapped, 128);
    if (!ssh_take(&key, &type) || !ssh_take(&rest, &name) || !ssh_take(&rest, &signature)) return false;
    bool security_key = str_starts(type, STR("sk-"));
    if (!security_key && rest.n) return false;
    if (str_eq(type, STR("ssh-rsa")))
        return ssh_take(&key, &a) && ssh_take(&key, &b) && !key.n && by_rsa(a, b, name, signature, data);
    if (!str_eq(type, name)) return false;
    bool edwards = str_eq(type, STR("ssh-ed25519")) || str_eq(type, STR("sk-ssh-ed25519@openssh.com"));
    const struct curve *c = NULL;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (str_eq(type, str_from(curves[i].type))) c = &curves[i];
    if (!edwards && (!c || !ssh_take(&key, &a) || !str_eq(a, str_from(c->name)))) return false;
    if (!ssh_take(&key, &b)) return false;
    if (security_key) {
        if (!ssh_take(&key, &application) || !wrap(application, rest, data, &wrapped)) return false;
        data = buf_view(&wrapped);
    }
    if (key.n) return false;
    return edwards ? by_ed25519(b, signature, data) : by_ecdsa(c, b, signature, data);
}

bool sshsig_verify(struct str armored, struct str message, struct str namespace, char fingerprint[65])
{
    scoped_buf blob, data;
    struct parts p;
    uint8_t hash[32];
    fingerprint[0] = '\0';
    buf_init(&blob, SSHSIG_TEXT);
    buf_init(&data, 4096);
    if (!unarmor(armored, &blob) || !take_apart(buf_view(&blob), &p)) return false;
    sha256(p.key, hash);
    digest_hex(hash, sizeof hash, fingerprint);
    return str_eq(p.namespace, namespace) && hashed(message, &p, &data) && !data.failed && sodium_init() >= 0 &&
           by_key(&p, buf_view(&data));
}

/* --- writing */

static void put_blob(struct buf *out, const uint8_t public[32])
{
    ssh_put(out, STR("ssh-ed25519"));
    ssh_put(out, (struct str){(const char *)public, 32});
}

void sshsig_preimage(struct buf *out, struct str namespace, const uint8_t hash[64])
{
    put_preimage(out, namespace, STR(""), STR("sha512"), (struct str){(const char *)hash, 64});
}

void sshsig_put(struct buf *out, struct str namespace, const uint8_t public[32], const uint8_t signature[64])
{
    scoped_buf key, said, blob, base64;
    buf_init(&key, 256);
    buf_init(&said, 256);
    buf_init(&blob, 1024);
    buf_init(&base64, 2048);
    put_blob(&key, public);
    ssh_put(&said, STR("ssh-ed25519"));
    ssh_put(&said, (struct str){(const char *)signature, 64});
    buf_str(&blob, MAGIC);
    buf_add(&blob, "\0\0\0\1", 4);
    ssh_put(&blob, buf_view(&key));
    ssh_put(&blob, namespace);
    ssh_put(&blob, STR(""));
    ssh_put(&blob, STR("sha512"));
    ssh_put(&blob, buf_view(&said));
    base64_put(&base64, blob.p, blob.n);
    buf_cstr(out, SSHSIG_BEGIN "\n");
    for (size_t at = 0; at < base64.n; at += 70) {
        buf_str(out, str_slice(buf_view(&base64), at, at + 70));
        buf_char(out, '\n');
    }
    buf_cstr(out, SSHSIG_END "\n");
}

void sshsig_put_key(struct buf *out, const uint8_t public[32])
{
    scoped_buf key;
    buf_init(&key, 256);
    put_blob(&key, public);
    buf_cstr(out, "ssh-ed25519 ");
    base64_put(out, key.p, key.n);
}

void sshsig_put_fingerprint(struct buf *out, const uint8_t public[32])
{
    scoped_buf key, text;
    uint8_t hash[32];
    buf_init(&key, 256);
    buf_init(&text, 64);
    put_blob(&key, public);
    sha256(buf_view(&key), hash);
    base64_put(&text, hash, sizeof hash);
    while (text.n && text.p[text.n - 1] == '=') text.n--;
    buf_cstr(out, "SHA256:");
    buf_str(out, buf_view(&text));
}

bool sshsig_read_key(struct str text, uint8_t public[32])
{
    struct str type, encoded = STR_NONE, rest = str_trim(text), name, point, blob;
    scoped_buf bytes;
    buf_init(&bytes, 256);
    if (!str_cut(&rest, ' ', &type) || !str_eq(type, STR("ssh-ed25519")) || !str_cut(&rest, ' ', &encoded) ||
        !base64_read(&bytes, encoded))
        return false;
    blob = buf_view(&bytes);
    if (!ssh_take(&blob, &name) || !str_eq(name, type) || !ssh_take(&blob, &point) || point.n != 32 || blob.n)
        return false;
    memcpy(public, point.p, 32);
    return true;
}

void dsse_preimage(struct buf *out, struct str payload)
{
    buf_printf(out, "DSSEv1 %zu " DSSE_STATEMENT " %zu ", sizeof DSSE_STATEMENT - 1, payload.n);
    buf_str(out, payload);
}
