#include "ledger/leaf.h"

#include "base/base64.h"
#include "base/digest.h"
#include "ledger/canonical.h"
#include "ledger/checkpoint.h"

#include <assert.h>
#include <stdio.h>

static const char *const ways[] = {"gate", "probe", "host", "import", "person", "operator"};

bool kind_is_valid(struct str kind)
{
    for (size_t i = 0; i < kind.n; i++) {
        char c = kind.p[i];
        if (!((c >= 'a' && c <= 'z') || (i && ((c >= '0' && c <= '9') || c == '_')))) return false;
    }
    return kind.n >= 1 && kind.n <= LIMIT_KIND;
}

static bool is_way(struct str via)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (str_eq(via, str_from(ways[i]))) return true;
    return false;
}

static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '2' && s.p[i] <= '7'))) return false;
    return s.n == 20;
}

static enum rc check_fields(struct ctx *cx, const struct body *b)
{
    uint8_t fingerprint[32];
    if (!kind_is_valid(b->kind))
        return fail(cx, E_INVALID, "kind: 1 to 40 of a-z, 0-9 and _ are expected, a letter first");
    if (!is_way(b->via))
        return fail(cx, E_INVALID, "via: one of gate, probe, host, import, person, operator is expected");
    if (b->credential.n && !hex_read_exact(fingerprint, 32, b->credential))
        return fail(cx, E_INVALID, "credential: empty or 64 hexadecimal digits are expected");
    if (!str_eq(b->actor, STR("system")) && !str_eq(b->actor, STR("unknown")) &&
        !(str_starts(b->actor, STR("person:")) && is_id(str_slice(b->actor, 7, b->actor.n))))
        return fail(cx, E_INVALID, "actor: person:ID, system or unknown is expected");
    if (!b->subject.n || b->subject.n > LIMIT_SUBJECT || !str_is_utf8(b->subject) ||
        memchr(b->subject.p, 0, b->subject.n))
        return fail(cx, E_INVALID, "subject: 1 to %llu bytes of UTF-8 are expected", LIMIT_SUBJECT);
    return OK;
}

enum rc body_write(struct ctx *cx, const struct body *b, struct buf *out)
{
    TRY(check_fields(cx, b));
    scoped_buf text;
    buf_init(&text, LIMIT_BODY);
    buf_cstr(&text, "{\"actor\":");
    canonical_put_str(&text, b->actor);
    buf_cstr(&text, ",\"credential\":");
    canonical_put_str(&text, b->credential);
    buf_cstr(&text, ",\"kind\":");
    canonical_put_str(&text, b->kind);
    buf_cstr(&text, ",\"payload\":");
    TRY(canonical_from(cx, b->payload, 1, &text));
    buf_cstr(&text, ",\"subject\":");
    canonical_put_str(&text, b->subject);
    buf_cstr(&text, ",\"via\":");
    canonical_put_str(&text, b->via);
    buf_char(&text, '}');
    if (buf_ok(&text) != OK) return fail(cx, E_LIMIT, "a body over %llu bytes", LIMIT_BODY);
    buf_str(out, buf_view(&text));
    return OK;
}

enum rc body_read(struct ctx *cx, struct str bytes, struct body *out)
{
    static const char *const keys[] = {"actor", "credential", "kind", "payload", "subject", "via"};
    struct str *const fields[] = {&out->actor, &out->credential, &out->kind, &out->payload, &out->subject, &out->via};
    *out = (struct body){0};
    TRY(canonical_check(cx, bytes));
    struct str rest = bytes, key, value;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!canonical_next(&rest, &key, &value) || !str_eq(key, str_from(keys[i])))
            return fail(cx, E_INVALID, "body: the fields are actor, credential, kind, payload, subject and via");
        if (fields[i] == &out->payload) {
            if (value.p[0] != '{') return fail(cx, E_INVALID, "body: the payload is no object");
            out->payload = value;
        } else if (!canonical_str(&cx->arena, value, fields[i]))
            return fail(cx, E_INVALID, "body: %s is no string", keys[i]);
    }
    if (canonical_next(&rest, &key, &value))
        return fail(cx, E_INVALID, "body: the fields are actor, credential, kind, payload, subject and via");
    return check_fields(cx, out);
}

void body_digest(const uint8_t salt[SALT_SIZE], struct str body, uint8_t out[32])
{
    struct digest d;
    digest_init(&d);
    digest_add(&d, STR("sinetti-fact-v1\n"));
    digest_add(&d, (struct str){(const char *)salt, SALT_SIZE});
    digest_add(&d, body);
    digest_final(&d, out);
}

enum rc body_check(struct ctx *cx, const struct leaf *l, const uint8_t salt[SALT_SIZE], struct str bytes,
                   struct body *out)
{
    uint8_t digest[32];
    body_digest(salt, bytes, digest);
    if (memcmp(digest, l->digest, sizeof digest) != 0)
        return fail(cx, E_DENIED, "body: not what was recorded (its digest is not the leaf's)");
    TRY(body_read(cx, bytes, out));
    return str_eq(out->kind, l->kind) ? OK : fail(cx, E_INVALID, "body: of another kind than its leaf");
}

size_t leaf_write(const struct leaf *l, char out[LIMIT_LEAF])
{
    char digest[65];
    digest_hex(l->digest, 32, digest);
    int n = snprintf(out, LIMIT_LEAF, "{\"at\":%lld,\"digest\":\"%s\",\"kind\":\"" STR_FMT "\",\"n\":%llu,\"v\":1}",
                     (long long)l->at, digest, STR_ARG(l->kind), (unsigned long long)l->n);
    assert(n > 0 && n < (int)LIMIT_LEAF);
    return (size_t)n;
}

static bool skip(struct str *rest, struct str prefix)
{
    if (!str_starts(*rest, prefix)) return false;
    *rest = str_slice(*rest, prefix.n, rest->n);
    return true;
}

static bool number(struct str *rest, uint64_t *out)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9') n++;
    struct str digits = str_slice(*rest, 0, n);
    *rest = str_slice(*rest, n, rest->n);
    return n <= 16 && size_read(digits, out) && *out <= (uint64_t)CANONICAL_MAX;
}

enum rc leaf_read(struct ctx *cx, struct str bytes, struct leaf *out)
{
    struct str rest = bytes;
    uint64_t at = 0;
    *out = (struct leaf){0};
    bool ok = bytes.n <= LIMIT_LEAF && skip(&rest, STR("{\"at\":")) && number(&rest, &at) &&
              skip(&rest, STR(",\"digest\":\"")) && hex_read_exact(out->digest, 32, str_slice(rest, 0, 64));
    if (ok) rest = str_slice(rest, 64, rest.n);
    ok = ok && skip(&rest, STR("\",\"kind\":\""));
    const char *quote = ok && rest.n ? memchr(rest.p, '"', rest.n) : NULL;
    if (quote) {
        out->kind = (struct str){rest.p, (size_t)(quote - rest.p)};
        rest = str_slice(rest, out->kind.n, rest.n);
    }
    ok = quote && kind_is_valid(out->kind) && skip(&rest, STR("\",\"n\":")) && number(&rest, &out->n) &&
         out->n < (uint64_t)CANONICAL_MAX && skip(&rest, STR(",\"v\":"));
    if (!ok) return fail(cx, E_INVALID, "leaf: not the spelling of a fact's leaf");
    out->at = (int64_t)at;
    if (!str_eq(rest, STR("1}")))
        return fail(cx, E_INVALID, "leaf: of another version than 1; a newer program may know it");
    return OK;
}
