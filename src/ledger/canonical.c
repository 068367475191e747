#include "ledger/canonical.h"

#include "base/limits.h"

#include <stdlib.h>

/* A member of an object that is being read: where its key and its whole spelling stand in the output. */
struct member {
    size_t key, key_n, at, end;
};

struct step {          /* the way to the value that is being read */
    size_t key, key_n; /* where its key stands in the output; n is 0 in arrays and between members */
    size_t index;      /* from 1; 0 in objects */
};

struct reader {
    struct ctx *cx;
    struct str in;
    size_t i;
    struct buf *out;
    struct step path[LIMIT_BODY_DEPTH];
    size_t depth;
    struct member *members; /* of all objects that are open, as a stack */
    size_t n_members, cap_members;
};

static enum rc wrong(struct reader *r, const char *what)
{
    scoped_buf path;
    buf_init(&path, 200);
    for (size_t d = 0; d < r->depth; d++) {
        const struct step *s = &r->path[d];
        if (s->key_n)
            buf_printf(&path, "%s%.*s", path.n ? "." : "", (int)s->key_n, r->out->p + s->key);
        else if (s->index)
            buf_printf(&path, "[%zu]", s->index - 1);
    }
    struct str at = buf_view(&path);
    return fail(r->cx, E_INVALID, "JSON, byte %zu%s" STR_FMT ": %s", r->i + 1, at.n ? ", " : "", STR_ARG(at), what);
}

static void skip_space(struct reader *r)
{
    while (r->i < r->in.n && strchr(" \t\n\r", r->in.p[r->i]) && r->in.p[r->i]) r->i++;
}

static int peek(struct reader *r)
{
    return r->i < r->in.n ? (unsigned char)r->in.p[r->i] : -1;
}

static bool take(struct reader *r, char c)
{
    if (peek(r) != c) return false;
    r->i++;
    return true;
}

static void put_char(struct buf *out, unsigned char c)
{
    static const char *const shorts[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};
    if (c == '"' || c == '\\') {
        char two[2] = {'\\', (char)c};
        buf_add(out, two, 2);
    } else if (c >= 0x20)
        buf_char(out, (char)c);
    else if (c < sizeof shorts / sizeof *shorts && shorts[c])
        buf_cstr(out, shorts[c]);
    else
        buf_printf(out, "\\u%04x", c);
}

static void put_utf8(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        put_char(out, (unsigned char)c);
        return;
    }
    char b[4];
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) b[i] = (char)(0x80 | (c & 0x3f));
    b[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
    buf_add(out, b, n);
}

static bool hex4(struct reader *r, uint32_t *out)
{
    *out = 0;
    for (int k = 0; k < 4; k++, r->i++) {
        int c = peek(r);
        int v = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (v < 0) return false;
        *out = *out << 4 | (uint32_t)v;
    }
    return true;
}

/* Behind the backslash. */
static enum rc read_escape(struct reader *r)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    int c = peek(r);
    const char *known = c > 0 ? strchr(names, c) : NULL;
    if (known) {
        put_char(r->out, (unsigned char)values[known - names]);
        r->i++;
        return OK;
    }
    uint32_t code, low;
    if (!take(r, 'u') || !hex4(r, &code)) return wrong(r, "no such escape");
    if (code == 0) return wrong(r, "U+0000 is not allowed");
    if (code >= 0xd800 && code < 0xdc00) {
        if (!take(r, '\\') || !take(r, 'u') || !hex4(r, &low) || low < 0xdc00 || low > 0xdfff)
            return wrong(r, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000)
        return wrong(r, "half of a surrogate pair");
    put_utf8(r->out, code);
    return OK;
}

static enum rc read_string(struct reader *r)
{
    if (!take(r, '"')) return wrong(r, "a string is expected");
    buf_char(r->out, '"');
    for (;;) {
        size_t from = r->i;
        while (r->i < r->in.n && (unsigned char)r->in.p[r->i] >= 0x20 && r->in.p[r->i] != '"' && r->in.p[r->i] != '\\')
            r->i++;
        struct str run = str_slice(r->in, from, r->i);
        if (!str_is_utf8(run)) return wrong(r, "not UTF-8");
        buf_str(r->out, run);
        if (take(r, '"')) break;
        if (!take(r, '\\'))
            return wrong(r, peek(r) < 0 ? "the string has no end" : "a control character must be escaped");
        TRY(read_escape(r));
    }
    buf_char(r->out, '"');
    return OK;
}

