/* Taking apart what a browser sends: client data (JSON), attestation objects (CBOR), authenticator data (bytes). */
#include "base/base64.h"
#include "base/digest.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "identity/webauthn_int.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>

#define DEPTH_MOST 8  /* levels of CBOR; attestation has three, extensions one */
#define DATA_FIXED 37 /* hash of the relying party, flags, counter */
#define KEY_FIXED 18  /* model, length of the id */
#define ID_MOST 1023  /* section 7.1, step 25 */

enum head { HEAD_LEAF, HEAD_ARRAY, HEAD_MAP, HEAD_REFUSED };
struct heads {
    enum head head;
    size_t members;
};

static void on_array(void *arg, size_t n)
{
    *(struct heads *)arg = (struct heads){HEAD_ARRAY, n};
}

static void on_map(void *arg, size_t n)
{
    *(struct heads *)arg = (struct heads){HEAD_MAP, n};
}

static void on_refused(void *arg)
{
    ((struct heads *)arg)->head = HEAD_REFUSED;
}

static void on_tag(void *arg, uint64_t tag)
{
    (void)tag;
    on_refused(arg);
}

bool webauthn_cbor_is_sound(const struct webauthn_lib *l, struct str bytes, size_t items)
{
    struct cbor_callbacks calls = *l->cbor_empty_callbacks;
    calls.array_start = on_array;
    calls.map_start = on_map;
    calls.indef_array_start = calls.indef_map_start = calls.byte_string_start = calls.string_start = on_refused;
    calls.indef_break = on_refused;
    calls.tag = on_tag;
    size_t left[DEPTH_MOST] = {items};
    int depth = 0;
    while (depth > 0 || left[0] > 0) {
        if (left[depth] == 0) {
            depth--;
            continue;
        }
        left[depth]--;
        struct heads h = {HEAD_LEAF, 0};
        struct cbor_decoder_result r = l->cbor_stream_decode((cbor_data)bytes.p, bytes.n, &calls, &h);
        if (r.status != CBOR_DECODER_FINISHED || !r.read || h.head == HEAD_REFUSED) return false;
        bytes = str_slice(bytes, r.read, bytes.n);
        if (h.head == HEAD_LEAF) continue;
        if (h.members > bytes.n || ++depth == DEPTH_MOST) return false;
        left[depth] = h.head == HEAD_MAP ? 2 * h.members : h.members;
    }
    return bytes.n == 0;
}

static bool key_is(const struct webauthn_lib *l, const struct cbor_pair *p, struct str name)
{
    if (l->cbor_typeof(p->key) != CBOR_TYPE_STRING) return false;
    return str_eq(name, (struct str){(const char *)l->cbor_string_handle(p->key), l->cbor_string_length(p->key)});
}

/* A statement has what format packed gives it (section 8.2), and nothing that somebody else might read otherwise. */
static enum rc take_statement(struct ctx *cx, const struct webauthn_lib *l, const cbor_item_t *item,
                              struct webauthn_attestation *out)
{
    for (size_t i = 0; i < l->cbor_map_size(item); i++) {
        const struct cbor_pair *p = &l->cbor_map_handle(item)[i];
        if (key_is(l, p, STR("alg")) && !out->algorithm && l->cbor_typeof(p->value) == CBOR_TYPE_NEGINT) {
            uint64_t n = l->cbor_get_int(p->value);
            out->algorithm = n < INT32_MAX ? -1 - (int64_t)n : INT64_MIN;
        } else if (!key_is(l, p, STR("sig")) && !key_is(l, p, STR("x5c"))) {
            return E_INVALID;
        }
    }
    unsigned char *bytes = NULL;
    size_t room, n = l->cbor_serialize_alloc(item, &bytes, &room);
    if (!n) return E_IO;
    out->statement = arena_str(&cx->arena, (struct str){(const char *)bytes, n});
    free(bytes);
    return OK;
}

