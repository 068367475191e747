#include "base/gzip.h"

#include "base/limits.h"

#include <zlib.h>

#define GZIP (15 + 16) /* window bits, and a header of gzip */
#define PART (64 * KIB)

/* zlib takes 32 bits of length at a time. */
static void feed(z_stream *z, struct str *rest)
{
    if (z->avail_in || !rest->n) return;
    size_t n = rest->n < UINT32_MAX / 2 ? rest->n : UINT32_MAX / 2;
    z->next_in = (unsigned char *)(uintptr_t)rest->p;
    z->avail_in = (unsigned)n;
    *rest = str_slice(*rest, n, rest->n);
}

enum rc gzip_pack(struct ctx *cx, struct str bytes, struct buf *out)
{
    unsigned char part[PART];
    z_stream z = {0};
    int code = deflateInit2(&z, 6, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY);
    if (code != Z_OK) return fail(cx, E_IO, "out of memory");
    do {
        feed(&z, &bytes);
        z.next_out = part;
        z.avail_out = sizeof part;
        code = deflate(&z, bytes.n ? Z_NO_FLUSH : Z_FINISH);
        buf_str(out, (struct str){(char *)part, sizeof part - z.avail_out});
    } while (code == Z_OK || (code == Z_BUF_ERROR && bytes.n));
    (void)deflateEnd(&z);
    if (code != Z_STREAM_END) return fail(cx, E_INTERNAL, "zlib does not end: %d", code);
    return buf_ok(out) == OK ? OK : fail(cx, E_LIMIT, "packed it is too large");
}

enum rc gzip_unpack(struct ctx *cx, struct str packed, struct buf *out)
{
    unsigned char part[PART];
    z_stream z = {0};
    int code = inflateInit2(&z, GZIP);
    if (code != Z_OK) return fail(cx, E_IO, "out of memory");
    do {
        feed(&z, &packed);
        z.next_out = part;
        z.avail_out = sizeof part;
        code = inflate(&z, Z_NO_FLUSH);
        buf_str(out, (struct str){(char *)part, sizeof part - z.avail_out});
    } while (code == Z_OK && !out->failed);
    bool whole = code == Z_STREAM_END && z.avail_in == 0 && packed.n == 0;
    (void)inflateEnd(&z);
    if (buf_ok(out) != OK) return fail(cx, E_LIMIT, "unpacked it is too large");
    return whole ? OK : fail(cx, E_CORRUPT, "what is packed is damaged");
}
