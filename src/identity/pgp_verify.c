/* Signatures of version 4 (RFC 9580, sections 5.2.3 and 5.2.4): of data by a key, and of a subkey by its primary key.
 */
#include "identity/pgp.h"

#include <nettle/sha1.h>
#include <sodium.h>

#include "base/pubkey.h"

enum { TYPE_BINARY = 0x00, TYPE_SUBKEY = 0x18, TYPE_BACK = 0x19, TYPE_REVOKED = 0x20, TYPE_SUBKEY_REVOKED = 0x28 };
enum { FLAG_SIGNS = 0x02 };

static uint64_t number(const char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | (unsigned char)p[i];
    return v;
}

/* --- reading a signature */

static void read_subpacket(struct pgp_signature *s, int type, bool critical, bool hashed, struct str v)
{
    switch (type) {
    case 2:
        if (hashed && v.n == 4) s->made = (int64_t)number(v.p, 4);
        break;
    case 3:
        if (hashed && v.n == 4) s->expires = (int64_t)number(v.p, 4);
        break;
    case 9:
        if (hashed && v.n == 4) s->key_expires = (int64_t)number(v.p, 4);
        break;
    case 16: /* only says which key to try */
        if (v.n == 8) s->issuer = number(v.p, 8);
        break;
    case 33:
        if (v.n == 21 && v.p[0] == 4) s->issuer = number(v.p + 13, 8);
        break;
    case 27:
        if (hashed && v.n >= 1) s->flags = (unsigned char)v.p[0];
        break;
    case 32:
        s->embedded = v; /* proves itself */
        break;
    default:
        if (critical && hashed && type != 11 && type != 21 && type != 22 && type != 23 && type != 28 && type != 30 &&
            type != 25 && type != 7 && type != 4 && type != 35)
            s->strange = true;
    }
}

static bool read_subpackets(struct pgp_signature *s, struct str all, bool hashed)
{
    while (all.n) {
        size_t n = (unsigned char)all.p[0], head = 1;
        if (n >= 192 && n < 255) {
            if (all.n < 2) return false;
            n = ((n - 192) << 8) + (unsigned char)all.p[1] + 192;
            head = 2;
        } else if (n == 255) {
            if (all.n < 5) return false;
            n = (size_t)number(all.p + 1, 4);
            head = 5;
        }
        if (n == 0 || n > all.n - head) return false;
        int type = (unsigned char)all.p[head];
        read_subpacket(s, type & 0x7f, (type & 0x80) != 0, hashed, str_slice(all, head + 1, head + n));
        all = str_slice(all, head + n, all.n);
    }
    return true;
}

bool pgp_signature_read(struct str b, struct pgp_signature *out)
{
    *out = (struct pgp_signature){.flags = -1};
    if (b.n < 10 || b.p[0] != 4) return false;
    out->type = (unsigned char)b.p[1];
    out->algorithm = (unsigned char)b.p[2];
    out->hash = (unsigned char)b.p[3];
    size_t hashed = (size_t)number(b.p + 4, 2), at = 6 + hashed;
    if (at + 2 > b.n) return false;
    out->trailer = str_slice(b, 0, at);
    size_t others = (size_t)number(b.p + at, 2);
    if (at + 2 + others + 2 > b.n) return false;
    out->numbers = str_slice(b, at + 2 + others + 2, b.n);
    return read_subpackets(out, str_slice(b, 6, at), true) &&
           read_subpackets(out, str_slice(b, at + 2, at + 2 + others), false);
}

/* --- keys */

uint64_t pgp_key_id(struct str key)
{
    uint8_t head[3] = {0x99, (uint8_t)(key.n >> 8), (uint8_t)key.n}, one[SHA1_DIGEST_SIZE];
    struct sha1_ctx h;
    sha1_init(&h);
    sha1_update(&h, sizeof head, head);
    sha1_update(&h, key.n, (const uint8_t *)key.p);
    sha1_digest(&h, sizeof one, one);
    return number((const char *)one + 12, 8);
}

int64_t pgp_key_made(struct str key)
{
    return key.n >= 5 ? (int64_t)number(key.p + 1, 4) : 0;
}

/* Two bytes say how many bits; a number has one spelling (section 3.2). */
static bool take_mpi(struct str *rest, struct str *out)
{
    if (rest->n < 2) return false;
    size_t bits = (size_t)number(rest->p, 2), n = (bits + 7) / 8;
    if (n == 0 || n > rest->n - 2) return false;
    *out = str_slice(*rest, 2, 2 + n);
    *rest = str_slice(*rest, 2 + n, rest->n);
    return (unsigned char)out->p[0] >> ((bits - 1) % 8) == 1;
}

static gnutls_datum_t datum(struct str s)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)s.p, (unsigned)s.n};
}

/* --- one signature over a hash */

