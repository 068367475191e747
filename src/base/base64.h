/* Base64 (RFC 4648, section 4) as C2SP's texts have it: padded, no line breaks, one spelling for each value. Pure. */
#ifndef SINETTI_BASE_BASE64_H
#define SINETTI_BASE_BASE64_H

#include "base/str.h"

void base64_put(struct buf *out, const void *bytes, size_t n);

/* Appends what `text` stands for. false when it is not base64, or has bits set that stand for nothing; `out` then holds
 * a part of it. */
bool base64_read(struct buf *out, struct str text);

/* The same into exactly n bytes. */
bool base64_read_exact(void *out, size_t n, struct str text);

/* The same for base64url without padding (section 5), as JOSE and WebAuthn have it. */
void base64url_put(struct buf *out, const void *bytes, size_t n);
bool base64url_read(struct buf *out, struct str text);

/* Lower-case hexadecimal digits into exactly n bytes; false when text is anything else. */
bool hex_read_exact(void *out, size_t n, struct str text);

#endif
