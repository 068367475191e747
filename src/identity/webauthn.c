#include "identity/webauthn.h"

#include "base/digest.h"
#include "identity/webauthn_int.h"

#include <arpa/inet.h>
#include <pthread.h>

static struct webauthn_lib library;
static const char *missing;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    const struct library_symbol fido[] = {
#define SYMBOL(name) {#name, &library.name},
        WEBAUTHN_FUNCTIONS(SYMBOL)};
    const struct library_symbol cbor[] = {WEBAUTHN_CBOR_FUNCTIONS(SYMBOL)};
#undef SYMBOL
    missing = library_open("libfido2.so.1", fido, sizeof fido / sizeof *fido);
    if (!missing) missing = library_open("libcbor.so.0.8", cbor, sizeof cbor / sizeof *cbor);
}

enum rc webauthn_lib(struct ctx *cx, const struct webauthn_lib **out)
{
    pthread_once(&once, load);
    *out = &library;
    if (missing) return fail(cx, E_IO, "passkeys need libfido2 (Debian: libfido2-1); not found: %s", missing);
    library.fido_init(0); /* of this thread */
    return OK;
}

static bool is_address(struct str host)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    if (host.n && host.p[0] == '[') return true;
    if (host.n >= sizeof text) return false;
    memcpy(text, host.p, host.n);
    text[host.n] = 0;
    return inet_pton(AF_INET, text, bytes) == 1;
}

enum rc webauthn_site(struct ctx *cx, struct str origin, struct webauthn_site *out)
{
    bool plain = str_starts(origin, STR("http://"));
    struct str host = str_slice(origin, plain ? 7 : 8, origin.n), rest = host;
    if ((!plain && !str_starts(origin, STR("https://"))) || !host.n) goto wrong;
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("-.:[]", c))) goto wrong;
    }
    if (is_address(host)) return fail(cx, E_INVALID, "passkeys need a name: browsers have none for an address");
    str_cut(&rest, ':', &host);
    int64_t port = 0;
    if (is_address(host)) return fail(cx, E_INVALID, "passkeys need a name: browsers have none for an address");
    if (rest.p && (!str_to_i64(rest, 1, 65535, &port) || port == (plain ? 80 : 443))) goto wrong;
    if (!host.n || (plain && !str_eq(host, STR("localhost")) && !str_ends(host, STR(".localhost"))))
        return fail(cx, E_INVALID, "passkeys need https");
    out->origin = arena_str(&cx->arena, origin);
    out->id = arena_str(&cx->arena, host);
    return OK;
wrong:
    return fail(cx, E_INVALID, "\"%s\" is no origin as browsers write it: https://host, without a path",
                str_visible(cx, origin));
}

static void hash(struct str bytes, uint8_t out[32])
{
    struct digest d;
    digest_init(&d);
    digest_add(&d, bytes);
    digest_final(&d, out);
}

/* libfido2 takes a key only for the algorithm that was set before: the one that it takes is the key's. */
static enum rc take_key(struct ctx *cx, const struct webauthn_lib *l, fido_cred_t **c, const struct webauthn_site *site,
                        const uint8_t client[32], struct str data, int *algorithm)
{
    static const int algorithms[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        l->fido_cred_free(c);
        *c = l->fido_cred_new();
        if (!*c || l->fido_cred_set_rp(*c, site->id.p, NULL) != FIDO_OK ||
            l->fido_cred_set_clientdata_hash(*c, client, 32) != FIDO_OK ||
            l->fido_cred_set_type(*c, algorithms[i]) != FIDO_OK)
            return fail(cx, E_IO, "out of memory");
        *algorithm = algorithms[i];
        if (l->fido_cred_set_authdata_raw(*c, (const uint8_t *)data.p, data.n) == FIDO_OK) return OK;
    }
    return fail(cx, E_INVALID, "the passkey's key is none of ES256, EdDSA and RS256 (2048 bits)");
}

/* Extensions are part of what libfido2 compares with what was asked. Browsers ask for one by themselves: how well the
 * passkey is to be protected. */
