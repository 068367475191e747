/* Time-based one-time passwords (RFC 6238) by liboath: SHA-1, six digits, 30 seconds, which is what every app knows.
 * The QR code is libqrencode's. Pure, but for totp_secret() and what the libraries need; locked inside. */
#ifndef SINETTI_IDENTITY_TOTP_H
#define SINETTI_IDENTITY_TOTP_H

#include "base/ctx.h"

#define TOTP_SECRET 20 /* bytes; RFC 4226, section 4, R6 */
#define TOTP_DIGITS 6
#define TOTP_SECONDS 30

/* What a person is shown once, to take into an app. All in the arena, all secret. */
struct totp_offer {
    struct str secret; /* base32 without padding, to type in */
    struct str uri;    /* otpauth://totp/… */
    int modules;       /* width and height of the QR code, without its margin of four */
    struct str path;   /* its dark modules as the `d` of an SVG path, one unit a module */
};

void totp_secret(uint8_t out[TOTP_SECRET]);

/* `issuer` and `account` are names that the app shows: UTF-8, escaped here; a colon in them becomes a space. E_LIMIT
 * when they are too long for a QR code. */
enum rc totp_offer(struct ctx *cx, const uint8_t secret[TOTP_SECRET], struct str issuer, struct str account,
                   struct totp_offer *out) MUST_CHECK;

/* Whether `code` is right at `now` (Unix seconds): of this step, the one before or the one after (RFC 6238,
 * section 5.2), and of a later step than `used`, so that each works once. *step is to be kept as the next `used`. Takes
 * the same time for every code of six digits. E_DENIED when not. */
enum rc totp_check(struct ctx *cx, const uint8_t secret[TOTP_SECRET], struct str code, int64_t now, int64_t used,
                   int64_t *step) MUST_CHECK;

#endif
