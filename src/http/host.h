/* By which names a server may be asked for. Browsers name the host they believe to speak to: a name that is none of
 * ours is another's page that has its own name lead here (DNS rebinding), or somebody who would have our links and
 * redirects lead to them. Pure. */
#ifndef SINETTI_HTTP_HOST_H
#define SINETTI_HTTP_HOST_H

#include "base/ctx.h"

struct http_hosts {
    struct str origin;       /* "https://sinetti.example.org", as users see it; empty: not said */
    struct str address;      /* that is listened at */
    const struct str *names; /* of the certificate, "*.example.org" among them */
    size_t n_names;
};

/* Of a header Host, with or without a port. Known are the origin's; localhost and addresses of the loopback; the
 * address listened at, or any address when that is any; and, where no origin is said, the certificate's names. */
bool http_host_is_ours(const struct http_hosts *h, struct str host);

#endif
