#include "gates/pkt.h"

#include <errno.h>
#include <unistd.h>

#include "base/file.h"

static int digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum rc pkt_read(struct ctx *cx, int fd, struct str *out, bool *flush)
{
    char head[4];
    int n = 0;
    *out = STR_NONE;
    *flush = false;
    if (!file_read_exactly(fd, head, 4)) return fail(cx, E_INVALID, "git stopped in the middle of what it had to say");
    for (int i = 0; i < 4; i++) {
        int d = digit(head[i]);
        if (d < 0) return fail(cx, E_INVALID, "git said what is no packet");
        n = n * 16 + d;
    }
    *flush = n == 0;
    if (*flush) return OK;
    if (n < 4 || n - 4 > PKT_MOST) return fail(cx, E_INVALID, "git said a packet of no right length");
    char *p = arena_alloc(&cx->arena, (size_t)n);
    if (!file_read_exactly(fd, p, (size_t)n - 4))
        return fail(cx, E_INVALID, "git stopped in the middle of what it had to say");
    *out = (struct str){p, (size_t)n - 4};
    if (out->n && p[out->n - 1] == '\n') out->n--;
    return OK;
}

void pkt_add(struct buf *out, struct str text)
{
    if (text.n > PKT_MOST) {
        out->failed = true;
        return;
    }
    buf_printf(out, "%04zx", text.n + 4);
    buf_str(out, text);
}

void pkt_flush(struct buf *out)
{
    buf_cstr(out, "0000");
}
