/* Public keys that people sign and connect with: OpenSSH's, OpenPGP's, X.509's. Read strictly; what is kept is the key
 * alone, without comments, user ids and names, since facts of keys are for ever.
 *
 * Taken: Ed25519, ECDSA on NIST's curves, RSA of 3072 bits and more; of OpenSSH also those on security keys (sk-…).
 * Refused: all else, private keys, options and several keys at once, anything behind the end. A fingerprint belongs to
 * the first person who added it, also after it was removed: what was signed by it stays that person's.
 *
 * key_read() is pure. Threads: as identity.h. */
#ifndef SINETTI_IDENTITY_KEYS_H
#define SINETTI_IDENTITY_KEYS_H

#include "identity/identity.h"

#define KEY_TEXT 16384 /* bytes of what is read, and of what is kept */
#define KEYS_OF_ONE 50

struct key {
    const char *type;     /* "ssh", "gpg", "x509" */
    struct str algorithm; /* in words, as "ssh-ed25519" or "RSA 4096" */
    struct str public;    /* one spelling: "ssh-ed25519 AAAA…"; base64 of packets; base64 of SubjectPublicKeyInfo */
    char fingerprint[65]; /* SHA-256: of OpenSSH's blob, of OpenPGP's v4 key as it is hashed, of SubjectPublicKeyInfo */
    int64_t expires;      /* Unix seconds, of OpenPGP, as it says of itself; 0: never */
    struct str shown;     /* as people know it: SHA256:… of OpenSSH, OpenPGP's 40 digits, the 64 digits */
};
enum rc key_read(struct ctx *cx, struct str text, struct key *out) MUST_CHECK;

/* Of each format, for key_read(): the text is known to be one. */
enum rc key_read_ssh(struct ctx *cx, struct str text, struct key *out) MUST_CHECK;
enum rc key_read_gpg(struct ctx *cx, struct str text, struct key *out) MUST_CHECK;
enum rc key_read_x509(struct ctx *cx, struct str text, struct key *out) MUST_CHECK;

/* E_CONFLICT when somebody else has it or had it; E_LIMIT. */
enum rc identity_key_add(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                         struct str text, struct key *out) MUST_CHECK;
enum rc identity_key_remove(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                            struct str fingerprint) MUST_CHECK;

#endif
