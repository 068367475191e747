#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

static bool v4_ok(uint32_t a, bool inside)
{
    static const struct {
        uint32_t net;
        int bits;
        bool inside; /* may be allowed */
    } closed[] = {
        {0x00000000, 8, false},  {0x0a000000, 8, true},   {0x64400000, 10, true},  {0x7f000000, 8, true},
        {0xa9fe0000, 16, false}, {0xac100000, 12, true},  {0xc0000000, 24, false}, {0xc0000200, 24, false},
        {0xc0a80000, 16, true},  {0xc6120000, 15, false}, {0xc6336400, 24, false}, {0xcb007100, 24, false},
        {0xe0000000, 3, false}, /* multicast, reserved, broadcast */
    };
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if ((a ^ closed[i].net) >> (32 - closed[i].bits) == 0) return inside && closed[i].inside;
    return true;
}

static uint32_t v4_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool v6_ok(const uint8_t a[16], bool inside)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
    static const uint8_t loopback[16] = {[15] = 1};
    if (!memcmp(a, mapped, 12) || !memcmp(a, nat64, 12)) return v4_ok(v4_at(a + 12), inside);
    if (!memcmp(a, loopback, 16) || (a[0] & 0xfe) == 0xfc) return inside; /* this machine; unique local */
    if (a[0] == 0x20 && a[1] == 0x02) return v4_ok(v4_at(a + 2), inside); /* 6to4 */
    if (a[0] == 0x20 && a[1] == 0x01 && (a[2] & 0xfe) == 0) return false; /* protocol assignments, Teredo among them */
    return (a[0] & 0xe0) == 0x20;                                         /* global unicast, and nothing else */
}

bool address_may_reach(const struct sockaddr *a, bool inside)
{
    if (a->sa_family == AF_INET)
        return v4_ok(ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr), inside);
    if (a->sa_family == AF_INET6)
        return v6_ok(((const struct sockaddr_in6 *)(const void *)a)->sin6_addr.s6_addr, inside);
    return false;
}
