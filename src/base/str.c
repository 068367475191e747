#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

struct str str_from(const char *cstr)
{
    return cstr ? (struct str){cstr, strlen(cstr)} : STR_NONE;
}

struct str str_environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? str_from(value) : STR_NONE;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool eq_nocase(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eq_nocase(struct str a, struct str b)
{
    return a.n == b.n && eq_nocase(a.p, b.p, a.n);
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c) return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void str_sort(struct str *list, size_t n)
{
    if (n) qsort(list, n, sizeof *list, by_bytes);
}

bool str_among(const struct str *sorted, size_t n, struct str s)
{
    return n && bsearch(&s, sorted, n, sizeof s, by_bytes);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_starts_nocase(struct str s, struct str prefix)
{
    return s.n >= prefix.n && eq_nocase(s.p, prefix.p, prefix.n);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

bool str_ends_nocase(struct str s, struct str suffix)
{
    return s.n >= suffix.n && eq_nocase(s.p + s.n - suffix.n, suffix.p, suffix.n);
}

const char *str_find(struct str s, struct str part)
{
    if (part.n == 0) return s.p;
    if (s.n < part.n) return NULL;
    return memmem(s.p, s.n, part.p, part.n);
}

bool str_has(struct str s, struct str part)
{
    return part.n == 0 || str_find(s, part) != NULL;
}

bool str_has_nocase(struct str s, struct str part)
{
    if (part.n == 0) return true;
    char first = lower(part.p[0]);
    for (size_t i = 0; i + part.n <= s.n; i++)
        if (lower(s.p[i]) == first && eq_nocase(s.p + i + 1, part.p + 1, part.n - 1)) return true;
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.n && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

struct str str_slice(struct str s, size_t from, size_t to)
{
    if (to > s.n) to = s.n;
    if (from > to) from = to;
    return s.p ? (struct str){s.p + from, to - from} : STR_NONE;
}

bool str_cut(struct str *rest, char sep, struct str *part)
{
    if (!rest->p) {
        *part = STR_NONE;
        return false;
    }
    const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    if (!at) {
        *part = *rest;
        *rest = STR_NONE;
        return true;
    }
    *part = (struct str){rest->p, (size_t)(at - rest->p)};
    rest->n -= part->n + 1;
    rest->p = at + 1;
    return true;
}

bool str_to_i64(struct str s, int64_t min, int64_t max, int64_t *out)
{
    bool minus = s.n && s.p[0] == '-';
    if (minus) s = str_slice(s, 1, s.n);
    if (s.n == 0 || s.n > 19) return false;
    int64_t v = 0; /* of the number's own sign: the least has no positive twin */
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        int digit = minus ? '0' - s.p[i] : s.p[i] - '0';
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v)) return false;
    }
    if (v < min || v > max) return false;
    *out = v;
    return true;
}

size_t str_char(struct str s, size_t at, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    size_t n = s.n - at;
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (p[0] < 0xc2 || p[0] > 0xf4 || n < len) return 0;
    uint32_t c = p[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (p[i] & 0x3fU);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return 0;
    *cp = c;
    return len;
}

bool str_is_utf8(struct str s)
{
    uint32_t cp;
    for (size_t i = 0; i < s.n;) {
        size_t len = str_char(s, i, &cp);
        if (!len) return false;
        i += len;
    }
    return true;
}

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max ? max : LIMIT_BUF};
}

void buf_release(struct buf *b)
{
    free(b->p);
    *b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

/* Room for n more bytes and a NUL. */
static bool grow(struct buf *b, size_t n)
{
    if (b->failed || n > b->max - b->n) {
        b->failed = true;
        return false;
    }
    if (b->n + n < b->cap) return true;
    size_t cap = b->cap ? b->cap : 256;
    while (cap <= b->n + n) cap *= 2;
    char *p = realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || !grow(b, n)) return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = 0;
}

void buf_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void buf_cstr(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n > 0 && grow(b, (size_t)n)) {
        (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

struct str buf_view(const struct buf *b)
{
    return (struct str){b->p ? b->p : "", b->n};
}

enum rc buf_ok(const struct buf *b)
{
    return b->failed ? E_LIMIT : OK;
}

bool char_is_deceptive(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
           c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

void buf_visible(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t c = 0;
        size_t len = str_char(s, i, &c);
        if (!len) {
            buf_printf(b, "\\x%02x", (unsigned char)s.p[i]);
            i++;
            continue;
        }
        if (c == '\n' || c == '\t' || c == '\r')
            buf_char(b, ' ');
        else if (!char_is_deceptive(c))
            buf_add(b, s.p + i, len);
        else if (c < 0x100)
            buf_printf(b, "\\x%02x", c);
        else
            buf_printf(b, "\\u%04x", c);
        i += len;
    }
}

void buf_quoted(struct buf *b, struct str s)
{
    buf_char(b, '\'');
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\'')
            buf_cstr(b, "'\\''");
        else
            buf_char(b, s.p[i]);
    buf_char(b, '\'');
}
