#include "ledger/note.h"

#include "base/base64.h"
#include "base/digest.h"

#include <sodium.h>

#define DASH "\xe2\x80\x94 " /* U+2014 and a space */

/* Unicode's white space beyond ASCII, in UTF-8. */
static const struct str spaces[] = {
    {"\xc2\x85", 2},     {"\xc2\xa0", 2},     {"\xe1\x9a\x80", 3}, {"\xe2\x80\x80", 3}, {"\xe2\x80\x81", 3},
    {"\xe2\x80\x82", 3}, {"\xe2\x80\x83", 3}, {"\xe2\x80\x84", 3}, {"\xe2\x80\x85", 3}, {"\xe2\x80\x86", 3},
    {"\xe2\x80\x87", 3}, {"\xe2\x80\x88", 3}, {"\xe2\x80\x89", 3}, {"\xe2\x80\x8a", 3}, {"\xe2\x80\xa8", 3},
    {"\xe2\x80\xa9", 3}, {"\xe2\x80\xaf", 3}, {"\xe2\x81\x9f", 3}, {"\xe3\x80\x80", 3},
};

bool note_name_is_valid(struct str name)
{
    if (name.n == 0 || name.n > LIMIT_NOTE_NAME || !str_is_utf8(name)) return false;
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] <= 0x20 || name.p[i] == 0x7f || name.p[i] == '+') return false;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (str_has(name, spaces[i])) return false;
    return true;
}

static void key_id(const struct note_key *key, uint8_t out[4])
{
    uint8_t hash[32];
    char type = (char)key->type;
    struct digest d;
    digest_init(&d);
    digest_add(&d, key->name);
    digest_add(&d, STR("\n"));
    digest_add(&d, (struct str){&type, 1});
    digest_add(&d, (struct str){(const char *)key->public, sizeof key->public});
    digest_final(&d, hash);
    memcpy(out, hash, 4);
}

enum rc note_key_read(struct ctx *cx, struct str vkey, struct note_key *out)
{
    struct str rest = vkey, id;
    uint8_t material[33], computed[4];
    *out = (struct note_key){0};
    if (!str_cut(&rest, '+', &out->name) || !str_cut(&rest, '+', &id) || !note_name_is_valid(out->name) ||
        !hex_read_exact(out->id, 4, id))
        return fail(cx, E_INVALID, "key: NAME+ID+KEY is expected, ID being 8 hexadecimal digits");
    if (!base64_read_exact(material, sizeof material, rest) ||
        (material[0] != NOTE_ED25519 && material[0] != NOTE_COSIGNATURE))
        return fail(cx, E_INVALID, "key %s: only Ed25519 keys (type 1 or 4, 32 bytes, base64) are known",
                    str_visible(cx, out->name));
    out->type = material[0] == NOTE_ED25519 ? NOTE_ED25519 : NOTE_COSIGNATURE;
    memcpy(out->public, material + 1, sizeof out->public);
    key_id(out, computed);
    if (memcmp(computed, out->id, 4) != 0)
        return fail(cx, E_INVALID, "key %s: the id is not that of this name and key; copy it whole",
                    str_visible(cx, out->name));
    return OK;
}

void note_key_put(struct buf *out, const struct note_key *key)
{
    char id[9];
    uint8_t material[33] = {(uint8_t)key->type};
    memcpy(material + 1, key->public, sizeof key->public);
    digest_hex(key->id, 4, id);
    buf_printf(out, STR_FMT "+%s+", STR_ARG(key->name), id);
    base64_put(out, material, sizeof material);
}

bool note_key_eq(const struct note_key *a, const struct note_key *b)
{
    return a->type == b->type && str_eq(a->name, b->name) && memcmp(a->public, b->public, sizeof a->public) == 0;
}

enum rc note_signer_from(struct ctx *cx, struct str name, enum note_type type, const uint8_t seed[32],
                         struct note_signer *out)
{
    *out = (struct note_signer){.key = {.name = name, .type = type}};
    if (!note_name_is_valid(name))
        return fail(cx, E_INVALID, "%s cannot be a key's name: 1 to 255 characters, no white space, no plus",
                    str_visible(cx, name));
    if (sodium_init() < 0) return fail(cx, E_IO, "no source of random numbers");
    crypto_sign_seed_keypair(out->key.public, out->secret, seed);
    key_id(&out->key, out->key.id);
    return OK;
}

void note_signer_release(struct note_signer *s)
{
    sodium_memzero(s->secret, sizeof s->secret);
}

static enum rc malformed(struct ctx *cx, const char *what)
{
    return fail(cx, E_INVALID, "note: %s", what);
}

static enum rc read_signature(struct ctx *cx, struct str line, struct note_signature *out)
{
    struct str rest;
    if (!str_starts(line, STR(DASH))) return malformed(cx, "a line among the signatures does not begin with a dash");
    rest = str_slice(line, sizeof DASH - 1, line.n);
    if (!str_cut(&rest, ' ', &out->name) || !rest.p || !note_name_is_valid(out->name))
        return malformed(cx, "a signature has no proper name");
    scoped_buf bytes;
    buf_init(&bytes, LIMIT_NOTE);
    if (!base64_read(&bytes, rest) || bytes.n < 5) return malformed(cx, "a signature is not base64 of 5 bytes or more");
    memcpy(out->id, bytes.p, 4);
    out->bytes = arena_str(&cx->arena, str_slice(buf_view(&bytes), 4, bytes.n));
    return OK;
}