static enum rc read_number(struct reader *r)
{
    size_t from = r->i;
    bool minus = take(r, '-');
    int64_t v = 0;
    size_t digits = 0;
    for (int c; (c = peek(r)) >= '0' && c <= '9'; r->i++, digits++)
        if (v <= CANONICAL_MAX) v = v * 10 + (c - '0');
    if (!digits) return wrong(r, "no JSON value");
    int c = peek(r);
    if (c == '.' || c == 'e' || c == 'E') return wrong(r, "numbers are integers; write a decimal as a string");
    if (v > CANONICAL_MAX) return wrong(r, "integers go to 9007199254740991 (2^53-1) either way");
    if (digits > 1 && r->in.p[from + minus] == '0') return wrong(r, "a number has no leading zeros");
    if (minus && v == 0) return wrong(r, "-0 is not allowed");
    buf_str(r->out, str_slice(r->in, from, r->i));
    return OK;
}

static enum rc read_word(struct reader *r)
{
    static const struct str words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (str_starts(str_slice(r->in, r->i, r->in.n), words[k])) {
            buf_str(r->out, words[k]);
            r->i += words[k].n;
            return OK;
        }
    return wrong(r, "no JSON value");
}

static int by_key(const void *a, const void *b, void *arg)
{
    const struct member *x = a, *y = b;
    const char *text = arg;
    return str_cmp((struct str){text + x->key, x->key_n}, (struct str){text + y->key, y->key_n});
}

static enum rc push_member(struct reader *r, struct member m)
{
    if (r->n_members == r->cap_members) {
        size_t cap = r->cap_members ? 2 * r->cap_members : 64;
        struct member *p = realloc(r->members, cap * sizeof *p);
        if (!p) return fail(r->cx, E_IO, "out of memory");
        r->members = p;
        r->cap_members = cap;
    }
    r->members[r->n_members++] = m;
    return OK;
}

/* Puts the members written from `from` on in order. */
static enum rc sort_members(struct reader *r, struct member *m, size_t n, size_t from)
{
    bool sorted = true;
    for (size_t k = 1; k < n && sorted; k++) sorted = by_key(&m[k - 1], &m[k], r->out->p) < 0;
    if (sorted) return OK;
    qsort_r(m, n, sizeof *m, by_key, r->out->p);
    for (size_t k = 1; k < n; k++)
        if (by_key(&m[k - 1], &m[k], r->out->p) == 0) {
            r->path[r->depth - 1] = (struct step){.key = m[k].key, .key_n = m[k].key_n};
            return wrong(r, "this key stands there twice");
        }
    size_t size = r->out->n - from;
    char *copy = malloc(size + 1);
    if (!copy) return fail(r->cx, E_IO, "out of memory");
    memcpy(copy, r->out->p + from, size);
    r->out->n = from;
    for (size_t k = 0; k < n; k++) {
        if (k) buf_char(r->out, ',');
        buf_add(r->out, copy + (m[k].at - from), m[k].end - m[k].at);
    }
    free(copy);
    return OK;
}

static enum rc read_value(struct reader *r);

static bool is_key(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_')) return false;
    return s.n >= 1 && s.n <= LIMIT_BODY_KEY;
}

static enum rc read_member(struct reader *r)
{
    struct member m = {.at = r->out->n};
    TRY(read_string(r));
    TRY(buf_ok(r->out));
    m.key = m.at + 1;
    m.key_n = r->out->n - m.at - 2;
    struct str key = str_slice(buf_view(r->out), m.key, m.key + m.key_n);
    if (!is_key(key)) return wrong(r, "keys are 1 to 64 of a-z, 0-9 and _");
    r->path[r->depth - 1] = (struct step){.key = m.key, .key_n = m.key_n};
    skip_space(r);
    if (!take(r, ':')) return wrong(r, "a colon is expected");
    buf_char(r->out, ':');
    TRY(read_value(r));
    m.end = r->out->n;
    r->path[r->depth - 1].key_n = 0;
    return push_member(r, m);
}

static enum rc read_object(struct reader *r)
{
    size_t base = r->n_members, from = r->out->n;
    for (bool first = true;; first = false) {
        skip_space(r);
        if (first && take(r, '}')) break;
        if (!first) buf_char(r->out, ',');
        TRY(read_member(r));
        skip_space(r);
        if (take(r, '}')) break;
        if (!take(r, ',')) return wrong(r, "a comma or } is expected");
        skip_space(r);
    }
    TRY(buf_ok(r->out));
    if (r->n_members > base) TRY(sort_members(r, r->members + base, r->n_members - base, from));
    r->n_members = base;
    buf_char(r->out, '}');
    return OK;
}

static enum rc read_array(struct reader *r)
{
    for (bool first = true;; first = false) {
        skip_space(r);
        if (first && take(r, ']')) break;
        if (!first) buf_char(r->out, ',');
        r->path[r->depth - 1].index++;
        TRY(read_value(r));
        skip_space(r);
        if (take(r, ']')) break;
        if (!take(r, ',')) return wrong(r, "a comma or ] is expected");
    }
    buf_char(r->out, ']');
    return OK;
}

