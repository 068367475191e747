/* The certificate for this machine alone, when nobody gives one: P-256, for localhost, 127.0.0.1 and ::1, signed by
 * itself. In DIR/tls: key.pem, for its owner's eyes alone, and cert.pem. */
#ifndef SINETTI_SERVE_CERTIFICATE_H
#define SINETTI_SERVE_CERTIFICATE_H

#include "base/ctx.h"

/* Makes both when they are not there or end within 30 days; *made says so. */
enum rc certificate_prepare(struct ctx *cx, const char *dir, bool *made) MUST_CHECK;
/* Reads both; NULL names: those of DIR/tls. E_DENIED when others may read the key. The key is for certificate_wipe().
 */
enum rc certificate_read(struct ctx *cx, const char *dir, const char *cert_file, const char *key_file, struct str *cert,
                         struct str *key) MUST_CHECK;
void certificate_wipe(struct str key);
/* Names of the first certificate in PEM that are for servers (RFC 6125: subjectAltName, DNS). */
enum rc certificate_names(struct ctx *cx, struct str pem, const struct str **names, size_t *n) MUST_CHECK;
/* Unix seconds when the first certificate of the file ends. */
enum rc certificate_end(struct ctx *cx, const char *file, int64_t *end) MUST_CHECK;

#endif
