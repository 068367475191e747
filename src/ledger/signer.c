#include "ledger/signer.h"

#include "ledger/signer_inside.h"

void signer_close(struct signer *s)
{
    if (s) s->ops->close(s);
}

const struct note_key *signer_key(const struct signer *s)
{
    return &s->key;
}

uint64_t signer_size(const struct signer *s)
{
    return s->size;
}

struct str signer_last(const struct signer *s)
{
    return s->last;
}

enum rc signer_sign(struct ctx *cx, struct signer *s, const struct checkpoint *head, const struct hash *proof, size_t n,
                    struct buf *note)
{
    return s->ops->sign(cx, s, head, proof, n, note);
}

enum rc signer_source(struct ctx *cx, struct signer *s, enum signer_form form, struct str data, uint8_t public[32],
                      uint8_t signature[64])
{
    return s->ops->source(cx, s, form, data, public, signature);
}

enum rc signer_begin_handover(struct ctx *cx, struct signer *s, bool restored, struct note_key *next)
{
    return s->ops->begin(cx, s, restored, next);
}

enum rc signer_cancel_handover(struct ctx *cx, struct signer *s)
{
    return s->ops->cancel(cx, s);
}

enum rc signer_hand_over(struct ctx *cx, struct signer *s, const struct handover_ask *ask, struct buf *note)
{
    return s->ops->hand_over(cx, s, ask, note);
}

enum rc signer_end_handover(struct ctx *cx, struct signer *s)
{
    return s->ops->end(cx, s);
}