struct hashing {
    gnutls_digest_algorithm_t algorithm;
    gnutls_sign_algorithm_t rsa, ecdsa;
    int number; /* OpenPGP's */
};
static const struct hashing hashes[] = {
    {GNUTLS_DIG_SHA256, GNUTLS_SIGN_RSA_SHA256, GNUTLS_SIGN_ECDSA_SHA256, 8},
    {GNUTLS_DIG_SHA384, GNUTLS_SIGN_RSA_SHA384, GNUTLS_SIGN_ECDSA_SHA384, 9},
    {GNUTLS_DIG_SHA512, GNUTLS_SIGN_RSA_SHA512, GNUTLS_SIGN_ECDSA_SHA512, 10},
};

static bool padded(struct str number, uint8_t *out, size_t n)
{
    if (number.n > n) return false;
    memset(out, 0, n - number.n);
    memcpy(out + n - number.n, number.p, number.n);
    return true;
}

static bool by_eddsa(struct str rest, struct str numbers, struct str hash)
{
    static const char ed25519[] = {9, 0x2b, 0x06, 0x01, 0x04, 0x01, (char)0xda, 0x47, 0x0f, 0x01};
    struct str point, r, s;
    uint8_t signature[64];
    if (!str_starts(rest, (struct str){ed25519, sizeof ed25519})) return false;
    rest = str_slice(rest, sizeof ed25519, rest.n);
    return take_mpi(&rest, &point) && !rest.n && point.n == 33 && point.p[0] == 0x40 && take_mpi(&numbers, &r) &&
           take_mpi(&numbers, &s) && !numbers.n && padded(r, signature, 32) && padded(s, signature + 32, 32) &&
           crypto_sign_verify_detached(signature, (const unsigned char *)hash.p, hash.n,
                                       (const unsigned char *)point.p + 1) == 0;
}

static const struct {
    const char *oid; /* length, and the bytes */
    size_t n, size;
    gnutls_ecc_curve_t curve;
} curves[] = {{"\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 9, 32, GNUTLS_ECC_CURVE_SECP256R1},
              {"\x05\x2b\x81\x04\x00\x22", 6, 48, GNUTLS_ECC_CURVE_SECP384R1},
              {"\x05\x2b\x81\x04\x00\x23", 6, 66, GNUTLS_ECC_CURVE_SECP521R1}};

static bool by_ecdsa(const struct pubkey_library *lib, const struct hashing *h, struct str rest, struct str numbers,
                     struct str hash)
{
    struct str point, r, s;
    gnutls_pubkey_t key = NULL;
    gnutls_datum_t der = {NULL, 0}, digest = datum(hash);
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        struct str oid = {curves[i].oid, curves[i].n}, body = str_slice(rest, curves[i].n, rest.n);
        size_t size = curves[i].size;
        if (!str_starts(rest, oid)) continue;
        if (!take_mpi(&body, &point) || body.n || point.n != 1 + 2 * size || point.p[0] != 4 ||
            !take_mpi(&numbers, &r) || !take_mpi(&numbers, &s) || numbers.n)
            return false;
        gnutls_datum_t x = datum(str_slice(point, 1, 1 + size)), y = datum(str_slice(point, 1 + size, point.n)),
                       dr = datum(r), ds = datum(s);
        bool good = lib->gnutls_pubkey_init(&key) == 0 &&
                    lib->gnutls_pubkey_import_ecc_raw(key, curves[i].curve, &x, &y) == 0 &&
                    lib->gnutls_encode_rs_value(&der, &dr, &ds) == 0 &&
                    lib->gnutls_pubkey_verify_hash2(key, h->ecdsa, 0, &digest, &der) >= 0;
        (*lib->gnutls_free)(der.data);
        if (key) lib->gnutls_pubkey_deinit(key);
        return good;
    }
    return false;
}

static bool by_rsa(const struct pubkey_library *lib, const struct hashing *h, struct str rest, struct str numbers,
                   struct str hash)
{
    struct str n, e, s;
    uint8_t whole[2048];
    gnutls_pubkey_t key = NULL;
    gnutls_datum_t digest = datum(hash);
    if (!take_mpi(&rest, &n) || !take_mpi(&rest, &e) || rest.n || !take_mpi(&numbers, &s) || numbers.n ||
        n.n > sizeof whole || !padded(s, whole, n.n))
        return false;
    gnutls_datum_t dn = datum(n), de = datum(e), said = {whole, (unsigned)n.n};
    bool good = lib->gnutls_pubkey_init(&key) == 0 && lib->gnutls_pubkey_import_rsa_raw(key, &dn, &de) == 0 &&
                lib->gnutls_pubkey_verify_hash2(key, h->rsa, 0, &digest, &said) >= 0;
    if (key) lib->gnutls_pubkey_deinit(key);
    return good;
}

