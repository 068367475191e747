#include "gates/attest_verify.h"

#include <jansson.h>
#include <sodium.h>

#include "base/base64.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/sshsig.h"
#include "gates/attest.h"

#define KEYS_MOST 1000

/* The key of any of the lines that has signed this; NULL: none. */
static bool by_one_of(struct ctx *cx, struct str keys, struct str preimage, struct str sig, struct str *shown)
{
    uint8_t signature[64], public[32];
    struct str line;
    if (!base64_read_exact(signature, sizeof signature, sig)) return false;
    for (int n = 0; n < KEYS_MOST && str_cut(&keys, '\n', &line);) {
        const char *at = str_find(line, STR("ssh-ed25519 "));
        if (!at || line.p[0] == '#' || !sshsig_read_key(str_slice(line, (size_t)(at - line.p), line.n), public))
            continue;
        n++;
        if (crypto_sign_verify_detached(signature, (const unsigned char *)preimage.p, preimage.n, public) != 0)
            continue;
        scoped_buf b;
        buf_init(&b, 200);
        sshsig_put_fingerprint(&b, public);
        *shown = arena_str(&cx->arena, buf_view(&b));
        return true;
    }
    return false;
}

static enum rc open_envelope(struct ctx *cx, const json_t *top, struct str keys, struct buf *payload, struct str *key)
{
    scoped_buf preimage;
    const json_t *signatures = json_object_get(top, "signatures");
    buf_init(&preimage, LIMIT_BODY);
    if (!str_eq(json_member(top, "payloadType"), STR(DSSE_STATEMENT)))
        return fail(cx, E_INVALID, "its payload is no in-toto statement");
    if (!base64_read(payload, json_member(top, "payload")) || payload->failed)
        return fail(cx, E_INVALID, "its payload is no base64");
    dsse_preimage(&preimage, buf_view(payload));
    for (size_t i = 0; i < json_array_size(signatures) && i < 16; i++)
        if (by_one_of(cx, keys, buf_view(&preimage), json_member(json_array_get(signatures, i), "sig"), key)) return OK;
    return fail(cx, E_DENIED, "it is signed by none of the keys");
}

static enum rc read_level(struct ctx *cx, const json_t *predicate, struct attest_told *out)
{
    const json_t *levels = json_object_get(predicate, "verifiedLevels");
    if (!out->is_summary) {
        out->level = json_integer_value(json_object_get(predicate, "level"));
        return OK;
    }
    if (!str_eq(json_member(predicate, "verificationResult"), STR("PASSED")))
        return fail(cx, E_INVALID, "its result is not PASSED");
    struct str *more = arena_array(&cx->arena, struct str, json_array_size(levels) + 1);
    out->properties = more;
    for (size_t i = 0; i < json_array_size(levels); i++) {
        struct str word = json_text(json_array_get(levels, i)), before = STR("SLSA_SOURCE_LEVEL_");
        if (!str_starts(word, before))
            more[out->n_properties++] = arena_str(&cx->arena, word);
        else if (!str_to_i64(str_slice(word, before.n, word.n), 0, 9, &out->level))
            return fail(cx, E_INVALID, "its level is none");
    }
    return OK;
}

static enum rc read_statement(struct ctx *cx, const json_t *top, struct attest_told *out)
{
    const json_t *subject = json_array_get(json_object_get(top, "subject"), 0),
                 *predicate = json_object_get(top, "predicate"),
                 *refs = json_object_get(json_object_get(subject, "annotations"), "sourceRefs");
    struct str type = json_member(top, "predicateType");
    out->is_summary = str_eq(type, STR(ATTEST_SUMMARY));
    if (!str_eq(json_member(top, "_type"), STR("https://in-toto.io/Statement/v1")) ||
        (!out->is_summary && !str_eq(type, STR(ATTEST_PROVENANCE))))
        return fail(cx, E_INVALID, "its statement is of another type");
    const struct str said[] = {json_member(json_object_get(subject, "digest"), "gitCommit"),
                               json_member(predicate, out->is_summary ? "resourceUri" : "repositoryUri"),
                               json_member(json_object_get(predicate, "verifier"), "id"),
                               json_text(json_array_get(refs, 0))};
    struct str *const fields[] = {&out->commit, &out->resource, &out->verifier, &out->ref};
    for (int i = 0; i < 4; i++)
        if (said[i].p) *fields[i] = arena_str(&cx->arena, said[i]);
    if (json_array_size(json_object_get(top, "subject")) != 1 || !out->commit.n || !out->resource.n)
        return fail(cx, E_INVALID, "its statement does not say what it is about");
    return read_level(cx, predicate, out);
}

enum rc attest_verify(struct ctx *cx, struct str envelope, struct str keys, struct attest_told *out)
{
    scoped_buf payload;
    json_t *top = json_loadb(envelope.p ? envelope.p : "", envelope.n, JSON_REJECT_DUPLICATES, NULL), *statement = NULL;
    *out = (struct attest_told){0};
    buf_init(&payload, LIMIT_BODY);
    enum rc rc = top && sodium_init() >= 0 ? open_envelope(cx, top, keys, &payload, &out->key)
                                           : fail(cx, E_INVALID, "it is no envelope");
    if (rc == OK) {
        statement = json_loadb(payload.p, payload.n, JSON_REJECT_DUPLICATES, NULL);
        rc = statement ? read_statement(cx, statement, out) : fail(cx, E_INVALID, "its statement is no JSON");
    }
    json_decref(statement);
    json_decref(top);
    return rc;
}
