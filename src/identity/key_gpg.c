/* OpenPGP's public keys (RFC 4880), armored: of a block the primary key, its subkeys and their bindings are kept, user
 * ids and what certifies them are not. */
#include "base/base64.h"
#include "base/digest.h"
#include "identity/keys.h"

#include <nettle/sha1.h>

#define RSA_LEAST 3072
#define RSA_MOST 16384
#define BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define END "-----END PGP PUBLIC KEY BLOCK-----"

enum { TAG_SIGNATURE = 2, TAG_KEY = 6, TAG_TRUST = 12, TAG_USER = 13, TAG_SUBKEY = 14, TAG_ATTRIBUTE = 17 };
enum { ALGORITHM_RSA = 1, ALGORITHM_ECDSA = 19, ALGORITHM_EDDSA = 22 };

static uint32_t crc24(struct str bytes)
{
    uint32_t crc = 0xb704ce;
    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= (uint32_t)(unsigned char)bytes.p[i] << 16;
        for (int k = 0; k < 8; k++) {
            crc <<= 1;
            if (crc & 0x1000000) crc ^= 0x1864cfb;
        }
    }
    return crc & 0xffffff;
}

/* Lines between the marks: headers to an empty line, base64, perhaps "=" and a checksum. */
static enum rc unarmor(struct ctx *cx, struct str text, struct buf *out)
{
    struct str rest = text, line, sum = STR_NONE;
    scoped_buf base64;
    bool in_head = true, ended = false;
    buf_init(&base64, 2 * KEY_TEXT);
    (void)str_cut(&rest, '\n', &line); /* the first mark */
    while (str_cut(&rest, '\n', &line)) {
        line = str_trim(line);
        if (str_eq(line, STR(END))) {
            ended = true;
            break;
        }
        if (in_head) {
            in_head = line.n && str_has(line, STR(": "));
            if (in_head || !line.n) continue;
        }
        if (line.n == 5 && line.p[0] == '=')
            sum = str_slice(line, 1, 5);
        else if (sum.p)
            return fail(cx, E_INVALID, "key: something stands behind its checksum");
        else
            buf_str(&base64, line);
    }
    if (!ended) return fail(cx, E_INVALID, "key: the line \"%s\" is missing", END);
    if (str_trim(rest).n) return fail(cx, E_INVALID, "key: something stands behind its end; send one key at a time");
    if (!base64_read(out, buf_view(&base64))) return fail(cx, E_INVALID, "key: its block is no base64");
    uint8_t said[3];
    uint32_t crc = crc24(buf_view(out));
    if (sum.p && (!base64_read_exact(said, 3, sum) || (uint32_t)(said[0] << 16 | said[1] << 8 | said[2]) != crc))
        return fail(cx, E_INVALID, "key: its checksum is not right: it was damaged on the way");
    return OK;
}

struct packet {
    int tag;
    struct str whole, body;
};

/* Partial and indeterminate lengths are not of keys. */
static bool next_packet(struct str *rest, struct packet *out)
{
    const unsigned char *p = (const unsigned char *)rest->p;
    size_t have = rest->n, head = 0, n = 0;
    if (have < 2 || !(p[0] & 0x80)) return false;
    if (p[0] & 0x40) {
        out->tag = p[0] & 0x3f;
        if (p[1] < 192) {
            head = 2;
            n = p[1];
        } else if (p[1] < 224 && have >= 3) {
            head = 3;
            n = ((size_t)(p[1] - 192) << 8) + p[2] + 192;
        } else if (p[1] == 255 && have >= 6) {
            head = 6;
            n = (size_t)p[2] << 24 | (size_t)p[3] << 16 | (size_t)p[4] << 8 | p[5];
        }
    } else {
        size_t bytes = (size_t)1 << (p[0] & 3);
        out->tag = p[0] >> 2 & 15;
        if ((p[0] & 3) == 3 || have < 1 + bytes) return false;
        head = 1 + bytes;
        for (size_t i = 1; i <= bytes; i++) n = n << 8 | p[i];
    }
    if (!head || n > have - head) return false;
    out->whole = str_slice(*rest, 0, head + n);
    out->body = str_slice(*rest, head, head + n);
    *rest = str_slice(*rest, head + n, have);
    return true;
}

/* Version 4, and an algorithm that is taken. */
static enum rc check_key(struct ctx *cx, struct str body, struct str *words)
{
    const unsigned char *p = (const unsigned char *)body.p;
    if (body.n < 8 || p[0] != 4) return fail(cx, E_INVALID, "key: only version 4 of OpenPGP's keys is taken");
    if (p[5] == ALGORITHM_ECDSA || p[5] == ALGORITHM_EDDSA) {
        *words = p[5] == ALGORITHM_EDDSA ? STR("EdDSA") : STR("ECDSA");
        return OK;
    }
    size_t bits = (size_t)p[6] << 8 | p[7];
    if (p[5] != ALGORITHM_RSA)
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

static enum rc keep_packets(struct ctx *cx, struct str rest, struct buf *kept, struct key *out)
{
    struct packet p;
    bool keeping = false;
    for (int n = 0; rest.n; n++) {
        if (!next_packet(&rest, &p)) return fail(cx, E_INVALID, "key: packet %d is not well formed", n + 1);
        if ((p.tag == TAG_KEY) != (n == 0))
            return fail(cx, E_INVALID,
                        n ? "key: there are several keys; send one at a time"
                          : "key: it does not begin with a public key");
        if (p.tag == TAG_KEY) {
            if (p.body.n > 0xffff) return fail(cx, E_INVALID, "key: it is too long");
            TRY(check_key(cx, p.body, &out->algorithm));
            fingerprints(cx, p.body, out);
        } else if (p.tag != TAG_SUBKEY && p.tag != TAG_SIGNATURE && p.tag != TAG_USER && p.tag != TAG_ATTRIBUTE &&
                   p.tag != TAG_TRUST) {
            return fail(cx, E_INVALID, "key: packet %d (tag %d) is none of a public key", n + 1, p.tag);
        }
        if (p.tag == TAG_KEY || p.tag == TAG_SUBKEY) keeping = true;
        if (p.tag == TAG_USER || p.tag == TAG_ATTRIBUTE) keeping = false;
        if (keeping && p.tag != TAG_TRUST) buf_str(kept, p.whole);
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
    TRY(unarmor(cx, text, &bytes));
    TRY(keep_packets(cx, buf_view(&bytes), &kept, out));
    if (!kept.n) return fail(cx, E_INVALID, "key: there is none in it");
    base64_put(&public, kept.p, kept.n);
    if (public.failed)
        return fail(cx, E_LIMIT, "key: it is too long without its user ids, too; send it without old subkeys");
    out->public = arena_str(&cx->arena, buf_view(&public));
    return OK;
}
