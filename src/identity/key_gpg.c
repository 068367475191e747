/* OpenPGP's public keys (RFC 4880), armored: of a block the primary key, its subkeys and their bindings are kept, user
 * ids and what certifies them are not. */
#include "base/base64.h"
#include "base/digest.h"
#include "identity/keys.h"
#include "identity/pgp.h"

#include <nettle/sha1.h>

#define RSA_LEAST 3072
#define RSA_MOST 16384

/* Version 4, and an algorithm that is taken. */
static enum rc check_key(struct ctx *cx, struct str body, struct str *words)
{
    const unsigned char *p = (const unsigned char *)body.p;
    if (body.n < 8 || p[0] != 4) return fail(cx, E_INVALID, "key: only version 4 of OpenPGP's keys is taken");
    if (p[5] == PGP_ECDSA || p[5] == PGP_EDDSA) {
        *words = p[5] == PGP_EDDSA ? STR("EdDSA") : STR("ECDSA");
        return OK;
    }
    size_t bits = (size_t)p[6] << 8 | p[7];
    if (p[5] != PGP_RSA)
        return fail(cx, E_INVALID, "key: its algorithm (%d) is not taken; RSA, ECDSA and EdDSA are", p[5]);
    if (bits < RSA_LEAST || bits > RSA_MOST || body.n < 8 + (bits + 7) / 8)
        return fail(cx, E_INVALID, "key: RSA of %zu bits; between %d and %d are taken", bits, RSA_LEAST, RSA_MOST);
    *words = arena_printf(&cx->arena, "RSA %zu", bits);
    return OK;
}

/* RFC 4880, section 12.2; once more by SHA-256, which is what facts have. */
static void fingerprints(struct ctx *cx, struct str body, struct key *out)
{
    uint8_t head[3] = {0x99, (uint8_t)(body.n >> 8), (uint8_t)body.n}, one[SHA1_DIGEST_SIZE], two[32];
    char hex[2 * SHA1_DIGEST_SIZE + 1];
    struct sha1_ctx sha1;
    struct digest d;
    sha1_init(&sha1);
    sha1_update(&sha1, sizeof head, head);
    sha1_update(&sha1, body.n, (const uint8_t *)body.p);
    sha1_digest(&sha1, sizeof one, one);
    digest_hex(one, sizeof one, hex);
    out->shown = arena_str(&cx->arena, str_from(hex));
    digest_init(&d);
    digest_add(&d, (struct str){(const char *)head, sizeof head});
    digest_add(&d, body);
    digest_final(&d, two);
    digest_hex(two, sizeof two, out->fingerprint);
}

/* Whatever certification of its own is newest: what stands on user ids is not kept, so its end is taken out of it. */
static void take_expiry(struct str primary, struct str signature, int64_t *newest, struct key *out)
{
    struct pgp_signature s;
    if (!pgp_signature_read(signature, &s) || s.issuer != pgp_key_id(primary) || s.made < *newest) return;
    if ((s.type < 0x10 || s.type > 0x13) && s.type != 0x1f) return;
    *newest = s.made;
    out->expires = s.key_expires ? pgp_key_made(primary) + s.key_expires : 0;
}

static enum rc keep_packets(struct ctx *cx, struct str rest, struct buf *kept, struct key *out)
{
    struct pgp_packet p;
    struct str primary = STR_NONE;
    int64_t newest = 0;
    bool keeping = false, subkeys = false;
    for (int n = 0; rest.n; n++) {
        if (!pgp_next_packet(&rest, &p)) return fail(cx, E_INVALID, "key: packet %d is not well formed", n + 1);
        if ((p.tag == PGP_KEY) != (n == 0))
            return fail(cx, E_INVALID,
                        n ? "key: there are several keys; send one at a time"
                          : "key: it does not begin with a public key");
        if (p.tag == PGP_KEY) {
            if (p.body.n > 0xffff) return fail(cx, E_INVALID, "key: it is too long");
            TRY(check_key(cx, p.body, &out->algorithm));
            fingerprints(cx, p.body, out);
            primary = p.body;
        } else if (p.tag != PGP_SUBKEY && p.tag != PGP_SIGNATURE && p.tag != PGP_USER && p.tag != PGP_ATTRIBUTE &&
                   p.tag != PGP_TRUST) {
            return fail(cx, E_INVALID, "key: packet %d (tag %d) is none of a public key", n + 1, p.tag);
        }
        if (p.tag == PGP_SUBKEY) subkeys = true;
        if (p.tag == PGP_SIGNATURE && !subkeys) take_expiry(primary, p.body, &newest, out);
        if (p.tag == PGP_KEY || p.tag == PGP_SUBKEY) keeping = true;
        if (p.tag == PGP_USER || p.tag == PGP_ATTRIBUTE) keeping = false;
        if (keeping && p.tag != PGP_TRUST) buf_str(kept, p.whole);
    }
    return OK;
}

enum rc key_read_gpg(struct ctx *cx, struct str text, struct key *out)
{
    scoped_buf bytes, kept, public;
    buf_init(&bytes, 4 * KEY_TEXT);
    buf_init(&kept, 4 * KEY_TEXT);
    buf_init(&public, KEY_TEXT);
    out->type = "gpg";
    TRY(pgp_unarmor(cx, "key", text, PGP_KEY_END, &bytes));
    TRY(keep_packets(cx, buf_view(&bytes), &kept, out));
    if (!kept.n) return fail(cx, E_INVALID, "key: there is none in it");
    base64_put(&public, kept.p, kept.n);
    if (public.failed)
        return fail(cx, E_LIMIT, "key: it is too long without its user ids, too; send it without old subkeys");
    out->public = arena_str(&cx->arena, buf_view(&public));
    return OK;
}
