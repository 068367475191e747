/* Passkeys: a relying party of WebAuthn (Level 2, sections 7.1 and 7.2). Signatures and keys are libfido2's business,
 * CBOR is libcbor's; what the browser says it did, and for whom, is checked here.
 *
 * Refused: another origin or relying party, a frame of another site, another challenge, nobody present, nobody verified
 * where that is asked, an attestation that is neither `none` nor a `packed` one (which is verified), algorithms other
 * than ES256, EdDSA and RS256, a counter that does not grow.
 *
 * A challenge is the caller's: random, kept on this side, of one use. Pure, but for the libraries; locked inside. */
#ifndef SINETTI_IDENTITY_WEBAUTHN_H
#define SINETTI_IDENTITY_WEBAUTHN_H

#include "base/ctx.h"

#define WEBAUTHN_CHALLENGE 32 /* bytes */
#define WEBAUTHN_ES256 (-7)   /* COSE's numbers */
#define WEBAUTHN_EDDSA (-8)
#define WEBAUTHN_RS256 (-257)

/* Who asks. */
struct webauthn_site {
    struct str origin; /* "https://sinetti.example", without a path; as the browser writes it */
    struct str id;     /* "sinetti.example": the relying party's id */
};

/* Of an origin as browsers write them: scheme, host, port if it is not the scheme's. E_INVALID when it is none, or its
 * host is an address (which has no passkeys). */
enum rc webauthn_site(struct ctx *cx, struct str origin, struct webauthn_site *out) MUST_CHECK;

/* A registered passkey, as it is kept. No secret is in it. */
struct webauthn_key {
    struct str id;     /* the credential's id; bytes */
    int algorithm;     /* WEBAUTHN_… */
    struct str public; /* as libfido2 has it for this algorithm; bytes */
    uint32_t counter;
    bool verified;     /* the person was verified (PIN, finger, face) when it was made */
    bool eligible;     /* may be copied to other devices */
    bool backed_up;    /* was */
    uint8_t model[16]; /* AAGUID; zeros when it does not say */
};

/* What a browser sends for a new one; bytes. */
struct webauthn_registration {
    struct str client_data, attestation;
};

/* What it sends for one that is used; bytes. */
struct webauthn_assertion {
    struct str client_data, authenticator_data, signature;
    struct str user_handle; /* STR_NONE when the authenticator gives none */
};

struct webauthn_shown {
    uint32_t counter; /* to be kept */
    bool verified;    /* by the authenticator: then the passkey alone is two factors */
    bool backed_up;
};

/* E_INVALID: not what a browser sends; E_DENIED: it is, but for somebody or something else. Everything in `out` is in
 * the arena. */
enum rc webauthn_register(struct ctx *cx, const struct webauthn_site *site, const uint8_t challenge[WEBAUTHN_CHALLENGE],
                          bool must_verify, const struct webauthn_registration *r, struct webauthn_key *out) MUST_CHECK;

/* `user` is the handle the passkey was made with. E_CONFLICT: all is right but for the counter, which did not grow:
 * there may be a copy of the authenticator (section 6.1.1); *out is filled in then too. */
enum rc webauthn_assert(struct ctx *cx, const struct webauthn_site *site, const uint8_t challenge[WEBAUTHN_CHALLENGE],
                        bool must_verify, const struct webauthn_key *key, struct str user,
                        const struct webauthn_assertion *a, struct webauthn_shown *out) MUST_CHECK;

/* The challenge a client data names, without believing anything else of it: to find what is kept for it. */
enum rc webauthn_challenge(struct ctx *cx, struct str client_data, uint8_t out[WEBAUTHN_CHALLENGE]) MUST_CHECK;

#endif
