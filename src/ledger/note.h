/* C2SP signed notes with Ed25519: keys, reading, signing, verifying; cosignatures v1. Pure but for sodium_init().
 * A note's text is worth nothing until note_verify() said OK for a key one trusts. */
#ifndef SINETTI_LEDGER_NOTE_H
#define SINETTI_LEDGER_NOTE_H

#include "base/ctx.h"
#include "base/limits.h"

enum note_type { NOTE_ED25519 = 1, NOTE_COSIGNATURE = 4 };

/* A verifier key. `name` is borrowed from what it was made of. */
struct note_key {
    struct str name;
    enum note_type type;
    uint8_t id[4];
    uint8_t public[32];
};

/* A key that can sign. Wipe it with note_signer_release(). */
struct note_signer {
    struct note_key key;
    uint8_t secret[64];
};

struct note_signature {
    struct str name;
    uint8_t id[4];
    struct str bytes; /* what stands behind the id */
};

struct note {
    struct str text; /* with its last newline */
    size_t n;
    struct note_signature signatures[LIMIT_NOTE_SIGNATURES];
};

/* "name+id+key", of either type; E_INVALID otherwise, also when the id is not the key's. */
enum rc note_key_read(struct ctx *cx, struct str vkey, struct note_key *out) MUST_CHECK;
void note_key_put(struct buf *out, const struct note_key *key);
bool note_key_eq(const struct note_key *a, const struct note_key *b);
/* Non-empty, at most LIMIT_NOTE_NAME bytes of UTF-8, no white space, control or plus. */
bool note_name_is_valid(struct str name);

/* From the 32-byte seed of RFC 8032. E_INVALID for a bad name. */
enum rc note_signer_from(struct ctx *cx, struct str name, enum note_type type, const uint8_t seed[32],
                         struct note_signer *out) MUST_CHECK;
void note_signer_release(struct note_signer *s);

/* Takes a note apart; nothing is verified. Signatures are decoded in the arena; at most LIMIT_NOTE bytes. */
enum rc note_read(struct ctx *cx, struct str bytes, struct note *out) MUST_CHECK;

/* Whether `key` signed the note. OK: it did (*time is its cosignature's Unix seconds, 0 for type 1).
 * E_NOTFOUND: no line is that key's. E_DENIED: a line says so and its signature is wrong. */
enum rc note_verify(struct ctx *cx, const struct note *note, const struct note_key *key, int64_t *time) MUST_CHECK;

/* One signature line over `text`. `time` counts for cosignatures only. */
void note_sign(struct buf *out, struct str text, const struct note_signer *by, int64_t time);
/* A signature that was read, as its line. */
void note_signature_put(struct buf *out, const struct note_signature *s);

#endif
