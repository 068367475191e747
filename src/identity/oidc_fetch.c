#include "identity/oidc_fetch.h"

#include "base/address.h"
#include "base/curl.h"
#include "base/limits.h"

#include <sodium.h>
#include <stdatomic.h>
#include <unistd.h>

#define HEADERS_MOST (64 * KIB)
#define CONNECT_SECONDS 5L
#define AT_ONCE 3 /* in a process: a server that does not answer must not hold up all who work for others */

/* One exchange. */
struct exchange {
    const struct curl_functions *lib;
    CURL *curl;
    struct curl_slist *headers;
    struct buf body;
    size_t head;
    bool refused;
};

/* A provider may stand beside us; what its documents name may not be where clouds keep their metadata. */
static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *at)
{
    struct exchange *x = arg;
    if (purpose != CURLSOCKTYPE_IPCXN || !address_may_reach(&at->addr, true)) {
        x->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

static size_t on_body(char *p, size_t one, size_t n, void *arg)
{
    struct exchange *x = arg;
    buf_add(&x->body, p, n * one);
    return x->body.failed ? 0 : n * one;
}

static size_t on_header(char *p, size_t one, size_t n, void *arg)
{
    struct exchange *x = arg;
    (void)p;
    x->head += n * one;
    return x->head > HEADERS_MOST ? 0 : n * one;
}

static bool add_header(struct exchange *x, const char *line)
{
    struct curl_slist *list = x->lib->curl_slist_append(x->headers, line);
    if (list) x->headers = list;
    return list != NULL;
}

static bool set_up(struct ctx *cx, struct exchange *x, const struct oidc_fetch *f)
{
    __typeof__(curl_easy_setopt) *set = x->lib->setopt;
    CURL *c = x->curl;
    bool plain = str_starts(f->address, STR("http://")); /* the loopback: oidc_address_check() */
    bool ok = set(c, CURLOPT_URL, arena_cstr(&cx->arena, f->address)) == CURLE_OK &&
              set(c, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https") == CURLE_OK &&
              set(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK && set(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
              set(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) == CURLE_OK &&
              set(c, CURLOPT_TIMEOUT, (long)LIMIT_OIDC_SECONDS) == CURLE_OK &&
              set(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
              set(c, CURLOPT_USERAGENT, "sinetti/" SINETTI_VERSION) == CURLE_OK &&
              set(c, CURLOPT_OPENSOCKETFUNCTION, on_open) == CURLE_OK &&
              set(c, CURLOPT_OPENSOCKETDATA, (void *)x) == CURLE_OK &&
              set(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK && set(c, CURLOPT_WRITEDATA, (void *)x) == CURLE_OK &&
              set(c, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
              set(c, CURLOPT_HEADERDATA, (void *)x) == CURLE_OK && add_header(x, "Accept: application/json");
    if (plain) ok = ok && set(c, CURLOPT_NOPROXY, "*") == CURLE_OK;
    if (ok && f->authorization.p)
        ok = add_header(x, arena_printf(&cx->arena, "Authorization: " STR_FMT, STR_ARG(f->authorization)).p);
    if (ok && f->form.p)
        ok = set(c, CURLOPT_POST, 1L) == CURLE_OK && set(c, CURLOPT_POSTFIELDSIZE, (long)f->form.n) == CURLE_OK &&
             set(c, CURLOPT_POSTFIELDS, f->form.p) == CURLE_OK;
    return ok && set(c, CURLOPT_HTTPHEADER, x->headers) == CURLE_OK;
}

/* Scheme, host and port of an address. */
static const char *host_of(struct ctx *cx, struct str address)
{
    const char *at = str_find(address, STR("://"));
    size_t end = at ? (size_t)(at - address.p) + 3 : 0;
    while (end < address.n && !strchr("/?#", address.p[end])) end++;
    return str_visible(cx, str_slice(address, 0, end));
}

static enum rc judge(struct ctx *cx, const struct exchange *x, CURLcode code, const struct oidc_fetch *f,
                     int64_t *status)
{
    long answered = 0;
    const char *host = host_of(cx, f->address);
    if (x->body.failed) return fail(cx, E_LIMIT, "%s: its answer is over %llu bytes", host, LIMIT_OIDC_DOCUMENT);
    if (x->refused) return fail(cx, E_DENIED, "%s: leads to an address where the server never goes", host);
    if (code != CURLE_OK) return fail(cx, E_BUSY, "%s: %s", host, x->lib->curl_easy_strerror(code));
    if (x->lib->getinfo(x->curl, CURLINFO_RESPONSE_CODE, &answered) != CURLE_OK || answered < 200)
        return fail(cx, E_BUSY, "%s: no answer", host);
    if (answered >= 300 && answered < 400)
        return fail(cx, E_DENIED, "%s: sends us elsewhere, where we do not go", host);
    *status = answered;
    return OK;
}

static enum rc fetch(struct ctx *cx, const struct curl_functions *lib, const struct oidc_fetch *f, int64_t *status,
                     struct str *body)
{
    struct exchange x = {.lib = lib, .curl = lib->curl_easy_init()};
    buf_init(&x.body, LIMIT_OIDC_DOCUMENT);
    enum rc rc = x.curl && set_up(cx, &x, f) ? OK : fail(cx, E_IO, "this libcurl is too old (7.85 is needed)");
    if (rc == OK) rc = judge(cx, &x, lib->curl_easy_perform(x.curl), f, status);
    if (rc == OK) *body = arena_str(&cx->arena, buf_view(&x.body));
    if (x.body.p) sodium_memzero(x.body.p, x.body.n);
    if (x.curl) lib->curl_easy_cleanup(x.curl);
    if (x.headers) lib->curl_slist_free_all(x.headers);
    buf_release(&x.body);
    return rc;
}

enum rc oidc_fetch(struct ctx *cx, const struct oidc_fetch *f, int64_t *status, struct str *body)
{
    static atomic_int under_way;
    const char *missing;
    const struct curl_functions *lib = curl_open(&missing);
    if (!lib) return fail(cx, E_IO, "OpenID Connect needs " CURL_PACKAGE "; not found: %s", missing);
    enum rc rc = atomic_fetch_add(&under_way, 1) < AT_ONCE
                     ? fetch(cx, lib, f, status, body)
                     : fail(cx, E_BUSY, "too many sign-ins wait for other servers; try again in a moment");
    atomic_fetch_sub(&under_way, 1);
    return rc;
}
