#include "base/curl.h"

#include <pthread.h>

static struct curl_functions functions;
static const char *lacks;

static void load(void)
{
    const struct library_symbol symbols[] = {
        {"curl_global_init", &functions.curl_global_init},
        {"curl_easy_init", &functions.curl_easy_init},
        {"curl_easy_setopt", &functions.setopt},
        {"curl_easy_perform", &functions.curl_easy_perform},
        {"curl_easy_getinfo", &functions.getinfo},
        {"curl_easy_cleanup", &functions.curl_easy_cleanup},
        {"curl_easy_strerror", &functions.curl_easy_strerror},
        {"curl_slist_append", &functions.curl_slist_append},
        {"curl_slist_free_all", &functions.curl_slist_free_all},
    };
    lacks = library_open("libcurl-gnutls.so.4", symbols, sizeof symbols / sizeof *symbols);
    if (lacks) lacks = library_open("libcurl.so.4", symbols, sizeof symbols / sizeof *symbols);
    if (!lacks && functions.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) lacks = "curl_global_init";
}

const struct curl_functions *curl_open(const char **missing)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    *missing = lacks;
    return lacks ? NULL : &functions;
}
