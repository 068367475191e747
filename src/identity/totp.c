#include "identity/totp.h"

#include "base/library.h"

#include <liboath/oath.h>
#include <pthread.h>
#include <qrencode.h>
#include <sodium.h>
#include <stdlib.h>

#define NAME_MOST 200 /* bytes of an issuer or account */

static struct {
    LIBRARY_MEMBER(oath_init)
    LIBRARY_MEMBER(oath_base32_encode)
    LIBRARY_MEMBER(oath_totp_generate)
    LIBRARY_MEMBER(QRcode_encodeData)
    LIBRARY_MEMBER(QRcode_free)
} lib;
static const char *missing;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    const struct library_symbol oath[] = {{"oath_init", &lib.oath_init},
                                          {"oath_base32_encode", &lib.oath_base32_encode},
                                          {"oath_totp_generate", &lib.oath_totp_generate}};
    const struct library_symbol qr[] = {{"QRcode_encodeData", &lib.QRcode_encodeData},
                                        {"QRcode_free", &lib.QRcode_free}};
    missing = library_open("liboath.so.0", oath, sizeof oath / sizeof *oath);
    if (!missing) missing = library_open("libqrencode.so.4", qr, sizeof qr / sizeof *qr);
    if (!missing && lib.oath_init() != OATH_OK) missing = "liboath.so.0";
}

static enum rc ready(struct ctx *cx)
{
    pthread_once(&once, load);
    return missing ? fail(cx, E_IO,
                          "one-time passwords need liboath and libqrencode (Debian: liboath0, libqrencode4); "
                          "not found: %s",
                          missing)
                   : OK;
}

void totp_secret(uint8_t out[TOTP_SECRET])
{
    randombytes_buf(out, TOTP_SECRET);
}

/* A part of the label: percent-encoded (RFC 3986's unreserved characters stay). */
static void put_name(struct buf *out, struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)(name.p[i] == ':' ? ' ' : name.p[i]);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c)))
            buf_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* A run of dark modules in a row is one rectangle. */
static void put_path(struct buf *out, const QRcode *code)
{
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++) {
            int from = x;
            while (x < code->width && code->data[y * code->width + x] & 1) x++;
            if (x > from) buf_printf(out, "M%d %dh%dv1h-%dz", from, y, x - from, x - from);
        }
}

enum rc totp_offer(struct ctx *cx, const uint8_t secret[TOTP_SECRET], struct str issuer, struct str account,
                   struct totp_offer *out)
{
    TRY(ready(cx));
    if (!issuer.n || !account.n || issuer.n > NAME_MOST || account.n > NAME_MOST)
        return fail(cx, E_LIMIT, "a name for the authenticator app has 1 to %d bytes", NAME_MOST);
    char *base32 = NULL;
    if (lib.oath_base32_encode((const char *)secret, TOTP_SECRET, &base32, NULL) != OATH_OK)
        return fail(cx, E_IO, "out of memory");
    out->secret = arena_str(&cx->arena, str_from(base32));
    sodium_memzero(base32, strlen(base32));
    free(base32);
    scoped_buf uri, path;
    buf_init(&uri, 0);
    buf_init(&path, 0);
    buf_cstr(&uri, "otpauth://totp/");
    put_name(&uri, issuer);
    buf_char(&uri, ':');
    put_name(&uri, account);
    buf_printf(&uri, "?secret=" STR_FMT "&issuer=", STR_ARG(out->secret));
    put_name(&uri, issuer);
    buf_printf(&uri, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_SECONDS);
    out->uri = arena_str(&cx->arena, buf_view(&uri));
    QRcode *code = lib.QRcode_encodeData((int)uri.n, (const unsigned char *)uri.p, 0, QR_ECLEVEL_M);
    sodium_memzero(uri.p, uri.n);
    if (!code) return fail(cx, E_LIMIT, "the names are too long for a QR code");
    out->modules = code->width;
    put_path(&path, code);
    lib.QRcode_free(code);
    out->path = arena_str(&cx->arena, buf_view(&path));
    sodium_memzero(path.p, path.n);
    return OK;
}

enum rc totp_check(struct ctx *cx, const uint8_t secret[TOTP_SECRET], struct str code, int64_t now, int64_t used,
                   int64_t *step)
{
    TRY(ready(cx));
    int64_t ignored;
    if (code.n != TOTP_DIGITS || !str_to_i64(code, 0, 999999, &ignored))
        return fail(cx, E_DENIED, "a code of the authenticator app has %d digits", TOTP_DIGITS);
    int64_t present = now / TOTP_SECONDS, found = -1;
    for (int64_t at = present - 1; at <= present + 1; at++) {
        char right[TOTP_DIGITS + 1];
        if (at < 0) continue;
        if (lib.oath_totp_generate((const char *)secret, TOTP_SECRET, (time_t)(at * TOTP_SECONDS), TOTP_SECONDS, 0,
                                   TOTP_DIGITS, right) != OATH_OK)
            return fail(cx, E_INTERNAL, "liboath made no code");
        bool same = sodium_memcmp(right, code.p, TOTP_DIGITS) == 0;
        sodium_memzero(right, sizeof right);
        if (same && at > used) found = at;
    }
    if (found < 0) return fail(cx, E_DENIED, "the code is wrong, too old, or was used before; wait for the next one");
    *step = found;
    return OK;
}
