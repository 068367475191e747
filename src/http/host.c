#include "http/host.h"

#include "base/origin.h"

#include <arpa/inet.h>
#include <string.h>

/* Reads an address; of four bytes as the IPv6 that stands for it. */
static bool read_address(struct str host, uint8_t out[16])
{
    char text[INET6_ADDRSTRLEN];
    if (!host.n || host.n >= sizeof text) return false;
    memcpy(text, host.p, host.n);
    text[host.n] = 0;
    if (inet_pton(AF_INET6, text, out) == 1) return true;
    memset(out, 0, 10);
    out[10] = out[11] = 0xff;
    return inet_pton(AF_INET, text, out + 12) == 1;
}

static bool is_loopback(const uint8_t a[16])
{
    static const uint8_t four[12] = {[10] = 0xff, [11] = 0xff}, six[16] = {[15] = 1};
    return (!memcmp(a, four, sizeof four) && a[12] == 127) || !memcmp(a, six, sizeof six);
}

static bool is_any(const uint8_t a[16])
{
    static const uint8_t four[16] = {[10] = 0xff, [11] = 0xff}, six[16] = {0};
    return !memcmp(a, four, sizeof four) || !memcmp(a, six, sizeof six);
}

/* RFC 6125, 6.4.3: a star stands for one whole label, the first. */
static bool fits(struct str name, struct str host)
{
    if (str_eq_nocase(name, host)) return true;
    if (!str_starts(name, STR("*."))) return false;
    const char *dot = memchr(host.p, '.', host.n);
    if (!dot || dot == host.p) return false;
    return str_eq_nocase(str_slice(name, 1, name.n), str_slice(host, (size_t)(dot - host.p), host.n));
}

bool http_host_is_ours(const struct http_hosts *h, struct str text)
{
    struct str host, port;
    uint8_t asked[16], listened[16];
    if (!origin_cut_port(text, &host, &port)) return false;
    if (str_eq_nocase(host, STR("localhost"))) return true;
    if (h->origin.n && origin_has_host(h->origin, text)) return true;
    if (read_address(host, asked))
        return is_loopback(asked) ||
               (read_address(h->address, listened) && (is_any(listened) || !memcmp(asked, listened, sizeof asked)));
    for (size_t i = 0; i < h->n_names && !h->origin.n; i++)
        if (fits(h->names[i], host)) return true;
    return false;
}