static bool statement_is_right(const struct webauthn_lib *l, fido_cred_t *c, bool extensions)
{
    for (int protect = 0; protect <= (extensions ? FIDO_CRED_PROT_UV_REQUIRED : 0); protect++) {
        if (protect && l->fido_cred_set_prot(c, protect) != FIDO_OK) return false;
        int r = l->fido_cred_x5c_ptr(c) ? l->fido_cred_verify(c) : l->fido_cred_verify_self(c);
        if (r == FIDO_OK) return true;
    }
    return false;
}

static enum rc check_statement(struct ctx *cx, const struct webauthn_lib *l, fido_cred_t *c,
                               const struct webauthn_attestation *a, int algorithm, uint8_t flags)
{
    if (str_eq(a->format, STR("none"))) {
        if (a->statement.n != 1 || (uint8_t)a->statement.p[0] != 0xa0)
            return fail(cx, E_INVALID, "attestation object: a statement of format none is empty");
        return OK;
    }
    if (!str_eq(a->format, STR("packed")))
        return fail(cx, E_INVALID, "attestation object: format %s; none or packed is expected",
                    str_visible(cx, a->format));
    if (l->fido_cred_set_fmt(c, "packed") != FIDO_OK ||
        l->fido_cred_set_attstmt(c, (const uint8_t *)a->statement.p, a->statement.n) != FIDO_OK)
        return fail(cx, E_INVALID, "attestation object: its statement is not one of format packed");
    if (!l->fido_cred_x5c_ptr(c) && a->algorithm != algorithm)
        return fail(cx, E_DENIED, "attestation object: its signature is of another algorithm than the key");
    if (!statement_is_right(l, c, flags & WEBAUTHN_EXTENSIONS))
        return fail(cx, E_DENIED, "the passkey's signature over itself is wrong");
    return OK;
}

static void copy_key(struct ctx *cx, const struct webauthn_lib *l, const fido_cred_t *c, const struct webauthn_data *d,
                     struct webauthn_key *out)
{
    out->id = arena_str(&cx->arena, (struct str){(const char *)l->fido_cred_id_ptr(c), l->fido_cred_id_len(c)});
    out->public =
        arena_str(&cx->arena, (struct str){(const char *)l->fido_cred_pubkey_ptr(c), l->fido_cred_pubkey_len(c)});
    out->counter = d->counter;
    out->verified = d->flags & WEBAUTHN_VERIFIED;
    out->eligible = d->flags & WEBAUTHN_ELIGIBLE;
    out->backed_up = d->flags & WEBAUTHN_BACKED_UP;
    memcpy(out->model, l->fido_cred_aaguid_ptr(c), sizeof out->model);
}

enum rc webauthn_register(struct ctx *cx, const struct webauthn_site *site, const uint8_t challenge[WEBAUTHN_CHALLENGE],
                          bool must_verify, const struct webauthn_registration *r, struct webauthn_key *out)
{
    const struct webauthn_lib *l;
    struct webauthn_attestation a;
    struct webauthn_data d;
    uint8_t client[32];
    *out = (struct webauthn_key){0};
    TRY(webauthn_lib(cx, &l));
    TRY(webauthn_client_check(cx, site, challenge, "webauthn.create", r->client_data));
    TRY(webauthn_attestation_read(cx, l, r->attestation, &a));
    TRY(webauthn_data_read(cx, l, site, must_verify, true, a.data, &d));
    hash(r->client_data, client);
    fido_cred_t *c = NULL;
    enum rc rc = take_key(cx, l, &c, site, client, a.data, &out->algorithm);
    if (rc == OK) rc = check_statement(cx, l, c, &a, out->algorithm, d.flags);
    if (rc == OK) copy_key(cx, l, c, &d, out);
    l->fido_cred_free(&c);
    return rc;
}

