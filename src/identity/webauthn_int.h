/* What the files of webauthn share. */
#ifndef SINETTI_IDENTITY_WEBAUTHN_INT_H
#define SINETTI_IDENTITY_WEBAUTHN_INT_H

#include "base/library.h"
#include "identity/webauthn.h"

#include <cbor.h>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#define WEBAUTHN_FUNCTIONS(X)                                                                                          \
    X(fido_init)                                                                                                       \
    X(fido_cred_new)                                                                                                   \
    X(fido_cred_free)                                                                                                  \
    X(fido_cred_set_type)                                                                                              \
    X(fido_cred_set_clientdata_hash)                                                                                   \
    X(fido_cred_set_rp)                                                                                                \
    X(fido_cred_set_authdata_raw)                                                                                      \
    X(fido_cred_set_uv)                                                                                                \
    X(fido_cred_set_fmt)                                                                                               \
    X(fido_cred_set_attstmt)                                                                                           \
    X(fido_cred_set_prot)                                                                                              \
    X(fido_cred_x5c_ptr)                                                                                               \
    X(fido_cred_verify)                                                                                                \
    X(fido_cred_verify_self)                                                                                           \
    X(fido_cred_id_ptr)                                                                                                \
    X(fido_cred_id_len)                                                                                                \
    X(fido_cred_pubkey_ptr)                                                                                            \
    X(fido_cred_pubkey_len)                                                                                            \
    X(fido_cred_aaguid_ptr)                                                                                            \
    X(fido_assert_new)                                                                                                 \
    X(fido_assert_free)                                                                                                \
    X(fido_assert_set_clientdata_hash)                                                                                 \
    X(fido_assert_set_rp)                                                                                              \
    X(fido_assert_set_count)                                                                                           \
    X(fido_assert_set_authdata_raw)                                                                                    \
    X(fido_assert_set_sig)                                                                                             \
    X(fido_assert_set_up)                                                                                              \
    X(fido_assert_set_uv)                                                                                              \
    X(fido_assert_verify)                                                                                              \
    X(es256_pk_new)                                                                                                    \
    X(es256_pk_free)                                                                                                   \
    X(es256_pk_from_ptr)                                                                                               \
    X(rs256_pk_new)                                                                                                    \
    X(rs256_pk_free)                                                                                                   \
    X(rs256_pk_from_ptr)                                                                                               \
    X(eddsa_pk_new)                                                                                                    \
    X(eddsa_pk_free)                                                                                                   \
    X(eddsa_pk_from_ptr)

#define WEBAUTHN_CBOR_FUNCTIONS(X)                                                                                     \
    X(cbor_load)                                                                                                       \
    X(cbor_decref)                                                                                                     \
    X(cbor_empty_callbacks)                                                                                            \
    X(cbor_stream_decode)                                                                                              \
    X(cbor_serialize_alloc)                                                                                            \
    X(cbor_typeof)                                                                                                     \
    X(cbor_map_size)                                                                                                   \
    X(cbor_map_handle)                                                                                                 \
    X(cbor_string_handle)                                                                                              \
    X(cbor_string_length)                                                                                              \
    X(cbor_bytestring_handle)                                                                                          \
    X(cbor_bytestring_length)                                                                                          \
    X(cbor_get_int)

struct webauthn_lib {
    WEBAUTHN_FUNCTIONS(LIBRARY_MEMBER)
    WEBAUTHN_CBOR_FUNCTIONS(LIBRARY_MEMBER)
};

/* Borrowed for ever, ready for this thread; E_IO when libfido2 is not installed. */
enum rc webauthn_lib(struct ctx *cx, const struct webauthn_lib **out) MUST_CHECK;

/* Whether `bytes` is exactly so many items of CBOR whose sizes and depth are what its length can hold; no tags, nothing
 * of indefinite length (which CTAP's canonical form has not). libcbor makes room for as many members as a head claims,
 * and libfido2 with it: nothing goes there that has not passed here. */
bool webauthn_cbor_is_sound(const struct webauthn_lib *l, struct str bytes, size_t items);

/* An attestation object (WebAuthn, section 6.5.4), taken apart; parts in the arena. */
struct webauthn_attestation {
    struct str format;    /* "none" or "packed" */
    struct str statement; /* its statement, in CBOR */
    int64_t algorithm;    /* that the statement names; 0: none */
    struct str data;      /* authenticator data */
};
enum rc webauthn_attestation_read(struct ctx *cx, const struct webauthn_lib *l, struct str bytes,
                                  struct webauthn_attestation *out) MUST_CHECK;

/* Authenticator data (section 6.1), as far as we read it. */
#define WEBAUTHN_PRESENT 0x01
#define WEBAUTHN_VERIFIED 0x04
#define WEBAUTHN_ELIGIBLE 0x08
#define WEBAUTHN_BACKED_UP 0x10
#define WEBAUTHN_KEY 0x40
#define WEBAUTHN_EXTENSIONS 0x80
struct webauthn_data {
    uint8_t flags;
    uint32_t counter;
};
/* Checks its form, the relying party, presence and, if asked, verification. */
enum rc webauthn_data_read(struct ctx *cx, const struct webauthn_lib *l, const struct webauthn_site *site,
                           bool must_verify, bool with_key, struct str bytes, struct webauthn_data *out) MUST_CHECK;

/* Checks client data (section 5.8.1): `type` is "webauthn.create" or "webauthn.get". */
enum rc webauthn_client_check(struct ctx *cx, const struct webauthn_site *site,
                              const uint8_t challenge[WEBAUTHN_CHALLENGE], const char *type,
                              struct str client_data) MUST_CHECK;

#endif
