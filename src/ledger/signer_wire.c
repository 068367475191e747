#include "ledger/signer_wire.h"

#include "base/base64.h"
#include "base/digest.h"
#include "ledger/canonical.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static enum rc broken(struct ctx *cx)
{
    return fail(cx, E_IO, "signer: the connection broke: %s", errno ? strerror(errno) : "closed");
}

static bool send_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t done = send(fd, p, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

enum rc wire_send(struct ctx *cx, int fd, struct str message)
{
    if (message.n > LIMIT_BODY) return fail(cx, E_LIMIT, "signer: a message over %llu bytes", LIMIT_BODY);
    char head[4] = {(char)(message.n >> 24), (char)(message.n >> 16), (char)(message.n >> 8), (char)message.n};
    errno = 0;
    return send_all(fd, head, sizeof head) && send_all(fd, message.p, message.n) ? OK : broken(cx);
}

/* Bytes read; less than n at the end; -1 with errno. */
static ssize_t receive_all(int fd, char *p, size_t n)
{
    size_t got = 0;
    while (got < n) {
        ssize_t done = recv(fd, p + got, n - got, 0);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return -1;
        if (done == 0) break;
        got += (size_t)done;
    }
    return (ssize_t)got;
}

enum rc wire_receive(struct ctx *cx, int fd, struct buf *out)
{
    uint8_t head[4];
    char block[4096];
    errno = 0;
    buf_clear(out);
    ssize_t got = receive_all(fd, (char *)head, sizeof head);
    if (got == 0) return fail(cx, E_NOTFOUND, "signer: the connection was closed");
    if (got != sizeof head) return broken(cx);
    size_t left = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (left > LIMIT_BODY) return fail(cx, E_INVALID, "signer: a message over %llu bytes", LIMIT_BODY);
    while (left) {
        size_t want = left < sizeof block ? left : sizeof block;
        if (receive_all(fd, block, want) != (ssize_t)want) return broken(cx);
        buf_add(out, block, want);
        left -= want;
    }
    return out->failed ? fail(cx, E_IO, "out of memory") : OK;
}

void wire_put_hex(struct buf *out, const uint8_t *p, size_t n)
{
    char two[3];
    buf_char(out, '"');
    for (size_t i = 0; i < n; i++) {
        digest_hex(p + i, 1, two);
        buf_add(out, two, 2);
    }
    buf_char(out, '"');
}

void wire_put_hashes(struct buf *out, const struct hash *p, size_t n)
{
    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i) buf_char(out, ',');
        wire_put_hex(out, p[i].b, sizeof p[i].b);
    }
    buf_char(out, ']');
}

bool wire_read_hashes(struct str list, struct hash out[MERKLE_PROOF], size_t *n)
{
    struct str rest = list, item;
    *n = 0;
    if (!list.n || list.p[0] != '[') return false;
    for (; canonical_item(&rest, &item); (*n)++)
        if (*n == MERKLE_PROOF || item.n != 66 || !hex_read_exact(out[*n].b, 32, str_slice(item, 1, 65))) return false;
    return true;
}
