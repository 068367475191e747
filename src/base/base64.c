#include "base/base64.h"

#include <sodium.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct buf *out, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (; n >= 3; p += 3, n -= 3) {
        char four[4] = {digits[p[0] >> 2], digits[(p[0] & 3) << 4 | p[1] >> 4], digits[(p[1] & 15) << 2 | p[2] >> 6],
                        digits[p[2] & 63]};
        buf_add(out, four, 4);
    }
    if (n == 1) {
        char four[4] = {digits[p[0] >> 2], digits[(p[0] & 3) << 4], '=', '='};
        buf_add(out, four, 4);
    } else if (n == 2) {
        char four[4] = {digits[p[0] >> 2], digits[(p[0] & 3) << 4 | p[1] >> 4], digits[(p[1] & 15) << 2], '='};
        buf_add(out, four, 4);
    }
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One group of four characters; the number of bytes it gives, 0 when malformed. Padding only in the last. */
static size_t group(const char *p, bool last, uint8_t out[3])
{
    size_t n = last && p[3] == '=' ? (p[2] == '=' ? 1 : 2) : 3;
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int v = i <= n ? value_of(p[i]) : 0;
        if (v < 0) return 0;
        bits = bits << 6 | (uint32_t)v;
    }
    if (n < 3 && (bits & (n == 1 ? 0xffffU : 0xffU))) return 0;
    out[0] = (uint8_t)(bits >> 16);
    out[1] = (uint8_t)(bits >> 8);
    out[2] = (uint8_t)bits;
    return n;
}

bool base64_read(struct buf *out, struct str text)
{
    if (text.n % 4) return false;
    for (size_t i = 0; i < text.n; i += 4) {
        uint8_t three[3];
        size_t n = group(text.p + i, i + 4 == text.n, three);
        if (!n) return false;
        buf_add(out, three, n);
    }
    return !out->failed;
}

bool base64_read_exact(void *out, size_t n, struct str text)
{
    if (text.n != (n + 2) / 3 * 4) return false;
    uint8_t *p = out;
    for (size_t i = 0; i < text.n; i += 4) {
        uint8_t three[3];
        size_t got = group(text.p + i, i + 4 == text.n, three);
        if (!got || got > n) return false;
        memcpy(p, three, got);
        p += got;
        n -= got;
    }
    return n == 0;
}

void base64url_put(struct buf *out, const void *bytes, size_t n)
{
    for (const uint8_t *p = bytes; n; p += 48) {
        char text[sodium_base64_ENCODED_LEN(48, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
        size_t part = n < 48 ? n : 48;
        buf_cstr(out, sodium_bin2base64(text, sizeof text, p, part, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
        n -= part;
    }
}

bool base64url_read(struct buf *out, struct str text)
{
    uint8_t part[48];
    for (size_t at = 0; at < text.n; at += 64) {
        struct str piece = str_slice(text, at, at + 64);
        size_t n;
        if (sodium_base642bin(part, sizeof part, piece.p, piece.n, NULL, &n, NULL,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
            return false;
        buf_add(out, part, n);
    }
    return !out->failed;
}

bool hex_read_exact(void *out, size_t n, struct str text)
{
    uint8_t *p = out;
    if (text.n != 2 * n) return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (v < 0) return false;
        p[i / 2] = (uint8_t)(i % 2 ? p[i / 2] | v : v << 4);
    }
    return true;
}
