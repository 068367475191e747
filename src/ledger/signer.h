/* The signer: the key of a ledger, and the memory of what it last signed (docs/formats/ledger.md, sections 7 and 8).
 * Both are in a folder of its own, outside the data folder and its backups: who restores an old copy of the data cannot
 * make it forget. It signs a head only if that goes on from the last; there is no way around.
 *
 * Files: `key` and, while a key is being replaced, `next`: the key's name and seed, for their owner's eyes alone;
 * `source`: another (signer_source()); `last`: the newest head it signed; `lock`. One process at a time. Per-ctx. */
#ifndef SINETTI_LEDGER_SIGNER_H
#define SINETTI_LEDGER_SIGNER_H

#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "ledger/note.h"

struct signer;

/* Makes the folder, or takes one that is empty, with a new key. E_CONFLICT when something is in it; E_DENIED when root
 * asks for it in somebody else's. A failure leaves things as they were. */
enum rc signer_create(struct ctx *cx, const char *dir, struct str origin) MUST_CHECK;
/* E_NOTFOUND; E_DENIED when others could read the key; E_BUSY when another process signs; E_CORRUPT. */
enum rc signer_open(struct ctx *cx, const char *dir, struct signer **out) MUST_CHECK;
void signer_close(struct signer *s);

const struct note_key *signer_key(const struct signer *s);
/* Size of the last head it signed, 0 when none; the consistency proofs it asks for begin there. */
uint64_t signer_size(const struct signer *s);
/* That head as it was signed; empty when none. */
struct str signer_last(const struct signer *s);

/* Signs the head: appends the whole note. Its state is on the disk before. E_DENIED says why not: another origin, fewer
 * facts than were signed, another tree; E_CONFLICT while a key is being replaced. `proof` is from signer_size() to the
 * head. */
enum rc signer_sign(struct ctx *cx, struct signer *s, const struct checkpoint *head, const struct hash *proof, size_t n,
                    struct buf *note) MUST_CHECK;

/* What the server signs of source code: by a key of its own beside the ledger's (file `source`), which is made when it
 * is first asked for. What is signed is spelled here, so this key signs commits, by git's namespace of SSH signatures,
 * and in-toto statements in DSSE, and nothing else. */
enum signer_form {
    SIGNER_KEY,       /* nothing: only the public key is asked for */
    SIGNER_COMMIT,    /* data: SHA-512 of a commit or tag without its signature */
    SIGNER_STATEMENT, /* data: a statement, at most SIGNER_STATEMENT_MOST bytes */
    SIGNER_NEW_KEY    /* destroys the key and makes another */
};
#define SIGNER_STATEMENT_MOST (64 * KIB)
enum rc signer_source(struct ctx *cx, struct signer *s, enum signer_form form, struct str data, uint8_t public[32],
                      uint8_t signature[64]) MUST_CHECK;

/* Replacing the key. Begin: makes the next one, under this origin or, `restored`, under the one that follows it; from
 * then on nothing else is signed. Doing it again gives the same key. Cancel: as if nothing had been, until the handover
 * is signed. */
enum rc signer_begin_handover(struct ctx *cx, struct signer *s, bool restored, struct note_key *next) MUST_CHECK;
enum rc signer_cancel_handover(struct ctx *cx, struct signer *s) MUST_CHECK;

struct handover_ask {
    struct checkpoint head; /* right behind the fact */
    struct str leaf, body;  /* the rotation or restored fact */
    const uint8_t *salt;
    const struct hash *inclusion; /* of the leaf in the head */
    size_t n_inclusion;
    const struct hash *consistency; /* of the head with the last signed; a restoring has none */
    size_t n_consistency;
};

/* Signs the handover with both keys, if the fact says what it must. Asked again for the same, gives the same. */
enum rc signer_hand_over(struct ctx *cx, struct signer *s, const struct handover_ask *ask, struct buf *note) MUST_CHECK;
/* After the handover was kept: the old key is destroyed, the next takes its place. */
enum rc signer_end_handover(struct ctx *cx, struct signer *s) MUST_CHECK;

#endif
