/* What `sinetti verify` reads besides the ledger: keys, heads, proofs; and where a ledger is: a folder or a server. */
#ifndef SINETTI_CLI_VERIFY_INPUT_H
#define SINETTI_CLI_VERIFY_INPUT_H

#include "ledger/proof.h"
#include "ledger/verify.h"

/* A file of at most `max` bytes, in the arena. */
enum rc verify_file_read(struct ctx *cx, const char *path, size_t max, struct str *out) MUST_CHECK;

/* A verifier key as an option has it: the text, or @FILE whose only line it is. E_INVALID when it is no key of this
 * type; the message begins with the option. */
enum rc verify_key_read(struct ctx *cx, const char *option, const char *value, enum note_type type,
                        struct note_key *out) MUST_CHECK;
/* A checkpoint kept from before. Its signature is not asked for: it is the reader's own. */
enum rc verify_held_read(struct ctx *cx, const char *path, struct verify_held *out) MUST_CHECK;

/* A proof, and that the witnesses have cosigned its checkpoint. What is not OK does not prove. */
enum rc verify_proof_bytes(struct ctx *cx, struct str bytes, const struct note_key *key, struct verify_witness *w,
                           size_t n, struct proven *out) MUST_CHECK;

/* Where a ledger is read from; a server may say nothing for so many seconds. E_INVALID: it cannot be a place of one. */
struct verify_place {
    struct reader reader;
    struct reader_folder folder;
    struct url_reader *url;
};
enum rc verify_place_open(struct ctx *cx, const char *place, int64_t seconds, struct verify_place *out) MUST_CHECK;
void verify_place_close(struct verify_place *p);

#endif
