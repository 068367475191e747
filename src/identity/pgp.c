/* Armor and packets. */
#include "identity/pgp.h"

#include "base/base64.h"

#define PGP_TEXT 65536

static uint32_t crc24(struct str bytes)
{
    uint32_t crc = 0xb704ce;
    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= (uint32_t)(unsigned char)bytes.p[i] << 16;
        for (int k = 0; k < 8; k++) {
            crc <<= 1;
            if (crc & 0x1000000) crc ^= 0x1864cfb;
        }
    }
    return crc & 0xffffff;
}

/* Lines between the marks: headers to an empty line, base64, perhaps "=" and a checksum. */
enum rc pgp_unarmor(struct ctx *cx, const char *what, struct str text, const char *end, struct buf *out)
{
    struct str rest = text, line, sum = STR_NONE;
    scoped_buf base64;
    bool in_head = true, ended = false;
    buf_init(&base64, PGP_TEXT);
    (void)str_cut(&rest, '\n', &line); /* the first mark */
    while (str_cut(&rest, '\n', &line)) {
        line = str_trim(line);
        if (str_eq(line, str_from(end))) {
            ended = true;
            break;
        }
        if (in_head) {
            in_head = line.n && str_has(line, STR(": "));
            if (in_head || !line.n) continue;
        }
        if (line.n == 5 && line.p[0] == '=')
            sum = str_slice(line, 1, 5);
        else if (sum.p)
            return fail(cx, E_INVALID, "%s: something stands behind its checksum", what);
        else
            buf_str(&base64, line);
    }
    if (!ended) return fail(cx, E_INVALID, "%s: the line \"%s\" is missing", what, end);
    if (str_trim(rest).n)
        return fail(cx, E_INVALID, "%s: something stands behind its end; send one key at a time", what);
    if (!base64_read(out, buf_view(&base64))) return fail(cx, E_INVALID, "%s: its block is no base64", what);
    uint8_t said[3];
    uint32_t crc = crc24(buf_view(out));
    if (sum.p && (!base64_read_exact(said, 3, sum) || (uint32_t)(said[0] << 16 | said[1] << 8 | said[2]) != crc))
        return fail(cx, E_INVALID, "%s: its checksum is not right: it was damaged on the way", what);
    return OK;
}

/* Partial and indeterminate lengths are not of keys. */
bool pgp_next_packet(struct str *rest, struct pgp_packet *out)
{
    const unsigned char *p = (const unsigned char *)rest->p;
    size_t have = rest->n, head = 0, n = 0;
    if (have < 2 || !(p[0] & 0x80)) return false;
    if (p[0] & 0x40) {
        out->tag = p[0] & 0x3f;
        if (p[1] < 192) {
            head = 2;
            n = p[1];
        } else if (p[1] < 224 && have >= 3) {
            head = 3;
            n = ((size_t)(p[1] - 192) << 8) + p[2] + 192;
        } else if (p[1] == 255 && have >= 6) {
            head = 6;
            n = (size_t)p[2] << 24 | (size_t)p[3] << 16 | (size_t)p[4] << 8 | p[5];
        }
    } else {
        size_t bytes = (size_t)1 << (p[0] & 3);
        out->tag = p[0] >> 2 & 15;
        if ((p[0] & 3) == 3 || have < 1 + bytes) return false;
        head = 1 + bytes;
        for (size_t i = 1; i <= bytes; i++) n = n << 8 | p[i];
    }
    if (!head || n > have - head) return false;
    out->whole = str_slice(*rest, 0, head + n);
    out->body = str_slice(*rest, head, head + n);
    *rest = str_slice(*rest, head + n, have);
    return true;
}
