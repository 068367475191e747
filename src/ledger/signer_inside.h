/* What is behind a struct signer: this process (signer_local.c) or another (signer_remote.c). Per-ctx. */
#ifndef SINETTI_LEDGER_SIGNER_INSIDE_H
#define SINETTI_LEDGER_SIGNER_INSIDE_H

#include "ledger/signer.h"

struct signer_ops {
    void (*close)(struct signer *s);
    enum rc (*sign)(struct ctx *cx, struct signer *s, const struct checkpoint *head, const struct hash *proof, size_t n,
                    struct buf *note);
    enum rc (*begin)(struct ctx *cx, struct signer *s, bool restored, struct note_key *next);
    enum rc (*cancel)(struct ctx *cx, struct signer *s);
    enum rc (*hand_over)(struct ctx *cx, struct signer *s, const struct handover_ask *ask, struct buf *note);
    enum rc (*end)(struct ctx *cx, struct signer *s);
    enum rc (*source)(struct ctx *cx, struct signer *s, enum signer_form form, struct str data, uint8_t public[32],
                      uint8_t signature[64]);
};

/* First in each kind's own struct; kept true by every operation. */
struct signer {
    const struct signer_ops *ops;
    struct note_key key;
    uint64_t size;
    struct str last;
};

#endif