static enum rc take_member(struct ctx *cx, const struct webauthn_lib *l, const struct cbor_pair *p,
                           struct webauthn_attestation *out)
{
    cbor_type type = l->cbor_typeof(p->value);
    if (key_is(l, p, STR("fmt")) && type == CBOR_TYPE_STRING) {
        struct str format = {(const char *)l->cbor_string_handle(p->value), l->cbor_string_length(p->value)};
        out->format = arena_str(&cx->arena, format);
    } else if (key_is(l, p, STR("authData")) && type == CBOR_TYPE_BYTESTRING) {
        struct str data = {(const char *)l->cbor_bytestring_handle(p->value), l->cbor_bytestring_length(p->value)};
        out->data = arena_str(&cx->arena, data);
    } else if (key_is(l, p, STR("attStmt")) && type == CBOR_TYPE_MAP) {
        return take_statement(cx, l, p->value, out);
    } else {
        return E_INVALID;
    }
    return OK;
}

enum rc webauthn_attestation_read(struct ctx *cx, const struct webauthn_lib *l, struct str bytes,
                                  struct webauthn_attestation *out)
{
    *out = (struct webauthn_attestation){0};
    if (bytes.n > LIMIT_WEBAUTHN_ATTESTATION)
        return fail(cx, E_LIMIT, "attestation object: over %llu bytes", LIMIT_WEBAUTHN_ATTESTATION);
    if (!webauthn_cbor_is_sound(l, bytes, 1))
        return fail(cx, E_INVALID, "attestation object: this is not CBOR as CTAP has it");
    struct cbor_load_result result;
    cbor_item_t *item = l->cbor_load((cbor_data)bytes.p, bytes.n, &result);
    if (!item) return fail(cx, E_INVALID, "attestation object: this is not CBOR");
    enum rc rc = l->cbor_typeof(item) == CBOR_TYPE_MAP && l->cbor_map_size(item) == 3 ? OK : E_INVALID;
    for (size_t i = 0; rc == OK && i < 3; i++) rc = take_member(cx, l, &l->cbor_map_handle(item)[i], out);
    l->cbor_decref(&item);
    if (rc != OK || !out->format.p || !out->data.p || !out->statement.p)
        return fail(cx, E_INVALID, "attestation object: a map of fmt, attStmt and authData is expected");
    return OK;
}

/* What follows the fixed part: with a key its model, id and COSE key; then extensions, if any. */
static enum rc check_rest(struct ctx *cx, const struct webauthn_lib *l, uint8_t flags, struct str rest)
{
    size_t items = flags & WEBAUTHN_EXTENSIONS ? 1 : 0;
    if (flags & WEBAUTHN_KEY) {
        if (rest.n < KEY_FIXED) return fail(cx, E_INVALID, "authenticator data: cut off");
        size_t id = (size_t)(uint8_t)rest.p[16] << 8 | (uint8_t)rest.p[17];
        if (!id || id > ID_MOST || rest.n < KEY_FIXED + id)
            return fail(cx, E_INVALID, "authenticator data: the passkey's id has %zu bytes; 1 to %d are expected", id,
                        ID_MOST);
        rest = str_slice(rest, KEY_FIXED + id, rest.n);
        items++;
    }
    if (!webauthn_cbor_is_sound(l, rest, items))
        return fail(cx, E_INVALID, "authenticator data: what follows the counter is not what its flags say");
    return OK;
}

