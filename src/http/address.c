/* Addresses, networks, and who the client is behind proxies that are trusted. */
#include "http/http_int.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

bool http_address_read(struct str s, struct http_address *out)
{
    char text[INET6_ADDRSTRLEN + 1];
    struct in_addr four;
    if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']') s = str_slice(s, 1, s.n - 1);
    if (!s.n || s.n > INET6_ADDRSTRLEN) return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    if (strlen(text) != s.n) return false;
    if (inet_pton(AF_INET, text, &four) == 1) {
        memcpy(out->bytes, mapped, sizeof mapped);
        memcpy(out->bytes + sizeof mapped, &four, sizeof four);
        return true;
    }
    return inet_pton(AF_INET6, text, out->bytes) == 1;
}

void http_address_from(const struct sockaddr *from, struct http_address *out)
{
    *out = (struct http_address){0};
    if (from && from->sa_family == AF_INET6)
        memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    else if (from && from->sa_family == AF_INET) {
        memcpy(out->bytes, mapped, sizeof mapped);
        memcpy(out->bytes + sizeof mapped, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    }
}

struct str http_address_text(struct ctx *cx, const struct http_address *a)
{
    char text[INET6_ADDRSTRLEN];
    bool four = memcmp(a->bytes, mapped, sizeof mapped) == 0;
    if (!inet_ntop(four ? AF_INET : AF_INET6, a->bytes + (four ? sizeof mapped : 0), text, sizeof text)) return STR("");
    return arena_str(&cx->arena, str_from(text));
}

bool http_network_read(struct str s, struct http_network *out)
{
    struct str rest = s, address;
    int64_t bits = 0;
    if (!str_cut(&rest, '/', &address) || !http_address_read(address, &out->base)) return false;
    bool four = memcmp(out->base.bytes, mapped, sizeof mapped) == 0;
    if (rest.p && !str_to_i64(rest, 0, four ? 32 : 128, &bits)) return false;
    out->bits = !rest.p ? 128 : (int)bits + (four ? 96 : 0);
    return true;
}

bool http_is_network(struct str s)
{
    struct http_network n;
    return http_network_read(s, &n);
}

bool http_network_has(const struct http_network *n, const struct http_address *a)
{
    for (int i = 0; i < 16 && i * 8 < n->bits; i++) {
        int left = n->bits - i * 8;
        uint8_t mask = left >= 8 ? 0xff : (uint8_t)(0xff << (8 - left));
        if ((n->base.bytes[i] ^ a->bytes[i]) & mask) return false;
    }
    return true;
}

bool http_is_proxy(const struct http_server *s, const struct http_address *a)
{
    for (size_t i = 0; i < s->o.n_proxies; i++)
        if (http_network_has(&s->proxies[i], a)) return true;
    return false;
}

/* The last header X-Forwarded-For's entries from behind: each was added by who stands before it. */
static bool step_back(const struct http_request *r, size_t *header, struct str *left, struct http_address *out)
{
    while (!left->n) {
        if (*header == 0) return false;
        --*header;
        if (str_eq_nocase(r->headers[*header].name, STR("X-Forwarded-For"))) *left = r->headers[*header].value;
    }
    size_t at = left->n;
    while (at && left->p[at - 1] != ',') at--;
    struct str one = str_trim(str_slice(*left, at, left->n));
    *left = str_slice(*left, 0, at ? at - 1 : 0);
    return http_address_read(one, out);
}

void http_peer(struct http_exchange *x)
{
    struct http_request *r = &x->request;
    struct http_address a = x->place->peer, before;
    r->secure = x->server->o.cert.n > 0;
    if (http_is_proxy(x->server, &a)) {
        size_t header = r->n_headers;
        struct str left = STR("");
        r->secure = r->secure || str_eq_nocase(http_request_header(r, "X-Forwarded-Proto"), STR("https"));
        while (http_is_proxy(x->server, &a) && step_back(r, &header, &left, &before)) a = before;
    }
    r->peer = http_address_text(&x->cx, &a);
}
