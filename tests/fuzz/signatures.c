/* Any bytes as keys and signatures: the armored signature of an SSH key, over a fixed message; or two lengths of two
 * bytes (big-endian), OpenPGP's packets of keys, a signature, and what is signed. A signature that holds, holds again,
 * and holds for nothing else. */
#include "base/sshsig.h"
#include "identity/pgp.h"

#include <assert.h>
#include <sodium.h>

#define MESSAGE STR("a message\nof two lines\n")

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void of_openpgp(const uint8_t *data, size_t size)
{
    int64_t until, again;
    if (size < 4) return;
    size_t keys = (size_t)data[0] << 8 | data[1], signature = (size_t)data[2] << 8 | data[3];
    if (keys + signature > size - 4) return;
    struct str k = {(const char *)data + 4, keys}, s = {k.p + keys, signature};
    struct str m = {s.p + signature, size - 4 - keys - signature};
    (void)pgp_issuer(s);
    if (pgp_verify(k, s, m, &until)) return;
    assert(!pgp_verify(k, s, m, &again) && until == again && pgp_issuer(s));
    scoped_buf more;
    buf_init(&more, 0);
    buf_str(&more, m);
    buf_cstr(&more, "x");
    assert(pgp_verify(k, s, buf_view(&more), &again));
}

static void of_openssh(const uint8_t *data, size_t size)
{
    char fingerprint[65], again[65];
    struct str text = {(const char *)data, size};
    if (!sshsig_verify(text, MESSAGE, STR("git"), fingerprint)) return;
    assert(strlen(fingerprint) == 64 && sshsig_verify(text, MESSAGE, STR("git"), again));
    assert(strcmp(fingerprint, again) == 0);
    assert(!sshsig_verify(text, STR("a message\n"), STR("git"), again));
    assert(!sshsig_verify(text, MESSAGE, STR("file"), again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (sodium_init() < 0 || size == 0) return 0;
    if (data[0] == '-')
        of_openssh(data, size);
    else
        of_openpgp(data, size);
    return 0;
}
