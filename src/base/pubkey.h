/* GnuTLS's public keys, opened when a signature is looked at and not before (library.h): it brings eight libraries, and
 * every hook of git would start later by them. Thread-safe. */
#ifndef SINETTI_BASE_PUBKEY_H
#define SINETTI_BASE_PUBKEY_H

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>

#include "base/library.h"

struct pubkey_library {
    LIBRARY_MEMBER(gnutls_pubkey_init)
    LIBRARY_MEMBER(gnutls_pubkey_deinit)
    LIBRARY_MEMBER(gnutls_pubkey_import)
    LIBRARY_MEMBER(gnutls_pubkey_import_ecc_raw)
    LIBRARY_MEMBER(gnutls_pubkey_import_rsa_raw)
    LIBRARY_MEMBER(gnutls_pubkey_get_pk_algorithm)
    LIBRARY_MEMBER(gnutls_pubkey_verify_data2)
    LIBRARY_MEMBER(gnutls_pubkey_verify_hash2)
    LIBRARY_MEMBER(gnutls_encode_rs_value)
    LIBRARY_MEMBER(gnutls_hash_init)
    LIBRARY_MEMBER(gnutls_hash)
    LIBRARY_MEMBER(gnutls_hash_deinit)
    LIBRARY_MEMBER(gnutls_hash_get_len)
    gnutls_free_function *gnutls_free;
};
/* NULL where it is missing: then no signature is good. */
const struct pubkey_library *pubkey_library(void);

#endif
