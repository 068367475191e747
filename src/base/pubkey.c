#include "base/pubkey.h"

#include <pthread.h>

static struct pubkey_library lib;
static const char *missing;

static void load(void)
{
#define SYMBOL(name)                                                                                                   \
    {                                                                                                                  \
#name, &lib.name                                                                                               \
    }
    const struct library_symbol symbols[] = {SYMBOL(gnutls_pubkey_init),
                                             SYMBOL(gnutls_pubkey_deinit),
                                             SYMBOL(gnutls_pubkey_import),
                                             SYMBOL(gnutls_pubkey_import_ecc_raw),
                                             SYMBOL(gnutls_pubkey_import_rsa_raw),
                                             SYMBOL(gnutls_pubkey_get_pk_algorithm),
                                             SYMBOL(gnutls_pubkey_verify_data2),
                                             SYMBOL(gnutls_pubkey_verify_hash2),
                                             SYMBOL(gnutls_encode_rs_value),
                                             SYMBOL(gnutls_hash_init),
                                             SYMBOL(gnutls_hash),
                                             SYMBOL(gnutls_hash_deinit),
                                             SYMBOL(gnutls_hash_get_len),
                                             SYMBOL(gnutls_free)};
    missing = library_open("libgnutls.so.30", symbols, sizeof symbols / sizeof *symbols);
}

const struct pubkey_library *pubkey_library(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return missing ? NULL : &lib;
}
