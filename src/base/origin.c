#include "base/origin.h"

#include <string.h>

#define LONGEST 255 /* RFC 1035, 2.3.4 */

static bool is_host_character(char c, bool brackets)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           (brackets && c == ':');
}

bool origin_cut_port(struct str text, struct str *host, struct str *port)
{
    if (!text.n) return false;
    bool brackets = text.p[0] == '[';
    const char *end = brackets ? memchr(text.p, ']', text.n) : memchr(text.p, ':', text.n);
    int64_t n;
    if (brackets && !end) return false;
    size_t at = end ? (size_t)(end - text.p) + (brackets ? 1 : 0) : text.n;
    *host = brackets ? str_slice(text, 1, at - 1) : str_slice(text, 0, at);
    *port = at < text.n ? str_slice(text, at + 1, text.n) : STR("");
    if (at < text.n && (text.p[at] != ':' || !str_to_i64(*port, 1, 65535, &n))) return false;
    for (size_t i = 0; i < host->n; i++)
        if (!is_host_character(host->p[i], brackets)) return false;
    return host->n && host->n <= LONGEST;
}

enum rc origin_read(struct ctx *cx, const char *what, struct str text, struct str *out)
{
    bool secure = str_starts_nocase(text, STR("https://"));
    struct str rest = text, host, port;
    if (!secure && !str_starts_nocase(text, STR("http://")))
        return fail(cx, E_INVALID, "%s: an address as https://sinetti.example.org is expected", what);
    rest = str_slice(rest, secure ? 8 : 7, rest.n);
    if (rest.n && rest.p[rest.n - 1] == '/') rest.n--;
    if (!origin_cut_port(rest, &host, &port))
        return fail(cx, E_INVALID,
                    "%s: a scheme, a host and perhaps a port, and nothing else: https://sinetti.example.org", what);
    if (str_eq(port, secure ? STR("443") : STR("80"))) rest = str_slice(rest, 0, rest.n - port.n - 1);
    char *origin =
        arena_cstr(&cx->arena, arena_printf(&cx->arena, "%s://" STR_FMT, secure ? "https" : "http", STR_ARG(rest)));
    for (char *p = origin; *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
    *out = str_from(origin);
    return OK;
}

bool origin_has_host(struct str origin, struct str text)
{
    bool secure = str_starts(origin, STR("https://"));
    struct str own = str_slice(origin, secure ? 8 : 7, origin.n), own_host, own_port, host, port;
    struct str usual = secure ? STR("443") : STR("80");
    if (!origin_cut_port(own, &own_host, &own_port) || !origin_cut_port(text, &host, &port)) return false;
    return str_eq_nocase(own_host, host) && str_eq(own_port.n ? own_port : usual, port.n ? port : usual);
}
