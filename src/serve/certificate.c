#include "serve/certificate.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VALID_SECONDS (397 * DAY_SECONDS) /* browsers believe no longer ones */
#define EARLY_SECONDS (30 * DAY_SECONDS)
#define MOST (256 * KIB)

static const char *in(struct ctx *cx, const char *dir, const char *name)
{
    return arena_printf(&cx->arena, "%s/tls/%s", dir, name).p;
}

static enum rc cannot(struct ctx *cx, const char *doing, int code)
{
    return fail(cx, E_INTERNAL, "certificate: cannot %s: %s", doing, gnutls_strerror(code));
}

static enum rc read_file(struct ctx *cx, const char *path, bool secret, struct str *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(cx, errno == ENOENT ? E_NOTFOUND : E_IO, "%s: cannot read: %s", str_visible(cx, str_from(path)),
                    strerror(errno));
    char *text = arena_alloc(&cx->arena, MOST + 1);
    ssize_t n = -1;
    bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= (off_t)MOST;
    if (fits) n = read(fd, text, MOST);
    close(fd);
    if (n < 0) return fail(cx, E_IO, "%s: no file of at most %llu bytes", str_visible(cx, str_from(path)), MOST);
    *out = (struct str){text, (size_t)n};
    if (!secret || !(st.st_mode & 0007)) return OK;
    explicit_bzero(text, MOST);
    return fail(cx, E_DENIED, "%s: everybody may read this key; chmod o-rwx it", str_visible(cx, str_from(path)));
}

enum rc certificate_end(struct ctx *cx, const char *file, int64_t *end)
{
    struct str text;
    gnutls_x509_crt_t *list = NULL;
    unsigned n = 0;
    TRY(read_file(cx, file, false, &text));
    const gnutls_datum_t datum = {(unsigned char *)(uintptr_t)text.p, (unsigned)text.n};
    int code = gnutls_x509_crt_list_import2(&list, &n, &datum, GNUTLS_X509_FMT_PEM, 0);
    if (code < 0)
        return fail(cx, E_INVALID, "%s: no certificate in PEM: %s", str_visible(cx, str_from(file)),
                    gnutls_strerror(code));
    *end = n ? (int64_t)gnutls_x509_crt_get_expiration_time(list[0]) : 0;
    for (unsigned i = 0; i < n; i++) gnutls_x509_crt_deinit(list[i]);
    gnutls_free(list);
    return OK;
}

#define MOST_NAMES 256

enum rc certificate_names(struct ctx *cx, struct str pem, const struct str **names, size_t *n)
{
    gnutls_datum_t text = {(unsigned char *)(uintptr_t)pem.p, (unsigned)pem.n};
    gnutls_x509_crt_t *list = NULL;
    unsigned count = 0, kind;
    struct str *out = arena_array(&cx->arena, struct str, MOST_NAMES);
    int code = gnutls_x509_crt_list_import2(&list, &count, &text, GNUTLS_X509_FMT_PEM, 0);
    *names = out;
    *n = 0;
    if (code < 0) return cannot(cx, "read it", code);
    for (unsigned i = 0; count && *n < MOST_NAMES; i++) {
        char name[256];
        size_t size = sizeof name;
        code = gnutls_x509_crt_get_subject_alt_name2(list[0], i, name, &size, &kind, NULL);
        if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) break;
        if (code < 0 || kind != GNUTLS_SAN_DNSNAME) continue;
        out[(*n)++] = arena_str(&cx->arena, (struct str){name, strnlen(name, size)});
    }
    for (unsigned i = 0; i < count; i++) gnutls_x509_crt_deinit(list[i]);
    gnutls_free(list);
    return OK;
}

static int fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, time_t now)
{
    static const unsigned char four[] = {127, 0, 0, 1}, six[16] = {[15] = 1};
    unsigned char serial[16], id[20];
    size_t id_n = sizeof id;
    int code = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] &= 0x7f; /* positive */
    serial[0] |= 0x01;
#define STEP(call)                                                                                                     \
    if (code >= 0) code = (call)
    STEP(gnutls_x509_crt_set_version(crt, 3));
    STEP(gnutls_x509_crt_set_serial(crt, serial, sizeof serial));
    STEP(gnutls_x509_crt_set_activation_time(crt, now - 3600));
    STEP(gnutls_x509_crt_set_expiration_time(crt, now + VALID_SECONDS));
    STEP(gnutls_x509_crt_set_key(crt, key));
    STEP(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, "localhost", 9));
    STEP(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_SET));
    STEP(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, four, sizeof four, GNUTLS_FSAN_APPEND));
    STEP(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, six, sizeof six, GNUTLS_FSAN_APPEND));
    STEP(gnutls_x509_crt_set_basic_constraints(crt, 0, -1));
    STEP(gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE));
    STEP(gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0));
    STEP(gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, id, &id_n));
    STEP(gnutls_x509_crt_set_subject_key_id(crt, id, id_n));
    STEP(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0));
#undef STEP
    return code;
}

static enum rc write_out(struct ctx *cx, const char *dir, gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    gnutls_datum_t cert_text = {0}, key_text = {0};
    int code = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &cert_text);
    if (code >= 0) code = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, 0, &key_text);
    enum rc rc = code < 0 ? cannot(cx, "write it", code) : OK;
    const struct str parts[] = {{(char *)cert_text.data, cert_text.size}, {(char *)key_text.data, key_text.size}};
    if (rc == OK) rc = file_replace_parts(cx, in(cx, dir, "key.pem"), 0600, &parts[1], 1);
    if (rc == OK) rc = file_replace_parts(cx, in(cx, dir, "cert.pem"), 0644, &parts[0], 1);
    if (key_text.data) explicit_bzero(key_text.data, key_text.size);
    gnutls_free(key_text.data);
    gnutls_free(cert_text.data);
    return rc;
}

static enum rc make(struct ctx *cx, const char *dir)
{
    gnutls_x509_crt_t crt = NULL;
    gnutls_x509_privkey_t key = NULL;
    int code = gnutls_x509_privkey_init(&key);
    if (code >= 0)
        code = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (code >= 0) code = gnutls_x509_crt_init(&crt);
    if (code >= 0) code = fill(crt, key, (time_t)time_now());
    enum rc rc = code < 0 ? cannot(cx, "make it", code) : write_out(cx, dir, crt, key);
    if (crt) gnutls_x509_crt_deinit(crt);
    if (key) gnutls_x509_privkey_deinit(key);
    return rc;
}

enum rc certificate_prepare(struct ctx *cx, const char *dir, bool *made)
{
    const char *folder = arena_printf(&cx->arena, "%s/tls", dir).p;
    int64_t end = 0;
    *made = false;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fail(cx, E_IO, "%s: cannot make the folder: %s", str_visible(cx, str_from(folder)), strerror(errno));
    enum rc rc = certificate_end(cx, in(cx, dir, "cert.pem"), &end);
    if (rc == OK && access(in(cx, dir, "key.pem"), F_OK) == 0 && end - time_now() > EARLY_SECONDS) return OK;
    *made = true;
    return make(cx, dir);
}

enum rc certificate_read(struct ctx *cx, const char *dir, const char *cert_file, const char *key_file, struct str *cert,
                         struct str *key)
{
    TRY(read_file(cx, cert_file ? cert_file : in(cx, dir, "cert.pem"), false, cert));
    return read_file(cx, key_file ? key_file : in(cx, dir, "key.pem"), true, key);
}

void certificate_wipe(struct str key)
{
    if (key.n) explicit_bzero((void *)(uintptr_t)key.p, key.n); /* in the arena: ours to write */
}
