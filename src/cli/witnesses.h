/* The witnesses of a ledger: who they are, and asking them to cosign its newest head. */
#ifndef SINETTI_CLI_WITNESSES_H
#define SINETTI_CLI_WITNESSES_H

#include "ledger/heads.h"

struct witness_place {
    const char *url; /* of the submission prefix */
    struct note_key key;
};

/* "URL=VKEY" or "URL=@FILE". E_INVALID when it is none. */
enum rc witness_place_read(struct ctx *cx, const char *text, struct witness_place *out) MUST_CHECK;

/* Asks each for its cosignature of `note`, the newest head as it is kept, and adds the right ones to `cosigned`, which
 * is the note when none came. `before` is the newest head of the time before, from which it is known what each cosigned
 * last; empty when there was none. Who does not cosign is told on standard error and
 * counted in *refused, and is no failure of this. */
enum rc witnesses_ask(struct ctx *cx, struct log_reader *r, const struct witness_place *places, size_t n,
                      struct str before, struct str note, struct buf *cosigned, size_t *refused) MUST_CHECK;

#endif
