/* Verifies what attest.h has made, with nothing but the envelope and keys one trusts: pure but for sodium_init(). */
#ifndef SINETTI_GATES_ATTEST_VERIFY_H
#define SINETTI_GATES_ATTEST_VERIFY_H

#include "base/ctx.h"

struct attest_told {
    bool is_summary;
    struct str commit, ref, resource, verifier; /* verifier: of a summary */
    int64_t level;
    const struct str *properties; /* of a summary: what it says beside the level */
    size_t n_properties;
    struct str key; /* as OpenSSH shows it */
};
/* keys: lines of allowed_signers, or of public keys. E_DENIED: it is signed by none of them; E_INVALID: it is signed,
 * and is no statement of these; both say why. */
enum rc attest_verify(struct ctx *cx, struct str envelope, struct str keys, struct attest_told *out) MUST_CHECK;

#endif
