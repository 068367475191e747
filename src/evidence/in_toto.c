/* An in-toto statement (attestation framework, v0.1 and v1) in a DSSE envelope (v1.0). At least one signature must be
 * by a key that somebody here has registered: Ed25519 or ECDSA, as OpenSSH's or X.509's. */
#include "evidence/readers.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/pubkey.h"
#include "base/sshsig.h"
#include "store/store.h"

#define SIGNATURES 20

static enum rc read_whole(struct reading *r, struct buf *out)
{
    struct input *in = r->in;
    for (bool more;;) {
        TRY(input_more(r->cx, in, &more));
        if (!more) return OK;
        buf_add(out, in->piece + in->at, in->n - in->at);
        in->at = in->n;
        if (buf_ok(out) != OK)
            return fail(r->cx, E_LIMIT, "a signed statement may have %llu MiB", LIMIT_EVIDENCE_ENVELOPE / MIB);
    }
}

static enum rc parse(struct reading *r, struct str text, const char *what, json_t **out)
{
    json_error_t e;
    *out = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &e);
    if (json_is_object(*out)) return OK;
    if (*out) return fail(r->cx, E_INVALID, "%s: no object", what);
    return fail(r->cx, E_INVALID, "%s: line %d, byte %d: %s", what, e.line, e.position,
                str_visible(r->cx, str_from(e.text)));
}

/* --- keys */

static bool by_public_key(struct str public, struct str message, struct str signature)
{
    const struct pubkey_library *lib = pubkey_library();
    scoped_buf der;
    gnutls_pubkey_t key = NULL;
    bool good = false;
    buf_init(&der, 16384);
    if (!lib || !base64_read(&der, public) || lib->gnutls_pubkey_init(&key) != 0) return false;
    const gnutls_datum_t spki = {(unsigned char *)der.p, (unsigned)der.n},
                         data = {(unsigned char *)(uintptr_t)message.p, (unsigned)message.n},
                         sig = {(unsigned char *)(uintptr_t)signature.p, (unsigned)signature.n};
    if (lib->gnutls_pubkey_import(key, &spki, GNUTLS_X509_FMT_DER) == 0) {
        unsigned bits;
        int pk = lib->gnutls_pubkey_get_pk_algorithm(key, &bits);
        gnutls_sign_algorithm_t how = pk == GNUTLS_PK_EDDSA_ED25519 ? GNUTLS_SIGN_EDDSA_ED25519
                                      : pk != GNUTLS_PK_ECDSA       ? GNUTLS_SIGN_UNKNOWN
                                      : bits <= 256                 ? GNUTLS_SIGN_ECDSA_SHA256
                                      : bits <= 384                 ? GNUTLS_SIGN_ECDSA_SHA384
                                                                    : GNUTLS_SIGN_ECDSA_SHA512;
        good = how != GNUTLS_SIGN_UNKNOWN && lib->gnutls_pubkey_verify_data2(key, how, 0, &data, &sig) >= 0;
        if (!good && pk == GNUTLS_PK_ECDSA) /* what signs by SHA-256 whatever the curve */
            good = lib->gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &sig) >= 0;
    }
    lib->gnutls_pubkey_deinit(key);
    return good;
}

static bool is_by(struct str type, struct str public, struct str message, struct str signature)
{
    uint8_t raw[32];
    if (str_eq(type, STR("x509"))) return by_public_key(public, message, signature);
    return str_eq(type, STR("ssh")) && signature.n == 64 && sshsig_read_key(public, raw) &&
           crypto_sign_verify_detached((const uint8_t *)signature.p, (const uint8_t *)message.p, message.n, raw) == 0;
}

/* Of people who are here. A keyid is a hint and nobody's word (DSSE, 2.1): it only says which to try first. */
static const char keys_sql[] =
    "SELECT k.type, k.public, k.subject, k.fingerprint FROM fact_key k JOIN fact_person p ON p.subject = k.subject "
    "WHERE k.state = 'added' AND p.state = 'active' AND (k.type = 'x509' OR k.public LIKE 'ssh-ed25519 %') "
    "ORDER BY k.fingerprint = ?1 DESC, k.n DESC LIMIT 1000";

static enum rc find_signer(struct reading *r, struct str keyid, struct str message, struct str signature)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(r->cx, r->db, str_from(keys_sql), &st));
    store_bind_str(st, 1, keyid);
    for (bool row;;) {
        TRY(store_step(r->cx, st, &row));
        if (!row) return OK;
        if (!is_by(store_column_str(st, 0), store_column_str(st, 1), message, signature)) continue;
        r->out->signer = arena_str(&r->cx->arena, store_column_str(st, 2));
        r->out->key = arena_str(&r->cx->arena, store_column_str(st, 3));
        return OK;
    }
}

