/* OpenPGP (RFC 4880, RFC 9580 for what is of version 4) as far as keys that people have added here and signatures by
 * them go: RSA, ECDSA on NIST's curves and Ed25519, with SHA-2. GnuPG itself cannot be asked: it takes no key without a
 * user id, and keys are kept here without (keys.h). Pure but for sodium_init(). */
#ifndef SINETTI_IDENTITY_PGP_H
#define SINETTI_IDENTITY_PGP_H

#include "base/ctx.h"

#define PGP_KEY_END "-----END PGP PUBLIC KEY BLOCK-----"
#define PGP_SIGNATURE_BEGIN "-----BEGIN PGP SIGNATURE-----"
#define PGP_SIGNATURE_END "-----END PGP SIGNATURE-----"

enum { PGP_SIGNATURE = 2, PGP_KEY = 6, PGP_TRUST = 12, PGP_USER = 13, PGP_SUBKEY = 14, PGP_ATTRIBUTE = 17 };
enum { PGP_RSA = 1, PGP_ECDSA = 19, PGP_EDDSA = 22 };

/* What stands between the marks; E_INVALID says what is wrong. what: "key", "signature". */
enum rc pgp_unarmor(struct ctx *cx, const char *what, struct str text, const char *end, struct buf *out) MUST_CHECK;

struct pgp_packet {
    int tag;
    struct str whole, body;
};
/* false: the rest is not well formed. */
bool pgp_next_packet(struct str *rest, struct pgp_packet *out);

/* A signature of version 4, taken apart. */
struct pgp_signature {
    int type, algorithm, hash;
    struct str trailer;  /* what of it is signed along */
    struct str numbers;  /* the MPIs */
    uint64_t issuer;     /* key id; 0: not said */
    int64_t made;        /* Unix seconds; 0: not said */
    int64_t expires;     /* seconds after it was made; 0: never */
    int64_t key_expires; /* seconds after the key was made, of a binding or certification; 0: never */
    int flags;           /* of a key: what it is for; -1: not said */
    struct str embedded; /* the subkey's own word, of a binding */
    bool strange;        /* something critical in it is not known here */
};
bool pgp_signature_read(struct str body, struct pgp_signature *out);

uint64_t pgp_key_id(struct str key);  /* of a key packet's body */
int64_t pgp_key_made(struct str key); /* Unix seconds */

/* The key a signature says it is by; 0: it says none, or is no signature. */
uint64_t pgp_issuer(struct str signature);
/* packets: as struct key keeps them, decoded. Whether the key that the signature names, one that may sign, has signed
 * `data`. NULL: it has, and *until is when key or signature end (Unix seconds; 0: never; 1: the key was taken back);
 * else "bad", "unknown" (it is of another key), "unsupported". */
const char *pgp_verify(struct str packets, struct str signature, struct str data, int64_t *until);

#endif