static enum rc read_value(struct reader *r)
{
    skip_space(r);
    int c = peek(r);
    if (c == '"') return read_string(r);
    if (c == '-' || (c >= '0' && c <= '9')) return read_number(r);
    if (c != '{' && c != '[') return read_word(r);
    if (r->depth == LIMIT_BODY_DEPTH) return wrong(r, "more than 32 levels");
    r->path[r->depth++] = (struct step){0};
    r->i++;
    buf_char(r->out, (char)c);
    TRY(c == '{' ? read_object(r) : read_array(r));
    r->depth--;
    return OK;
}

static enum rc too_long(struct ctx *cx)
{
    return fail(cx, E_LIMIT, "JSON over %llu bytes", LIMIT_BODY);
}

enum rc canonical_from(struct ctx *cx, struct str json, unsigned around, struct buf *out)
{
    if (json.n > LIMIT_BODY) return too_long(cx);
    struct buf text;
    buf_init(&text, LIMIT_BODY);
    struct reader r = {.cx = cx, .in = json, .out = &text, .depth = around};
    skip_space(&r);
    enum rc rc = peek(&r) == '{' ? read_value(&r) : wrong(&r, "an object is expected");
    if (rc == OK) {
        skip_space(&r);
        if (r.i < json.n) rc = wrong(&r, "something stands behind the object");
    }
    if (text.failed) rc = too_long(cx);
    if (rc == OK) buf_str(out, buf_view(&text));
    free(r.members);
    buf_release(&text);
    if (rc == OK && out->failed) rc = too_long(cx);
    return rc;
}

enum rc canonical_check(struct ctx *cx, struct str json)
{
    scoped_buf text;
    buf_init(&text, LIMIT_BODY);
    TRY(canonical_from(cx, json, 0, &text));
    struct str right = buf_view(&text);
    if (str_eq(right, json)) return OK;
    size_t i = 0;
    while (i < right.n && i < json.n && right.p[i] == json.p[i]) i++;
    return fail(cx, E_INVALID, "JSON, byte %zu: not the canonical spelling", i + 1);
}

void canonical_put_str(struct buf *out, struct str s)
{
    buf_char(out, '"');
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        while (i < s.n && (unsigned char)s.p[i] >= 0x20 && s.p[i] != '"' && s.p[i] != '\\') i++;
        buf_str(out, str_slice(s, from, i));
        if (i < s.n) put_char(out, (unsigned char)s.p[i++]);
    }
    buf_char(out, '"');
}

/* Length of the value that starts at s, up to the comma or bracket behind it. */
static size_t spelled(struct str s)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"')
            quoted = true;
        else if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']') {
            if (depth-- == 0) return i;
        } else if (c == ',' && depth == 0)
            return i;
    }
    return s.n;
}

bool canonical_item(struct str *rest, struct str *value)
{
    if (rest->n < 3) return false; /* what is left, or "[]" */
    *rest = str_slice(*rest, 1, rest->n);
    *value = str_slice(*rest, 0, spelled(*rest));
    *rest = str_slice(*rest, value->n, rest->n);
    return true;
}

bool canonical_next(struct str *rest, struct str *key, struct str *value)
{
    struct str member;
    if (!canonical_item(rest, &member)) return false;
    const char *colon = memchr(member.p, ':', member.n);
    if (!colon || colon - member.p < 2) return false;
    size_t n = (size_t)(colon - member.p);
    *key = str_slice(member, 1, n - 1);
    *value = str_slice(member, n + 1, member.n);
    return true;
}

struct str canonical_find(struct str object, const char *key)
{
    struct str rest = object, k, value;
    while (canonical_next(&rest, &k, &value))
        if (str_eq(k, str_from(key))) return value;
    return STR_NONE;
}

bool canonical_str(struct arena *a, struct str value, struct str *out)
{
    if (value.n < 2 || value.p[0] != '"') return false;
    struct str s = str_slice(value, 1, value.n - 1);
    if (!s.n || !memchr(s.p, '\\', s.n)) {
        *out = arena_str(a, s);
        return true;
    }
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\\' || i + 1 == s.n) {
            p[n++] = s.p[i];
            continue;
        }
        char c = s.p[++i];
        const char *known = strchr(names, c);
        if (c == 'u' && i + 4 < s.n) { /* canonical: below U+0020, two digits that count */
            int high = s.p[i + 3] - '0', low = s.p[i + 4] <= '9' ? s.p[i + 4] - '0' : s.p[i + 4] - 'a' + 10;
            p[n++] = (char)(high << 4 | low);
            i += 4;
        } else
            p[n++] = known ? values[known - names] : c;
    }
    *out = (struct str){p, n};
    return true;
}

bool canonical_int(struct str value, int64_t *out)
{
    return str_to_i64(value, -CANONICAL_MAX, CANONICAL_MAX, out);
}