static enum rc check_signatures(struct reading *r, const json_t *signatures, struct str message)
{
    size_t i;
    const json_t *s;
    if (!json_is_array(signatures) || !json_array_size(signatures))
        return fail(r->cx, E_INVALID, "signatures: it is not signed");
    if (json_array_size(signatures) > SIGNATURES) return fail(r->cx, E_LIMIT, "signatures: at most %d", SIGNATURES);
    json_array_foreach(signatures, i, s)
    {
        scoped_buf sig;
        buf_init(&sig, 4096);
        struct str text = json_member(s, "sig");
        if (!text.p || !base64_read(&sig, text)) return fail(r->cx, E_INVALID, "signatures[%zu].sig: no base64", i);
        TRY(find_signer(r, json_member(s, "keyid").p ? json_member(s, "keyid") : STR(""), message, buf_view(&sig)));
        if (r->out->signer.p) return OK;
    }
    return fail(r->cx, E_DENIED, "it is signed by no key that somebody here has registered");
}

/* --- the statement */

static bool is_hex(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!memchr("0123456789abcdef", s.p[i], 16)) return false;
    return s.n >= 32 && s.n <= 128;
}

static enum rc take_subjects(struct reading *r, const json_t *subjects)
{
    size_t i;
    const json_t *s, *v;
    const char *key;
    struct evidence *out = r->out;
    if (!json_is_array(subjects) || !json_array_size(subjects)) return fail(r->cx, E_INVALID, "subject: there is none");
    json_array_foreach(subjects, i, s)
    {
        json_object_foreach(json_object_get(s, "digest"), key, v)
        {
            struct str digest = json_text(v);
            if (!digest.p || !is_hex(digest) || strlen(key) > 40)
                return fail(r->cx, E_INVALID, "subject[%zu].digest: hexadecimal digits are expected", i);
            if (out->n_subjects == EVIDENCE_SUBJECTS) return OK; /* more are in the file */
            out->subjects[out->n_subjects++] =
                (struct evidence_subject){arena_str(&r->cx->arena, str_from(key)), arena_str(&r->cx->arena, digest)};
        }
    }
    return out->n_subjects ? OK : fail(r->cx, E_INVALID, "subject: none has a digest");
}

/* https://in-toto.io/attestation/test-result/v0.1 */
static enum rc take_test_result(struct reading *r, const json_t *predicate)
{
    static const char *const lists[] = {"passedTests", "warnedTests", "failedTests"};
    struct evidence *out = r->out;
    struct str result = json_member(predicate, "result");
    if (!str_starts(out->predicate, STR("https://in-toto.io/attestation/test-result/"))) return OK;
    if (!str_eq(result, STR("PASSED")) && !str_eq(result, STR("WARNED")) && !str_eq(result, STR("FAILED")))
        return fail(r->cx, E_INVALID, "predicate.result: PASSED, WARNED or FAILED");
    for (int i = 0; i < 3; i++) out->tests += (int64_t)json_array_size(json_object_get(predicate, lists[i]));
    out->failures = (int64_t)json_array_size(json_object_get(predicate, lists[2]));
    out->has_result = true;
    out->passed = !str_eq(result, STR("FAILED")) && out->failures == 0;
    if (!out->passed && !out->failures) out->failures = 1;
    if (!out->tests) out->tests = 1; /* it is one result, whatever it is of */
    return OK;
}

static enum rc take_statement(struct reading *r, const json_t *s)
{
    struct str type = json_member(s, "_type"), predicate = json_member(s, "predicateType");
    if (!str_eq(type, STR("https://in-toto.io/Statement/v1")) &&
        !str_eq(type, STR("https://in-toto.io/Statement/v0.1")))
        return fail(r->cx, E_INVALID, "payload: _type is no in-toto statement");
    if (!predicate.n || predicate.n > 255)
        return fail(r->cx, E_INVALID, "payload: predicateType is missing or too long");
    r->out->predicate = arena_str(&r->cx->arena, predicate);
    TRY(take_subjects(r, json_object_get(s, "subject")));
    return take_test_result(r, json_object_get(s, "predicate"));
}

static enum rc take_envelope(struct reading *r, const json_t *envelope)
{
    scoped_buf payload, message;
    json_t *statement = NULL;
    buf_init(&payload, LIMIT_EVIDENCE_ENVELOPE);
    buf_init(&message, LIMIT_EVIDENCE_ENVELOPE + KIB);
    if (!str_eq(json_member(envelope, "payloadType"), STR(DSSE_STATEMENT)))
        return fail(r->cx, E_INVALID, "payloadType is not %s", DSSE_STATEMENT);
    if (!base64_read(&payload, json_member(envelope, "payload"))) return fail(r->cx, E_INVALID, "payload: no base64");
    dsse_preimage(&message, buf_view(&payload));
    TRY(buf_ok(&message));
    TRY(check_signatures(r, json_object_get(envelope, "signatures"), buf_view(&message)));
    enum rc rc = parse(r, buf_view(&payload), "payload", &statement); /* not before it is known who says it */
    if (rc == OK) rc = take_statement(r, statement);
    json_decref(statement);
    return rc;
}

enum rc read_in_toto(struct reading *r)
{
    scoped_buf whole;
    json_t *envelope = NULL;
    r->out->type = EVIDENCE_IN_TOTO;
    buf_init(&whole, LIMIT_EVIDENCE_ENVELOPE);
    if (!r->db) return fail(r->cx, E_INVALID, "signatures cannot be checked here");
    enum rc rc = read_whole(r, &whole);
    if (rc == OK) rc = parse(r, buf_view(&whole), "envelope", &envelope);
    if (rc == OK) rc = take_envelope(r, envelope);
    json_decref(envelope);
    return rc;
}
