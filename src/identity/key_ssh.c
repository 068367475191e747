/* OpenSSH's public keys: one line, `type base64 [comment]`; the blob is RFC 4253, section 6.6, RFC 5656 and 8709, and
 * OpenSSH's PROTOCOL.u2f for sk-…. */
#include "base/base64.h"
#include "base/digest.h"
#include "base/ssh_wire.h"
#include "identity/keys.h"

#define RSA_LEAST 3072
#define RSA_MOST 16384

enum form { FORM_ED25519, FORM_ECDSA, FORM_RSA };
static const struct type {
    const char *name;
    enum form form;
    bool security_key;
    const char *curve; /* of ECDSA */
    size_t point;      /* bytes */
} types[] = {{"ssh-ed25519", FORM_ED25519, false, NULL, 32},
             {"sk-ssh-ed25519@openssh.com", FORM_ED25519, true, NULL, 32},
             {"ecdsa-sha2-nistp256", FORM_ECDSA, false, "nistp256", 65},
             {"ecdsa-sha2-nistp384", FORM_ECDSA, false, "nistp384", 97},
             {"ecdsa-sha2-nistp521", FORM_ECDSA, false, "nistp521", 133},
             {"sk-ecdsa-sha2-nistp256@openssh.com", FORM_ECDSA, true, "nistp256", 65},
             {"ssh-rsa", FORM_RSA, false, NULL, 0}};

/* Bits of a positive number in its shortest form; 0 for any other. */
static size_t bits_of(struct str mpint)
{
    const unsigned char *p = (const unsigned char *)mpint.p;
    size_t n = mpint.n;
    if (n == 0 || p[0] & 0x80) return 0;
    if (p[0] == 0) {
        if (n < 2 || !(p[1] & 0x80)) return 0;
        p++;
        n--;
    }
    size_t bits = 8 * n;
    for (unsigned char top = p[0]; !(top & 0x80); top = (unsigned char)(top << 1)) bits--;
    return bits;
}

static enum rc read_rsa(struct ctx *cx, struct str *blob, struct str *words)
{
    struct str e, n;
    if (!ssh_take(blob, &e) || !ssh_take(blob, &n)) return fail(cx, E_INVALID, "key: it ends too early");
    size_t bits = bits_of(n), exponent = bits_of(e);
    if (!bits || exponent < 2 || exponent > 64 || !(e.p[e.n - 1] & 1) || !(n.p[n.n - 1] & 1))
        return fail(cx, E_INVALID, "key: its numbers are not those of an RSA key");
    if (bits < RSA_LEAST || bits > RSA_MOST)
        return fail(cx, E_INVALID, "key: RSA of %zu bits; between %d and %d are taken, and Ed25519 is better", bits,
                    RSA_LEAST, RSA_MOST);
    *words = arena_printf(&cx->arena, "RSA %zu", bits);
    return OK;
}

static enum rc read_blob(struct ctx *cx, const struct type *t, struct str blob, struct str *words)
{
    struct str name, curve, point, application;
    *words = str_from(t->name);
    if (!ssh_take(&blob, &name) || !str_eq(name, str_from(t->name)))
        return fail(cx, E_INVALID, "key: inside it says another type than before it");
    if (t->form == FORM_RSA) {
        TRY(read_rsa(cx, &blob, words));
    } else {
        if (t->form == FORM_ECDSA && (!ssh_take(&blob, &curve) || !str_eq(curve, str_from(t->curve))))
            return fail(cx, E_INVALID, "key: it is on another curve than its type says");
        if (!ssh_take(&blob, &point) || point.n != t->point || (t->form == FORM_ECDSA && point.p[0] != 4))
            return fail(cx, E_INVALID, "key: its point is not of the right length and form");
        if (t->security_key &&
            (!ssh_take(&blob, &application) || !application.n || application.n > 255 || !str_is_utf8(application)))
            return fail(cx, E_INVALID, "key: of a security key, without its application");
    }
    return blob.n ? fail(cx, E_INVALID, "key: something stands behind its end") : OK;
}

enum rc key_read_ssh(struct ctx *cx, struct str text, struct key *out)
{
    struct str rest = text, name, encoded = STR("");
    const struct type *t = NULL;
    scoped_buf blob;
    uint8_t hash[32];
    struct digest d;
    buf_init(&blob, KEY_TEXT);
    (void)str_cut(&rest, ' ', &name);
    (void)str_cut(&rest, ' ', &encoded);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(name, str_from(types[i].name))) t = &types[i];
    if (!t)
        return fail(cx, E_INVALID, "key: \"%s\" is not taken; ssh-ed25519, ecdsa-sha2-…, ssh-rsa and sk-… are",
                    str_visible(cx, name));
    if (!base64_read(&blob, encoded)) return fail(cx, E_INVALID, "key: what stands behind its type is no base64");
    TRY(read_blob(cx, t, buf_view(&blob), &out->algorithm));
    digest_init(&d);
    digest_add(&d, buf_view(&blob));
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, out->fingerprint);
    scoped_buf shown;
    buf_init(&shown, 100);
    buf_cstr(&shown, "SHA256:");
    base64_put(&shown, hash, sizeof hash);
    while (shown.n && shown.p[shown.n - 1] == '=') shown.n--;
    out->type = "ssh";
    out->shown = arena_str(&cx->arena, buf_view(&shown));
    out->public = arena_printf(&cx->arena, "%s " STR_FMT, t->name, STR_ARG(encoded));
    return OK;
}
