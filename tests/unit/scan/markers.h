/* Values for the scanner's vectors are put together here, so that none stands in the repository as a whole:
 * @@GHP@@ becomes a token with its checksum, @@HETU - 70@@ a code with its check character, and so on. */
#ifndef SINETTI_TESTS_SCAN_MARKERS_H
#define SINETTI_TESTS_SCAN_MARKERS_H

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "scan/match.h"

static uint64_t marker_state = 88172645463325252ULL;

static unsigned marker_random(unsigned n)
{
    marker_state ^= marker_state << 13;
    marker_state ^= marker_state >> 7;
    marker_state ^= marker_state << 17;
    return (unsigned)(marker_state >> 33) % n;
}

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* n characters that read random by the scanner's own measure, when long enough to be measured. */
static void marker_chars(char *out, size_t n, const char *alphabet)
{
    size_t len = strlen(alphabet);
    do {
        for (size_t i = 0; i < n; i++) out[i] = alphabet[marker_random((unsigned)len)];
        out[n] = 0;
    } while (len > 10 && (n >= 24 || (n >= 16 && len > 40)) && !text_is_random((struct str){out, n}));
}

static void marker_base64(struct buf *out, const uint8_t *p, size_t n, const char *newline)
{
    for (size_t i = 0, column = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
        buf_char(out, base64[v >> 18]);
        buf_char(out, base64[v >> 12 & 63]);
        buf_char(out, i + 1 < n ? base64[v >> 6 & 63] : '=');
        buf_char(out, i + 2 < n ? base64[v & 63] : '=');
        if (newline && (column += 4) % 64 == 0 && i + 3 < n) buf_cstr(out, newline);
    }
}

static void marker_pem(struct buf *out, const char *kind, const char *newline)
{
    uint8_t key[900];
    size_t n = strcmp(kind, "EC") == 0 ? 121 : sizeof key;
    for (size_t i = 0; i < n; i++) key[i] = (uint8_t)marker_random(256);
    if (strcmp(kind, "OPENSSH") == 0)
        memcpy(key, "openssh-key-v1", 15);
    else if (n < 130)
        memcpy(key, (uint8_t[]){0x30, (uint8_t)(n - 2)}, 2);
    else
        memcpy(key, (uint8_t[]){0x30, 0x82, (uint8_t)((n - 4) >> 8), (uint8_t)(n - 4)}, 4);
    buf_printf(out, "-----BEGIN %s%sPRIVATE KEY-----%s", kind, *kind ? " " : "", newline);
    marker_base64(out, key, n, newline);
    buf_printf(out, "%s-----END %s%sPRIVATE KEY-----", newline, kind, *kind ? " " : "");
}

static void marker_checked_token(struct buf *out, const char *prefix)
{
    char body[31];
    marker_chars(body, 30, base62);
    uint32_t crc = crc32_of((struct str){body, 30});
    char sum[7] = {0};
    for (size_t i = 6; i-- > 0; crc /= 62) sum[i] = base62[crc % 62];
    buf_printf(out, "%s%s%s", prefix, body, sum);
}

