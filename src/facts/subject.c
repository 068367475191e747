#include "facts/subject.h"

#include "base/limits.h"
#include "ledger/canonical.h"
#include "ledger/leaf.h"

#include <sodium.h>

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!s.p[i] || !strchr(alphabet, s.p[i])) return false;
    return s.n == SUBJECT_ID;
}

static bool is_hex(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
    return true;
}

/* [a-z0-9]+(-[a-z0-9]+)* */
static bool is_key(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool inner = i && i + 1 < s.n && s.p[i - 1] != '-';
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '-' && inner)))
            return false;
    }
    return s.n > 0;
}

static bool is_plain(uint32_t c)
{
    return c >= 0x20 && c != 0x7f && c != '%';
}

void subject_spell(struct buf *out, struct str name)
{
    for (size_t i = 0; i < name.n;) {
        uint32_t c = 0;
        size_t n = str_char(name, i, &c);
        if (n && is_plain(c))
            buf_add(out, name.p + i, n);
        else
            for (size_t k = 0; k < (n ? n : 1); k++) buf_printf(out, "%%%02X", (unsigned char)name.p[i + k]);
        i += n ? n : 1;
    }
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool subject_unspell(struct buf *out, struct str spelled)
{
    size_t from = out->n;
    for (size_t i = 0; i < spelled.n; i++) {
        if (spelled.p[i] != '%') {
            buf_char(out, spelled.p[i]);
            continue;
        }
        int high = i + 2 < spelled.n ? hex_digit(spelled.p[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(spelled.p[i + 2]) : -1;
        if (low < 0) return false;
        buf_char(out, (char)(high * 16 + low));
        i += 2;
    }
    scoped_buf again;
    buf_init(&again, 0);
    subject_spell(&again, str_slice(buf_view(out), from, out->n));
    return !out->failed && str_eq(buf_view(&again), spelled);
}

/* As git's check-ref-format admits a full name. */
static bool is_ref(struct str s)
{
    struct str rest = s, part;
    if (!s.p || s.n == 0 || !memchr(s.p, '/', s.n) || str_has(s, STR("..")) || str_has(s, STR("@{")) ||
        str_ends(s, STR(".")))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || strchr("~^:?*[\\", s.p[i])) return false;
    while (str_cut(&rest, '/', &part))
        if (part.n == 0 || part.p[0] == '.' || str_ends(part, STR(".lock"))) return false;
    return s.p[s.n - 1] != '/';
}

static bool is_path(struct str s)
{
    return s.n && s.p[0] != '/' && s.p[s.n - 1] != '/' && !memchr(s.p, 0, s.n);
}

/* ID/NAME, with what NAME must be once it is read. */
static bool has_name(struct str rest, bool (*is_name)(struct str))
{
    struct str id;
    if (!str_cut(&rest, '/', &id) || !is_id(id) || !rest.p) return false;
    scoped_buf name;
    buf_init(&name, LIMIT_SUBJECT);
    return subject_unspell(&name, rest) && is_name(buf_view(&name));
}

static bool is_rest(enum subject_type t, struct str rest)
{
    struct str first;
    int64_t n;
    switch (t) {
    case SUBJECT_PROJECT:
    case SUBJECT_REPO:
    case SUBJECT_CHANGE:
    case SUBJECT_RELEASE:
    case SUBJECT_PERSON:
    case SUBJECT_GROUP:
        return is_id(rest);
    case SUBJECT_REF:
        return has_name(rest, is_ref);
    case SUBJECT_FILE:
        return has_name(rest, is_path);
    case SUBJECT_COMMIT:
        return str_cut(&rest, '/', &first) && is_id(first) && (rest.n == 40 || rest.n == 64) && is_hex(rest);
    case SUBJECT_RECORD:
        return str_cut(&rest, '/', &first) && kind_is_valid(first) && is_id(rest);
    case SUBJECT_KEY:
        return rest.n == 64 && is_hex(rest);
    case SUBJECT_TASK:
        return is_key(rest);
    case SUBJECT_OBLIGATION:
        return str_cut(&rest, '/', &first) && is_key(first) && is_key(rest);
    case SUBJECT_FACT:
        return str_to_i64(rest, 0, CANONICAL_MAX - 1, &n) && (rest.p[0] != '0' || rest.n == 1) && rest.p[0] != '+' &&
               rest.p[0] != '-';
    case SUBJECT_ORG:
    case SUBJECT_LEDGER:
    case SUBJECT_COUNT:
    default:
        return false;
    }
}

/* How the rest is to be, for who got it wrong. */
static const char *rest_form(enum subject_type t)
{
    static const char *const forms[] = {
        [SUBJECT_ORG] = "org",
        [SUBJECT_LEDGER] = "ledger",
        [SUBJECT_PROJECT] = "project:ID",
        [SUBJECT_REPO] = "repo:ID",
        [SUBJECT_REF] = "ref:ID/refs/…, the full name",
        [SUBJECT_COMMIT] = "commit:ID/OID, 40 or 64 lower-case hexadecimal digits",
        [SUBJECT_FILE] = "file:ID/PATH",
        [SUBJECT_CHANGE] = "change:ID",
        [SUBJECT_RELEASE] = "release:ID",
        [SUBJECT_RECORD] = "record:KIND/ID",
        [SUBJECT_PERSON] = "person:ID",
        [SUBJECT_KEY] = "key: and 64 lower-case hexadecimal digits",
        [SUBJECT_TASK] = "task:TASK",
        [SUBJECT_OBLIGATION] = "obligation:TASK/POINT",
        [SUBJECT_FACT] = "fact: and a number without leading zeros",
        [SUBJECT_GROUP] = "group:ID",
    };
    return forms[t];
}

enum rc subject_check(struct ctx *cx, struct str s, enum subject_type *out)
{
    if (s.n > LIMIT_SUBJECT) return fail(cx, E_INVALID, "subject: longer than %llu bytes", LIMIT_SUBJECT);
    if (!str_is_utf8(s)) return fail(cx, E_INVALID, "subject: not UTF-8");
    struct str rest = s, type = STR("");
    bool any = str_cut(&rest, ':', &type);
    for (int i = 0; any && i < SUBJECT_COUNT; i++) {
        if (!str_eq(type, str_from(subject_type_name((enum subject_type)i)))) continue;
        *out = (enum subject_type)i;
        if (i == SUBJECT_ORG || i == SUBJECT_LEDGER ? !rest.p : rest.p && is_rest(*out, rest)) return OK;
        return fail(cx, E_INVALID, "subject \"%s\": it is to be %s (an ID is 20 characters of a-z and 2-7)",
                    str_visible(cx, s), rest_form(*out));
    }
    return fail(cx, E_INVALID, "subject \"%s\": there is no such type of subject", str_visible(cx, s));
}

void subject_new_id(char out[SUBJECT_ID + 1])
{
    unsigned char random[SUBJECT_ID];
    randombytes_buf(random, sizeof random);
    for (int i = 0; i < SUBJECT_ID; i++) out[i] = alphabet[random[i] & 31];
    out[SUBJECT_ID] = 0;
}
