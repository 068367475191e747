/* SSH signatures (OpenSSH's PROTOCOL.sshsig), as git puts them into commits and tags: verified by libsodium and GnuTLS,
 * without a program of their own. Taken are Ed25519, ECDSA on NIST's curves, RSA with SHA-2, and security keys (sk-…)
 * that were touched; of hashes SHA-256 and SHA-512. Whose key it is, is the caller's question. Pure.
 *
 * And DSSE (secure-systems-lab's protocol 1.0.2): what is signed of a statement. */
#ifndef SINETTI_BASE_SSHSIG_H
#define SINETTI_BASE_SSHSIG_H

#include "base/str.h"

#define SSHSIG_BEGIN "-----BEGIN SSH SIGNATURE-----"
#define SSHSIG_END "-----END SSH SIGNATURE-----"
#define SSHSIG_TEXT 65536 /* bytes of an armored one */

/* Whether this is a signature over `message` for that namespace, by the key inside it. fingerprint: SHA-256 of that
 * key's blob, in hexadecimal digits, also when it says false; empty when there is none to be read. */
bool sshsig_verify(struct str armored, struct str message, struct str namespace, char fingerprint[65]);

/* What an SSHSIG signs: of the SHA-512 of a message, for a namespace. */
void sshsig_preimage(struct buf *out, struct str namespace, const uint8_t hash[64]);
/* The armored signature of an Ed25519 key. */
void sshsig_put(struct buf *out, struct str namespace, const uint8_t public[32], const uint8_t signature[64]);
/* "ssh-ed25519 AAAA…", and the fingerprint as OpenSSH shows it (SHA256:…). */
void sshsig_put_key(struct buf *out, const uint8_t public[32]);
void sshsig_put_fingerprint(struct buf *out, const uint8_t public[32]);
/* The other way; false: it is none. */
bool sshsig_read_key(struct str text, uint8_t public[32]);

#define DSSE_STATEMENT "application/vnd.in-toto+json"
/* The pre-authentication encoding of a statement. */
void dsse_preimage(struct buf *out, struct str payload);

#endif