enum rc webauthn_data_read(struct ctx *cx, const struct webauthn_lib *l, const struct webauthn_site *site,
                           bool must_verify, bool with_key, struct str bytes, struct webauthn_data *out)
{
    if (bytes.n < DATA_FIXED || bytes.n > LIMIT_WEBAUTHN_ATTESTATION)
        return fail(cx, E_INVALID, "authenticator data: %zu bytes; %d at least are expected", bytes.n, DATA_FIXED);
    const uint8_t *p = (const uint8_t *)bytes.p;
    uint8_t id[32];
    struct digest d;
    digest_init(&d);
    digest_add(&d, site->id);
    digest_final(&d, id);
    out->flags = p[32];
    out->counter = (uint32_t)p[33] << 24 | (uint32_t)p[34] << 16 | (uint32_t)p[35] << 8 | p[36];
    if (sodium_memcmp(id, p, 32) != 0)
        return fail(cx, E_DENIED, "the passkey answered for another site than " STR_FMT, STR_ARG(site->id));
    if (!(out->flags & WEBAUTHN_PRESENT)) return fail(cx, E_DENIED, "the passkey says that nobody was present");
    if (must_verify && !(out->flags & WEBAUTHN_VERIFIED))
        return fail(cx, E_DENIED, "the passkey has not verified who uses it (by PIN, finger or face)");
    if (out->flags & WEBAUTHN_BACKED_UP && !(out->flags & WEBAUTHN_ELIGIBLE))
        return fail(cx, E_INVALID, "authenticator data: backed up, but never to be");
    if (with_key && !(out->flags & WEBAUTHN_KEY))
        return fail(cx, E_INVALID, "authenticator data: there is no key in it");
    return check_rest(cx, l, out->flags, str_slice(bytes, DATA_FIXED, bytes.n));
}

static json_t *load_client_data(struct ctx *cx, struct str client_data)
{
    if (client_data.n > LIMIT_WEBAUTHN_CLIENT || !client_data.n) {
        (void)fail(cx, E_INVALID, "client data: %zu bytes; 1 to %llu are expected", client_data.n,
                   LIMIT_WEBAUTHN_CLIENT);
        return NULL;
    }
    json_t *root = json_loadb(client_data.p, client_data.n, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(root)) return root;
    json_decref(root);
    (void)fail(cx, E_INVALID, "client data: this is not a JSON object");
    return NULL;
}

static bool read_challenge(const json_t *root, uint8_t out[WEBAUTHN_CHALLENGE])
{
    scoped_buf bytes;
    buf_init(&bytes, WEBAUTHN_CHALLENGE);
    if (!base64url_read(&bytes, json_member(root, "challenge")) || bytes.n != WEBAUTHN_CHALLENGE) return false;
    memcpy(out, bytes.p, WEBAUTHN_CHALLENGE);
    return true;
}

static enum rc check_client(struct ctx *cx, const struct webauthn_site *site,
                            const uint8_t challenge[WEBAUTHN_CHALLENGE], const char *type, const json_t *root)
{
    uint8_t answered[WEBAUTHN_CHALLENGE];
    const json_t *cross = json_object_get(root, "crossOrigin");
    if (!str_eq(json_member(root, "type"), str_from(type)))
        return fail(cx, E_DENIED, "client data: its type is not %s", type);
    if (!read_challenge(root, answered) || sodium_memcmp(answered, challenge, WEBAUTHN_CHALLENGE) != 0)
        return fail(cx, E_DENIED, "the passkey answered another challenge; begin again");
    if (!str_eq(json_member(root, "origin"), site->origin))
        return fail(cx, E_DENIED, "the passkey was used at %s, not at " STR_FMT,
                    str_visible(cx, json_member(root, "origin")), STR_ARG(site->origin));
    if ((cross && !json_is_false(cross)) || json_object_get(root, "topOrigin"))
        return fail(cx, E_DENIED, "the passkey was used in a frame of another site");
    return OK;
}

enum rc webauthn_client_check(struct ctx *cx, const struct webauthn_site *site,
                              const uint8_t challenge[WEBAUTHN_CHALLENGE], const char *type, struct str client_data)
{
    json_t *root = load_client_data(cx, client_data);
    if (!root) return cx->error;
    enum rc rc = check_client(cx, site, challenge, type, root);
    json_decref(root);
    return rc;
}

enum rc webauthn_challenge(struct ctx *cx, struct str client_data, uint8_t out[WEBAUTHN_CHALLENGE])
{
    json_t *root = load_client_data(cx, client_data);
    if (!root) return cx->error;
    bool found = read_challenge(root, out);
    json_decref(root);
    return found ? OK : fail(cx, E_INVALID, "client data: there is no challenge of %d bytes", WEBAUTHN_CHALLENGE);
}