enum rc note_read(struct ctx *cx, struct str bytes, struct note *out)
{
    *out = (struct note){0};
    if (bytes.n > LIMIT_NOTE) return fail(cx, E_LIMIT, "note: over %llu bytes", LIMIT_NOTE);
    if (!str_is_utf8(bytes)) return malformed(cx, "not UTF-8");
    for (size_t i = 0; i < bytes.n; i++)
        if ((unsigned char)bytes.p[i] < 0x20 && bytes.p[i] != '\n') return malformed(cx, "a control character");
    if (!str_ends(bytes, STR("\n"))) return malformed(cx, "does not end in a newline");
    const char *blank = NULL; /* the last one parts text and signatures */
    for (size_t i = bytes.n - 1; i-- > 0 && !blank;)
        if (bytes.p[i] == '\n' && bytes.p[i + 1] == '\n') blank = bytes.p + i;
    if (!blank) return malformed(cx, "no blank line before the signatures");
    size_t text = (size_t)(blank - bytes.p) + 1;
    out->text = str_slice(bytes, 0, text);
    struct str rest = str_slice(bytes, text + 1, bytes.n - 1), line;
    while (str_cut(&rest, '\n', &line)) {
        if (out->n == LIMIT_NOTE_SIGNATURES)
            return fail(cx, E_LIMIT, "note: over %d signatures", LIMIT_NOTE_SIGNATURES);
        TRY(read_signature(cx, line, &out->signatures[out->n++]));
    }
    return OK;
}

static void cosigned(struct buf *out, struct str text, int64_t time)
{
    buf_printf(out, "cosignature/v1\ntime %lld\n", (long long)time);
    buf_str(out, text);
}

/* Whether these bytes are the key's signature over the text. */
static bool verify_one(struct str text, const struct note_key *key, struct str bytes, int64_t *time)
{
    *time = 0;
    if (key->type == NOTE_ED25519)
        return bytes.n == 64 &&
               crypto_sign_verify_detached((const uint8_t *)bytes.p, (const uint8_t *)text.p, text.n, key->public) == 0;
    if (bytes.n != 72) return false;
    uint64_t seconds = 0;
    for (int i = 0; i < 8; i++) seconds = seconds << 8 | (uint8_t)bytes.p[i];
    if (seconds > INT64_MAX) return false;
    scoped_buf message;
    buf_init(&message, 0);
    cosigned(&message, text, (int64_t)seconds);
    *time = (int64_t)seconds;
    return buf_ok(&message) == OK &&
           crypto_sign_verify_detached((const uint8_t *)bytes.p + 8, (const uint8_t *)message.p, message.n,
                                       key->public) == 0;
}

enum rc note_verify(struct ctx *cx, const struct note *note, const struct note_key *key, int64_t *time)
{
    bool found = false;
    *time = 0;
    for (size_t i = 0; i < note->n; i++) {
        const struct note_signature *s = &note->signatures[i];
        if (!str_eq(s->name, key->name) || memcmp(s->id, key->id, 4) != 0) continue;
        int64_t t;
        if (!verify_one(note->text, key, s->bytes, &t))
            return fail(cx, E_DENIED, "note: the signature of %s is wrong", str_visible(cx, key->name));
        if (!found || t > *time) *time = t;
        found = true;
    }
    return found ? OK : fail(cx, E_NOTFOUND, "note: not signed by the key of %s", str_visible(cx, key->name));
}

static void put_line(struct buf *out, struct str name, struct str id_and_signature)
{
    buf_printf(out, DASH STR_FMT " ", STR_ARG(name));
    base64_put(out, id_and_signature.p, id_and_signature.n);
    buf_char(out, '\n');
}

void note_sign(struct buf *out, struct str text, const struct note_signer *by, int64_t time)
{
    uint8_t line[4 + 8 + 64];
    size_t n = 4;
    memcpy(line, by->key.id, 4);
    scoped_buf message;
    buf_init(&message, 0);
    if (by->key.type == NOTE_COSIGNATURE) {
        for (int i = 0; i < 8; i++) line[n++] = (uint8_t)((uint64_t)time >> (56 - 8 * i));
        cosigned(&message, text, time);
    } else
        buf_str(&message, text);
    if (buf_ok(&message) != OK) {
        out->failed = true;
        return;
    }
    crypto_sign_detached(line + n, NULL, (const uint8_t *)message.p, message.n, by->secret);
    put_line(out, by->key.name, (struct str){(const char *)line, n + 64});
}

void note_signature_put(struct buf *out, const struct note_signature *s)
{
    scoped_buf both;
    buf_init(&both, LIMIT_NOTE);
    buf_add(&both, s->id, sizeof s->id);
    buf_str(&both, s->bytes);
    put_line(out, s->name, buf_view(&both));
    out->failed = out->failed || both.failed;
}
