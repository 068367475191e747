/* libcurl, opened when something is first asked of a server (library.h). One for the whole process; any thread. */
#ifndef SINETTI_BASE_CURL_H
#define SINETTI_BASE_CURL_H

#include <curl/curl.h>

#include "base/library.h"

struct curl_functions {
    LIBRARY_MEMBER(curl_global_init)
    LIBRARY_MEMBER(curl_easy_init)
    __typeof__(curl_easy_setopt) *setopt; /* their own names are macros */
    __typeof__(curl_easy_getinfo) *getinfo;
    LIBRARY_MEMBER(curl_easy_perform)
    LIBRARY_MEMBER(curl_easy_cleanup)
    LIBRARY_MEMBER(curl_easy_strerror)
    LIBRARY_MEMBER(curl_slist_append)
    LIBRARY_MEMBER(curl_slist_free_all)
};
/* NULL when it is not installed, or lacks something: *missing says what was not found. */
const struct curl_functions *curl_open(const char **missing);
#define CURL_PACKAGE "libcurl (Debian: libcurl3-gnutls)"

#endif