/* What is signed: up to two pieces, then the signature's own head (section 5.2.4). */
static bool has_signed(struct str key, const struct pgp_signature *s, struct str a, struct str b)
{
    const struct pubkey_library *lib = pubkey_library();
    const struct hashing *h = NULL;
    gnutls_hash_hd_t hd;
    uint8_t out[64];
    size_t n = s->trailer.n;
    const uint8_t end[6] = {4, 0xff, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
        if (hashes[i].number == s->hash) h = &hashes[i];
    if (!lib || !h || key.n < 7 || key.p[0] != 4 || (unsigned char)key.p[5] != s->algorithm ||
        lib->gnutls_hash_init(&hd, h->algorithm) != 0)
        return false;
    (void)lib->gnutls_hash(hd, a.p, a.n);
    (void)lib->gnutls_hash(hd, b.p, b.n);
    (void)lib->gnutls_hash(hd, s->trailer.p, s->trailer.n);
    (void)lib->gnutls_hash(hd, end, sizeof end);
    lib->gnutls_hash_deinit(hd, out);
    struct str hash = {(const char *)out, (size_t)lib->gnutls_hash_get_len(h->algorithm)},
               rest = str_slice(key, 6, key.n);
    return s->algorithm == PGP_EDDSA   ? by_eddsa(rest, s->numbers, hash)
           : s->algorithm == PGP_ECDSA ? by_ecdsa(lib, h, rest, s->numbers, hash)
           : s->algorithm == PGP_RSA   ? by_rsa(lib, h, rest, s->numbers, hash)
                                       : false;
}

/* --- which key */

static void put_key(struct buf *out, struct str key)
{
    const uint8_t head[3] = {0x99, (uint8_t)(key.n >> 8), (uint8_t)key.n};
    buf_add(out, head, sizeof head);
    buf_str(out, key);
}

/* The primary key says that this is its subkey for signing, and the subkey agrees. */
static bool is_bound(struct str primary, struct str subkey, const struct pgp_signature *s)
{
    scoped_buf both;
    struct pgp_signature back;
    buf_init(&both, 65536);
    put_key(&both, primary);
    put_key(&both, subkey);
    return !both.failed && s->type == TYPE_SUBKEY && !s->strange && s->flags >= 0 && (s->flags & FLAG_SIGNS) &&
           has_signed(primary, s, buf_view(&both), STR("")) && pgp_signature_read(s->embedded, &back) &&
           back.type == TYPE_BACK && has_signed(subkey, &back, buf_view(&both), STR(""));
}

struct choice {
    struct str primary, key; /* key: the one that is looked for; STR_NONE: it is not in here */
    bool bound, revoked;
    int64_t until; /* Unix seconds; 0: for ever */
    int64_t newest;
};

/* Any word that takes back is believed: whoever added the key has said so. */
static bool choose(struct str packets, uint64_t id, struct choice *out)
{
    struct pgp_packet p;
    struct str current = STR_NONE;
    *out = (struct choice){0};
    while (packets.n) {
        struct pgp_signature s;
        if (!pgp_next_packet(&packets, &p)) return false;
        if (p.tag == PGP_KEY) out->primary = p.body;
        if (p.tag == PGP_KEY || p.tag == PGP_SUBKEY) current = p.body;
        if ((p.tag == PGP_KEY || p.tag == PGP_SUBKEY) && pgp_key_id(current) == id) out->key = current;
        if (p.tag != PGP_SIGNATURE || !pgp_signature_read(p.body, &s)) continue;
        bool ours = out->key.p && current.p == out->key.p;
        if (s.type == TYPE_REVOKED || (s.type == TYPE_SUBKEY_REVOKED && ours)) out->revoked = true;
        if (!ours || current.p == out->primary.p || s.made < out->newest || !is_bound(out->primary, current, &s))
            continue;
        out->bound = true;
        out->newest = s.made;
        out->until = s.key_expires ? pgp_key_made(current) + s.key_expires : 0;
    }
    if (out->key.p && out->key.p == out->primary.p) out->bound = true;
    return out->primary.p != NULL;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return !a ? b : !b ? a : a < b ? a : b;
}

uint64_t pgp_issuer(struct str signature)
{
    struct pgp_packet p;
    struct pgp_signature s;
    return pgp_next_packet(&signature, &p) && p.tag == PGP_SIGNATURE && pgp_signature_read(p.body, &s) ? s.issuer : 0;
}

const char *pgp_verify(struct str packets, struct str signature, struct str data, int64_t *until)
{
    struct pgp_packet p;
    struct pgp_signature s;
    struct choice c;
    *until = 0;
    if (sodium_init() < 0 || !pgp_next_packet(&signature, &p) || signature.n || p.tag != PGP_SIGNATURE) return "bad";
    if (!pgp_signature_read(p.body, &s) || s.type != TYPE_BINARY || s.strange || s.hash < 8 || s.hash > 10)
        return "unsupported";
    if (!choose(packets, s.issuer, &c) || !c.key.p) return "unknown";
    if (!c.bound || !has_signed(c.key, &s, data, STR(""))) return "bad";
    *until = c.revoked ? 1 : sooner(c.until, s.expires ? s.made + s.expires : 0);
    return NULL;
}
