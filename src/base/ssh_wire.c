#include "base/ssh_wire.h"

bool ssh_take(struct str *blob, struct str *out)
{
    if (blob->n < 4) return false;
    const unsigned char *p = (const unsigned char *)blob->p;
    size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (n > blob->n - 4) return false;
    *out = str_slice(*blob, 4, 4 + n);
    *blob = str_slice(*blob, 4 + n, blob->n);
    return true;
}

void ssh_put(struct buf *out, struct str s)
{
    const unsigned char head[4] = {(unsigned char)(s.n >> 24), (unsigned char)(s.n >> 16), (unsigned char)(s.n >> 8),
                                   (unsigned char)s.n};
    buf_add(out, head, sizeof head);
    buf_str(out, s);
}
