/* Keys and ID tokens. Which key and which algorithm is decided here; librhonabwy only does the arithmetic, with a key
 * made of nothing but numbers: no address, certificate or key within a token or key is ever looked at. */
#include "base/base64.h"
#include "base/library.h"
#include "base/limits.h"
#include "identity/oidc_int.h"

#include <pthread.h>
#include <rhonabwy.h>
#include <sodium.h>
#include <stdlib.h>

#define KEYS_MOST 64  /* of one server */
#define RSA_LEAST 256 /* bytes of a modulus */
#define RSA_MOST 1024

static struct {
    LIBRARY_MEMBER(r_jwk_init)
    LIBRARY_MEMBER(r_jwk_free)
    LIBRARY_MEMBER(r_jwk_import_from_json_t)
    LIBRARY_MEMBER(r_jws_init)
    LIBRARY_MEMBER(r_jws_free)
    LIBRARY_MEMBER(r_jws_advanced_compact_parsen)
    LIBRARY_MEMBER(r_jws_get_alg)
    LIBRARY_MEMBER(r_jws_verify_signature)
} lib;
static const char *missing;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    const struct library_symbol symbols[] = {
        {"r_jwk_init", &lib.r_jwk_init},
        {"r_jwk_free", &lib.r_jwk_free},
        {"r_jwk_import_from_json_t", &lib.r_jwk_import_from_json_t},
        {"r_jws_init", &lib.r_jws_init},
        {"r_jws_free", &lib.r_jws_free},
        {"r_jws_advanced_compact_parsen", &lib.r_jws_advanced_compact_parsen},
        {"r_jws_get_alg", &lib.r_jws_get_alg},
        {"r_jws_verify_signature", &lib.r_jws_verify_signature},
    };
    missing = library_open("librhonabwy.so.1.1", symbols, sizeof symbols / sizeof *symbols);
}

/* An algorithm that is taken, and the key it goes with. */
static const struct algorithm {
    const char *name, *type, *curve;
    jwa_alg number;
} algorithms[] = {
    {"RS256", "RSA", NULL, R_JWA_ALG_RS256},
    {"PS256", "RSA", NULL, R_JWA_ALG_PS256},
    {"ES256", "EC", "P-256", R_JWA_ALG_ES256},
    {"EdDSA", "OKP", "Ed25519", R_JWA_ALG_EDDSA},
};

struct oidc_keys {
    json_t *list; /* array of keys, each with kty, its numbers, and kid and alg if it says */
};

static bool has_bytes(const json_t *key, const char *name, size_t least, size_t most)
{
    scoped_buf bytes;
    buf_init(&bytes, most);
    return base64url_read(&bytes, json_member(key, name)) && bytes.n >= least && bytes.n <= most;
}

static bool is_for_signatures(const json_t *key)
{
    const json_t *use = json_object_get(key, "use"), *ops = json_object_get(key, "key_ops"), *one;
    size_t i;
    if (use && !str_eq(json_member(key, "use"), STR("sig"))) return false;
    if (!ops) return true;
    json_array_foreach(ops, i,
                       one) if (json_is_string(one) && strcmp(json_string_value(one), "verify") == 0) return true;
    return false;
}

static bool is_sound(const json_t *key)
{
    struct str type = json_member(key, "kty"), curve = json_member(key, "crv");
    if (str_eq(type, STR("RSA"))) return has_bytes(key, "n", RSA_LEAST, RSA_MOST) && has_bytes(key, "e", 1, 8);
    if (str_eq(type, STR("EC")))
        return str_eq(curve, STR("P-256")) && has_bytes(key, "x", 32, 32) && has_bytes(key, "y", 32, 32);
    return str_eq(type, STR("OKP")) && str_eq(curve, STR("Ed25519")) && has_bytes(key, "x", 32, 32);
}