/* "- 70": sign and year; the individual number is under 900 unless said otherwise. */
static void marker_hetu(struct buf *out, const char *arg, bool artificial, bool wrong)
{
    int number = artificial ? 901 + (int)marker_random(98) : 100 + (int)marker_random(700);
    int day = 1 + (int)marker_random(28), month = 1 + (int)marker_random(12), year = atoi(arg + 2);
    long all = ((day * 100L + month) * 100 + year) * 1000 + number;
    static const char check[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    buf_printf(out, "%02d%02d%02d%c%03d%c", day, month, year, arg[0], number, check[(all + wrong) % 31]);
}

static void marker_iban(struct buf *out, const char *country, bool spaces)
{
    char text[40];
    size_t digits = strcmp(country, "FI") == 0 ? 14 : 18;
    for (int sum = 2; sum < 99; sum++) {
        if (sum == 2) {
            snprintf(text, sizeof text, "%s00", country);
            marker_chars(text + 4, digits, "1357902468");
            for (char c = '0'; digits == 14 && !account_number_is_valid("FI", text + 4, digits); c++) text[17] = c;
        }
        text[2] = (char)('0' + sum / 10);
        text[3] = (char)('0' + sum % 10);
        if (iban_is_valid(text, digits + 4)) break;
    }
    for (size_t i = 0; text[i]; i++) {
        if (spaces && i && i % 4 == 0) buf_char(out, ' ');
        buf_char(out, text[i]);
    }
}

static void marker_card(struct buf *out, const char *prefix, bool spaces)
{
    char n[17];
    do {
        memcpy(n, prefix, 4);
        marker_chars(n + 4, 12, "7302918465");
    } while (!card_is_plausible(n, 16));
    for (size_t i = 0; i < 16; i++) {
        if (spaces && i && i % 4 == 0) buf_char(out, ' ');
        buf_char(out, n[i]);
    }
}

static void marker_expand(struct buf *out, const char *name, const char *arg)
{
    char text[256];
    size_t n = (size_t)atoi(arg);
    if (n > 200) n = 200;
    if (strcmp(name, "PEM") == 0)
        marker_pem(out, arg, "\n");
    else if (strcmp(name, "PEM1") == 0)
        marker_pem(out, arg, "\\n");
    else if (strcmp(name, "GHP") == 0)
        marker_checked_token(out, "ghp_");
    else if (strcmp(name, "NPM") == 0)
        marker_checked_token(out, "npm_");
    else if (strcmp(name, "AWSID") == 0) {
        marker_chars(text, 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
        buf_printf(out, "AKIA%s", text);
    } else if (strcmp(name, "RAND") == 0 || strcmp(name, "RAND62") == 0 || strcmp(name, "HEX") == 0 ||
               strcmp(name, "UP") == 0 || strcmp(name, "NUM") == 0) {
        marker_chars(text, n,
                     *name == 'H'   ? "0123456789abcdef"
                     : *name == 'U' ? "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
                     : *name == 'N' ? "7302918465"
                     : name[4]      ? base62
                                    : base64);
        buf_cstr(out, text);
    } else if (strcmp(name, "PASS") == 0 || strcmp(name, "B64PASS") == 0) {
        marker_chars(text, n - 4, base62);
        snprintf(text + n - 4, 8, "q7#K");
        if (*name == 'P')
            buf_cstr(out, text);
        else
            marker_base64(out, (const uint8_t *)text, n, NULL);
    } else if (strcmp(name, "B64AUTH") == 0) {
        snprintf(text, sizeof text, "deploy:");
        marker_chars(text + 7, n, base62);
        marker_base64(out, (const uint8_t *)text, 7 + n, NULL);
    } else if (strncmp(name, "HETU", 4) == 0)
        marker_hetu(out, arg, strcmp(name, "HETU900") == 0, strcmp(name, "HETUBAD") == 0);
    else if (strncmp(name, "IBAN", 4) == 0)
        marker_iban(out, arg, name[4] != 0);
    else if (strncmp(name, "CARD", 4) == 0)
        marker_card(out, arg, name[4] != 0);
    else if (strcmp(name, "MAIL") == 0) {
        static const char *const names[] = {"aino.korhonen", "eino.virtanen", "v.nieminen",  "siiri.laine",
                                            "helmik",        "onni.salo",     "lumi.aalto",  "otso",
                                            "ilta.hill",     "kuu.maa",       "taika.vuori", "tuuli"};
        buf_printf(out, "%s@%s", names[(n - 1) % 12], n % 3 ? "gmail.com" : "shop.fi");
    } else {
        fprintf(stderr, "unknown marker %s\n", name);
        abort();
    }
}

/* @@NAME@@ and @@NAME ARG@@ expanded. */
static inline void markers_expand(struct buf *out, struct str in)
{
    for (size_t i = 0; i < in.n;) {
        const char *end =
            i + 4 < in.n && in.p[i] == '@' && in.p[i + 1] == '@' ? memmem(in.p + i + 2, in.n - i - 2, "@@", 2) : NULL;
        size_t n = end ? (size_t)(end - in.p) - i - 2 : 0;
        if (!end || n > 30 || memchr(in.p + i, '\n', n)) {
            buf_char(out, in.p[i++]);
            continue;
        }
        char text[32];
        snprintf(text, sizeof text, "%.*s", (int)n, in.p + i + 2);
        char *space = strchr(text, ' ');
        if (space) *space = 0;
        marker_expand(out, text, space ? space + 1 : "");
        i += n + 4;
    }
}

#endif
