#include "base/digest.h"
#include "git/view.h"

struct str git_refs_digest(struct ctx *cx, const struct git *g)
{
    struct digest d;
    uint8_t out[32];
    char hex[65];
    digest_init(&d);
    for (size_t i = 0; i < g->n_refs; i++) {
        digest_field(&d, g->refs[i].name);
        digest_field(&d, g->refs[i].oid);
    }
    digest_final(&d, out);
    digest_hex(out, sizeof out, hex);
    return arena_str(&cx->arena, (struct str){hex, 64});
}
