/* Signing in at somebody else's: a relying party of OpenID Connect (Core 1.0), code flow with PKCE, hardened as RFC
 * 9700 says. Here is what is pure: documents that were fetched are read and judged. oidc_fetch.h asks for them,
 * oidc_flow.h goes the whole way and keeps what it must.
 *
 * Refused: any issuer but the one that was asked, another audience or nonce, tokens that are over or not yet,
 * signatures that are none, by a shared secret, or by a key that is not the issuer's present one; addresses that are
 * not https (but for the loopback, which has no network).
 *
 * Threads: pure. Signatures are librhonabwy's business, which is opened when it is needed. */
#ifndef SINETTI_IDENTITY_OIDC_H
#define SINETTI_IDENTITY_OIDC_H

#include "base/ctx.h"

#define OIDC_LEEWAY 60        /* seconds that clocks may differ by */
#define OIDC_VERIFIER_TEXT 43 /* characters of 256 random bits, base64url: state, nonce, PKCE's verifier */

/* A server, by its discovery document (OpenID Connect Discovery, section 3; RFC 8414). */
struct oidc_server {
    struct str issuer;
    struct str authorization, token, keys; /* endpoints */
    struct str userinfo;                   /* or STR_NONE */
    bool names_issuer;                     /* says `iss` when it sends somebody back (RFC 9207) */
    bool secret_in_body;                   /* takes a client's secret in the body alone (client_secret_post) */
};

/* An address as an issuer, an endpoint or our own: https with a host, no user, no fragment; http only for the loopback.
 * An issuer has no query either. */
enum rc oidc_address_check(struct ctx *cx, const char *what, struct str address, bool issuer) MUST_CHECK;
struct str oidc_discovery_address(struct ctx *cx, struct str issuer);
/* E_INVALID: no such document; E_DENIED: of another issuer, or it offers none of what we ask for. */
enum rc oidc_server_read(struct ctx *cx, struct str issuer, struct str body, struct oidc_server *out) MUST_CHECK;

struct oidc_request {
    struct str client, redirect, scope;
    struct str state, nonce, verifier; /* OIDC_VERIFIER_TEXT random characters each */
};
/* Where the browser is sent. */
struct str oidc_authorization_address(struct ctx *cx, const struct oidc_server *s, const struct oidc_request *r);
/* What the browser brings back beside code and state. `iss` STR_NONE when it is not there. */
enum rc oidc_return_check(struct ctx *cx, const struct oidc_server *s, struct str iss) MUST_CHECK;

/* The body of a token request; *authorization is the header that goes with it, or STR_NONE. Both are secret. `secret`
 * may be empty: a public client. */
struct str oidc_token_request(struct ctx *cx, const struct oidc_server *s, const struct oidc_request *r,
                              struct str secret, struct str code, struct str *authorization);
struct oidc_tokens {
    struct str id, access; /* secret; access may be STR_NONE */
};
enum rc oidc_tokens_read(struct ctx *cx, struct str body, struct oidc_tokens *out) MUST_CHECK;
/* The word of an error answer (RFC 6749, section 5.2), if it is one of the RFC's; else "". */
const char *oidc_error_word(struct str body);

/* A server's keys (RFC 7517): those of use here, and no part of them but what makes a public key. */
struct oidc_keys;
enum rc oidc_keys_read(struct ctx *cx, struct str body, struct oidc_keys **out) MUST_CHECK;
void oidc_keys_free(struct oidc_keys *k);

struct oidc_expected {
    struct str issuer, client, nonce;
    int64_t now; /* Unix seconds */
};
struct oidc_claims {
    struct str subject;
    struct str email; /* only if the issuer says it has verified it; else STR_NONE */
    bool several;     /* `amr` says that several factors were shown (RFC 8176: mfa) */
};
/* Core, section 3.1.3.7. E_NOTFOUND: the key it names is not among `keys`: they may have changed since. E_DENIED: it is
 * not for us, not now, or not its issuer's. */
enum rc oidc_id_token_check(struct ctx *cx, const struct oidc_keys *keys, const struct oidc_expected *e,
                            struct str token, struct oidc_claims *out) MUST_CHECK;
/* What the userinfo endpoint says of the same subject (section 5.3): fills in what the token left out. */
enum rc oidc_userinfo_read(struct ctx *cx, struct str body, struct oidc_claims *claims) MUST_CHECK;

/* Where a sign-in may lead to afterwards: one of our own pages, with its query. Anything else gives "/". */
struct str oidc_landing(struct str wish);

#endif
