#include "hooks/post.h"

#include "base/address.h"
#include "base/curl.h"
#include "base/limits.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <unistd.h>

#define CONNECT_SECONDS 5L
#define ANSWER_MOST (64 * KIB) /* of what it answers, which is thrown away */

static atomic_bool ending;

/* --- addresses */

static struct str host_of(struct str url)
{
    const char *at = str_find(url, STR("://"));
    size_t from = at ? (size_t)(at - url.p) + 3 : 0, to = from;
    while (to < url.n && !strchr("/?", url.p[to])) to++;
    return str_slice(url, from, to);
}

struct str hook_url_origin(struct str url)
{
    struct str host = host_of(url);
    return str_slice(url, 0, (size_t)(host.p + host.n - url.p));
}

static bool is_loopback_name(struct str host)
{
    return str_eq(host, STR("localhost")) || str_starts(host, STR("localhost:")) || str_starts(host, STR("127.")) ||
           str_starts(host, STR("[::1]"));
}

enum rc hook_url_check(struct ctx *cx, struct str url, bool inside)
{
    bool plain = str_starts(url, STR("http://"));
    if (!plain && !str_starts(url, STR("https://"))) return fail(cx, E_INVALID, "url: an https address is expected");
    if (url.n > LIMIT_HOOK_URL) return fail(cx, E_LIMIT, "url: over %d bytes", LIMIT_HOOK_URL);
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || (unsigned char)url.p[i] >= 0x7f || strchr("#\\\"<>^`{|}", url.p[i]))
            return fail(cx, E_INVALID, "url: a character that it cannot have");
    struct str host = host_of(url);
    if (!host.n || str_has(host, STR("@")) || host.p[0] == ':')
        return fail(cx, E_INVALID, "url: a host is expected, without user and password");
    if (plain && !(inside && is_loopback_name(host)))
        return fail(cx, E_INVALID,
                    "url: an https address is expected; http goes to this machine alone, when that is said");
    return OK;
}

/* --- one exchange */

struct exchange {
    const struct curl_functions *lib;
    CURL *curl;
    struct curl_slist *headers;
    bool inside, refused;
    size_t answered;
};

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *at)
{
    struct exchange *x = arg;
    if (purpose != CURLSOCKTYPE_IPCXN || !address_may_reach(&at->addr, x->inside)) {
        x->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

static size_t on_answer(char *p, size_t one, size_t n, void *arg)
{
    struct exchange *x = arg;
    (void)p;
    x->answered += one * n;
    return x->answered > ANSWER_MOST ? 0 : one * n;
}

static int on_progress(void *arg, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    (void)arg, (void)down_all, (void)down, (void)up_all, (void)up;
    return atomic_load(&ending);
}

void hook_stop(void)
{
    atomic_store(&ending, true);
}

static bool add_header(struct exchange *x, struct str line)
{
    struct curl_slist *list = x->lib->curl_slist_append(x->headers, line.p);
    if (list) x->headers = list;
    return list != NULL;
}

static bool set_up(struct ctx *cx, struct exchange *x, const struct hook_post *p)
{
    __typeof__(curl_easy_setopt) *set = x->lib->setopt;
    CURL *c = x->curl;
    bool plain = str_starts(p->url, STR("http://"));
    bool ok =
        set(c, CURLOPT_URL, arena_cstr(&cx->arena, p->url)) == CURLE_OK &&
        set(c, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https") == CURLE_OK &&
        set(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK && set(c, CURLOPT_PROXY, "") == CURLE_OK &&
        set(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && set(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) == CURLE_OK &&
        set(c, CURLOPT_TIMEOUT, (long)LIMIT_HOOK_SECONDS) == CURLE_OK &&
        set(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
        set(c, CURLOPT_USERAGENT, "sinetti/" SINETTI_VERSION) == CURLE_OK &&
        set(c, CURLOPT_OPENSOCKETFUNCTION, on_open) == CURLE_OK &&
        set(c, CURLOPT_OPENSOCKETDATA, (void *)x) == CURLE_OK && set(c, CURLOPT_WRITEFUNCTION, on_answer) == CURLE_OK &&
        set(c, CURLOPT_WRITEDATA, (void *)x) == CURLE_OK && set(c, CURLOPT_HEADERFUNCTION, on_answer) == CURLE_OK &&
        set(c, CURLOPT_HEADERDATA, (void *)x) == CURLE_OK && set(c, CURLOPT_POST, 1L) == CURLE_OK &&
        set(c, CURLOPT_POSTFIELDSIZE, (long)p->payload.n) == CURLE_OK &&
        set(c, CURLOPT_POSTFIELDS, p->payload.p) == CURLE_OK;
    ok = ok && set(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK && set(c, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK;
    ok = ok && add_header(x, STR("Content-Type: application/json")) && add_header(x, STR("Expect:")) &&
         add_header(x, arena_printf(&cx->arena, "webhook-id: " STR_FMT, STR_ARG(p->id))) &&
         add_header(x, arena_printf(&cx->arena, "webhook-timestamp: %" PRId64, p->timestamp)) &&
         add_header(x, arena_printf(&cx->arena, "webhook-signature: " STR_FMT, STR_ARG(p->signature)));
    return ok && set(c, CURLOPT_HTTPHEADER, x->headers) == CURLE_OK;
}

static void judge(struct ctx *cx, const struct exchange *x, const struct hook_post *p, CURLcode code, int *status,
                  int64_t *retry_after)
{
    long answered = 0;
    curl_off_t wait = 0;
    const char *host = str_visible(cx, hook_url_origin(p->url));
    if (x->lib->getinfo(x->curl, CURLINFO_RESPONSE_CODE, &answered) != CURLE_OK) answered = 0;
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && answered >= 200)) {
        *status = (int)answered;
        if (x->lib->getinfo(x->curl, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0) *retry_after = (int64_t)wait;
        (void)fail(cx, E_BUSY, "%s: answers %ld", host, answered);
        return;
    }
    *status = 0;
    (void)fail(cx, E_BUSY, "%s: %s", host,
               x->refused ? "leads to an address inside, where messages do not go unless that is said"
                          : x->lib->curl_easy_strerror(code));
}

enum rc hook_post(struct ctx *cx, const struct hook_post *p, int *status, int64_t *retry_after)
{
    *status = 0;
    *retry_after = 0;
    const char *missing;
    const struct curl_functions *lib = curl_open(&missing);
    if (!lib) return fail(cx, E_IO, "webhooks need " CURL_PACKAGE "; not found: %s", missing);
    TRY(hook_url_check(cx, p->url, p->inside));
    struct exchange x = {.lib = lib, .curl = lib->curl_easy_init(), .inside = p->inside};
    enum rc rc = OK;
    if (x.curl && set_up(cx, &x, p))
        judge(cx, &x, p, lib->curl_easy_perform(x.curl), status, retry_after);
    else
        rc = fail(cx, E_IO, "this libcurl is too old (7.85 is needed)");
    if (x.curl) lib->curl_easy_cleanup(x.curl);
    if (x.headers) lib->curl_slist_free_all(x.headers);
    return rc;
}