/* A copy of nothing but what makes a public key. */
static json_t *only_public(const json_t *key)
{
    static const char *const names[] = {"kty", "n", "e", "crv", "x", "y", "kid", "alg"};
    json_t *copy = json_object();
    for (size_t i = 0; copy && i < sizeof names / sizeof *names; i++) {
        json_t *v = json_object_get(key, names[i]);
        if (json_is_string(v) && json_object_set(copy, names[i], v) != 0) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

enum rc oidc_keys_read(struct ctx *cx, struct str body, struct oidc_keys **out)
{
    *out = NULL;
    json_t *root = oidc_load(cx, "keys of the server", body), *one;
    if (!root) return cx->error;
    const json_t *list = json_object_get(root, "keys");
    enum rc rc = OK;
    size_t i;
    struct oidc_keys *k = calloc(1, sizeof *k);
    if (!k || !(k->list = json_array())) rc = fail(cx, E_IO, "out of memory");
    if (rc == OK && (!json_is_array(list) || json_array_size(list) > KEYS_MOST))
        rc = fail(cx, E_INVALID, "keys of the server: a list of at most %d keys is expected", KEYS_MOST);
    if (rc == OK)
        json_array_foreach(list, i, one) if (json_is_object(one) && is_for_signatures(one) && is_sound(one) &&
                                             json_array_append_new(k->list, only_public(one)) != 0) rc =
            fail(cx, E_IO, "out of memory");
    json_decref(root);
    if (rc == OK)
        *out = k;
    else
        oidc_keys_free(k);
    return rc;
}

void oidc_keys_free(struct oidc_keys *k)
{
    if (!k) return;
    json_decref(k->list);
    free(k);
}

/* The one key that the header means; NULL when there is none, or more than one. */
static const json_t *find_key(const struct oidc_keys *keys, const struct algorithm *a, struct str kid)
{
    const json_t *found = NULL;
    json_t *key;
    size_t i;
    json_array_foreach(keys->list, i, key)
    {
        struct str its = json_member(key, "alg");
        if (!str_eq(json_member(key, "kty"), str_from(a->type))) continue;
        if (a->curve && !str_eq(json_member(key, "crv"), str_from(a->curve))) continue;
        if (its.p && !str_eq(its, str_from(a->name))) continue;
        if (kid.p && !str_eq(json_member(key, "kid"), kid)) continue;
        if (found) return NULL;
        found = key;
    }
    return found;
}

/* Part `nth` of a token as JSON, or NULL with the error set. */
static json_t *load_part(struct ctx *cx, const char *what, struct str token, int nth)
{
    struct str part = STR_NONE;
    scoped_buf bytes;
    buf_init(&bytes, LIMIT_OIDC_DOCUMENT);
    for (int i = 0; i <= nth; i++) str_cut(&token, '.', &part);
    if (base64url_read(&bytes, part)) return oidc_load(cx, what, buf_view(&bytes));
    (void)fail(cx, E_INVALID, "%s: this is not base64url", what);
    return NULL;
}

static enum rc read_header(struct ctx *cx, const json_t *header, const struct algorithm **a)
{
    static const char *const refused[] = {"crit", "zip", "b64", "enc"};
    struct str name = json_member(header, "alg");
    *a = NULL;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (str_eq(name, str_from(algorithms[i].name))) *a = &algorithms[i];
    if (!*a)
        return fail(cx, E_DENIED, "ID token: signed by \"%s\"; RS256, PS256, ES256 or EdDSA is expected",
                    str_visible(cx, name));
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (json_object_get(header, refused[i]))
            return fail(cx, E_DENIED, "ID token: \"%s\" in its header", refused[i]);
    const json_t *kid = json_object_get(header, "kid");
    if (kid && !json_is_string(kid)) return fail(cx, E_INVALID, "ID token: its kid is no text");
    return OK;
}

/* In the one spelling of its bytes: librhonabwy lets bits pass that stand for nothing. */
static bool is_spelled(struct str token)
{
    struct str part = STR_NONE;
    scoped_buf bytes;
    buf_init(&bytes, LIMIT_OIDC_DOCUMENT);
    for (int i = 0; i < 3; i++) str_cut(&token, '.', &part);
    return part.n && base64url_read(&bytes, part);
}

static enum rc check_signature(struct ctx *cx, const json_t *key, const struct algorithm *a, struct str token)
{
    jwk_t *jwk = NULL;
    jws_t *jws = NULL;
    if (!is_spelled(token)) return fail(cx, E_DENIED, "ID token: its signature is wrong");
    json_t *copy = json_deep_copy(key); /* what is imported may be written to */
    bool right =
        copy && lib.r_jwk_init(&jwk) == RHN_OK && lib.r_jws_init(&jws) == RHN_OK &&
        lib.r_jwk_import_from_json_t(jwk, copy) == RHN_OK &&
        lib.r_jws_advanced_compact_parsen(jws, token.p, token.n, R_PARSE_NONE, R_FLAG_IGNORE_REMOTE) == RHN_OK &&
        lib.r_jws_get_alg(jws) == a->number && lib.r_jws_verify_signature(jws, jwk, R_FLAG_IGNORE_REMOTE) == RHN_OK;
    if (jws) lib.r_jws_free(jws);
    if (jwk) lib.r_jwk_free(jwk);
    json_decref(copy);
    return right ? OK : fail(cx, E_DENIED, "ID token: its signature is wrong");
}

static bool is_for(const json_t *claims, struct str client)
{
    const json_t *aud = json_object_get(claims, "aud"), *azp = json_object_get(claims, "azp"), *one;
    bool found = str_eq(json_member(claims, "aud"), client), others = false;
    size_t i;
    json_array_foreach(aud, i, one)
    {
        bool us = json_is_string(one) && str_eq(json_text(one), client);
        found = found || us;
        others = others || !us;
    }
    if (!found || (others && !azp)) return false;
    return !azp || str_eq(json_member(claims, "azp"), client);
}

static enum rc check_times(struct ctx *cx, const json_t *claims, int64_t now)
{
    const json_t *exp = json_object_get(claims, "exp"), *iat = json_object_get(claims, "iat"),
                 *nbf = json_object_get(claims, "nbf");
    if (!json_is_number(exp) || !json_is_number(iat) || (nbf && !json_is_number(nbf)))
        return fail(cx, E_INVALID, "ID token: exp and iat are times in seconds");
    if (!(json_number_value(exp) > (double)(now - OIDC_LEEWAY)))
        return fail(cx, E_DENIED, "ID token: it was over before it came; compare the clocks of both servers");
    if (!(json_number_value(iat) < (double)(now + OIDC_LEEWAY)) ||
        (nbf && !(json_number_value(nbf) < (double)(now + OIDC_LEEWAY))))
        return fail(cx, E_DENIED, "ID token: it is of the future; compare the clocks of both servers");
    return OK;
}

static enum rc check_claims(struct ctx *cx, const json_t *claims, const struct oidc_expected *e)
{
    struct str nonce = json_member(claims, "nonce"), subject = json_member(claims, "sub");
    if (!str_eq(json_member(claims, "iss"), e->issuer)) return fail(cx, E_DENIED, "ID token: it is another issuer's");
    if (!is_for(claims, e->client)) return fail(cx, E_DENIED, "ID token: it is for another client");
    TRY(check_times(cx, claims, e->now));
    if (!e->nonce.n || nonce.n != e->nonce.n || sodium_memcmp(nonce.p, e->nonce.p, nonce.n) != 0)
        return fail(cx, E_DENIED, "ID token: it answers another request");
    if (!subject.n || subject.n > LIMIT_OIDC_SUBJECT)
        return fail(cx, E_INVALID, "ID token: a subject of 1 to %d bytes is expected", LIMIT_OIDC_SUBJECT);
    return OK;
}

static enum rc check(struct ctx *cx, const struct oidc_keys *keys, const struct oidc_expected *e, struct str token,
                     const json_t *header, const json_t *claims, struct oidc_claims *out)
{
    const struct algorithm *a;
    TRY(read_header(cx, header, &a));
    const json_t *key = find_key(keys, a, json_member(header, "kid"));
    if (!key) return fail(cx, E_NOTFOUND, "ID token: the server's keys have not the one it is signed by");
    TRY(check_signature(cx, key, a, token));
    TRY(check_claims(cx, claims, e));
    oidc_claims_take(cx, claims, out);
    return OK;
}

enum rc oidc_id_token_check(struct ctx *cx, const struct oidc_keys *keys, const struct oidc_expected *e,
                            struct str token, struct oidc_claims *out)
{
    pthread_once(&once, load);
    if (missing)
        return fail(cx, E_IO, "OpenID Connect needs librhonabwy (Debian: librhonabwy1.1); not found: %s", missing);
    size_t dots = 0;
    for (size_t i = 0; i < token.n; i++) dots += token.p[i] == '.';
    if (dots != 2 || token.n > LIMIT_OIDC_DOCUMENT) return fail(cx, E_INVALID, "ID token: this is not a signed token");
    json_t *header = load_part(cx, "header of the ID token", token, 0);
    json_t *claims = header ? load_part(cx, "ID token", token, 1) : NULL;
    enum rc rc = claims ? check(cx, keys, e, token, header, claims, out) : cx->error;
    json_decref(header);
    json_decref(claims);
    return rc;
}
