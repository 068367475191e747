/* Any bytes as a public key, a name and an address: what is accepted is read again to the same key, and without
 * anything of a private one; names compare with themselves. */
#include "identity/keys.h"
#include "identity/names.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx cx;
    struct key k, again;
    struct name_skeleton one, two;
    struct str bytes = {(const char *)data, size};
    ctx_init(&cx);
    if (key_read(&cx, bytes, &k) == OK) {
        assert(k.public.n && k.public.n <= KEY_TEXT && k.shown.n && strlen(k.fingerprint) == 64);
        if (strcmp(k.type, "ssh") == 0) {
            assert(key_read(&cx, k.public, &again) == OK);
            assert(strcmp(again.fingerprint, k.fingerprint) == 0 && str_eq(again.public, k.public));
        }
    }
    (void)!address_check(&cx, bytes);
    if (size < 4096 && name_skeleton(&cx, bytes, &one) == OK) {
        assert(name_skeleton(&cx, bytes, &two) == OK && name_alike(&one, &two));
        if (name_check(&cx, bytes, 200) == OK) assert(one.folded.n && one.cased.n);
    }
    ctx_release(&cx);
    return 0;
}