static bool signature_is_right(const struct webauthn_lib *l, const fido_assert_t *a, const struct webauthn_key *key)
{
    bool right = false;
    if (key->algorithm == WEBAUTHN_ES256) {
        es256_pk_t *pk = l->es256_pk_new();
        right = pk && l->es256_pk_from_ptr(pk, key->public.p, key->public.n) == FIDO_OK &&
                l->fido_assert_verify(a, 0, COSE_ES256, pk) == FIDO_OK;
        l->es256_pk_free(&pk);
    } else if (key->algorithm == WEBAUTHN_EDDSA) {
        eddsa_pk_t *pk = l->eddsa_pk_new();
        right = pk && l->eddsa_pk_from_ptr(pk, key->public.p, key->public.n) == FIDO_OK &&
                l->fido_assert_verify(a, 0, COSE_EDDSA, pk) == FIDO_OK;
        l->eddsa_pk_free(&pk);
    } else if (key->algorithm == WEBAUTHN_RS256) {
        rs256_pk_t *pk = l->rs256_pk_new();
        right = pk && l->rs256_pk_from_ptr(pk, key->public.p, key->public.n) == FIDO_OK &&
                l->fido_assert_verify(a, 0, COSE_RS256, pk) == FIDO_OK;
        l->rs256_pk_free(&pk);
    }
    return right;
}

static enum rc check_signature(struct ctx *cx, const struct webauthn_lib *l, const struct webauthn_site *site,
                               bool must_verify, const struct webauthn_key *key, const struct webauthn_assertion *a)
{
    uint8_t client[32];
    hash(a->client_data, client);
    fido_assert_t *f = l->fido_assert_new();
    enum rc rc = OK;
    if (!f || l->fido_assert_set_rp(f, site->id.p) != FIDO_OK ||
        l->fido_assert_set_clientdata_hash(f, client, sizeof client) != FIDO_OK ||
        l->fido_assert_set_count(f, 1) != FIDO_OK || l->fido_assert_set_up(f, FIDO_OPT_TRUE) != FIDO_OK ||
        l->fido_assert_set_uv(f, must_verify ? FIDO_OPT_TRUE : FIDO_OPT_OMIT) != FIDO_OK)
        rc = fail(cx, E_IO, "out of memory");
    else if (l->fido_assert_set_authdata_raw(f, 0, (const uint8_t *)a->authenticator_data.p, a->authenticator_data.n) !=
                 FIDO_OK ||
             l->fido_assert_set_sig(f, 0, (const uint8_t *)a->signature.p, a->signature.n) != FIDO_OK)
        rc = fail(cx, E_INVALID, "authenticator data or signature: not what a passkey gives");
    else if (!signature_is_right(l, f, key))
        rc = fail(cx, E_DENIED, "the passkey's signature is wrong");
    l->fido_assert_free(&f);
    return rc;
}

enum rc webauthn_assert(struct ctx *cx, const struct webauthn_site *site, const uint8_t challenge[WEBAUTHN_CHALLENGE],
                        bool must_verify, const struct webauthn_key *key, struct str user,
                        const struct webauthn_assertion *a, struct webauthn_shown *out)
{
    const struct webauthn_lib *l;
    struct webauthn_data d;
    TRY(webauthn_lib(cx, &l));
    if (!key->id.n) return fail(cx, E_INTERNAL, "a passkey without an id");
    TRY(webauthn_client_check(cx, site, challenge, "webauthn.get", a->client_data));
    TRY(webauthn_data_read(cx, l, site, must_verify, false, a->authenticator_data, &d));
    if (a->user_handle.p && !str_eq(a->user_handle, user))
        return fail(cx, E_DENIED, "the passkey is of another person than it says");
    if (!!(d.flags & WEBAUTHN_ELIGIBLE) != key->eligible)
        return fail(cx, E_DENIED, "the passkey is not of the kind it was when it was added");
    TRY(check_signature(cx, l, site, must_verify, key, a));
    out->counter = d.counter;
    out->verified = d.flags & WEBAUTHN_VERIFIED;
    out->backed_up = d.flags & WEBAUTHN_BACKED_UP;
    if ((d.counter || key->counter) && d.counter <= key->counter)
        return fail(cx, E_CONFLICT,
                    "the passkey's counter went back: there may be a copy of it. Remove it and add it anew");
    return OK;
}
