/* Answers that are files. */
#include "api/api_int.h"

#define LONGEST_NAME 200 /* bytes of what a file is proposed to be saved by */

/* One that no program takes for a path, and no eye for another. */
static struct str plain_name(struct ctx *cx, struct str name)
{
    scoped_buf out;
    buf_init(&out, 4 * LONGEST_NAME);
    for (size_t i = 0, n; i < name.n && out.n < LONGEST_NAME; i += n) {
        uint32_t cp;
        n = str_char(name, i, &cp);
        if (n == 0) break;
        bool bad = char_is_deceptive(cp) || (cp < 0x80 && strchr("/\\:*?\"<>|%", (int)cp));
        if (bad || (cp == '.' && out.n == 0))
            buf_char(&out, '_');
        else
            buf_str(&out, str_slice(name, i, i + n));
    }
    return out.n ? arena_str(&cx->arena, buf_view(&out)) : STR("file");
}

/* RFC 6266: a name in ASCII for old programs, the whole as RFC 8187 spells it. */
static struct str disposition(struct ctx *cx, struct str name)
{
    scoped_buf out;
    buf_init(&out, 16 * LONGEST_NAME);
    buf_cstr(&out, "attachment; filename=\"");
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] < 0x80) buf_char(&out, name.p[i]);
    buf_cstr(&out, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
            c == '_')
            buf_char(&out, (char)c);
        else
            buf_printf(&out, "%%%02X", c);
    }
    return arena_str(&cx->arena, buf_view(&out));
}

void api_answer_file(struct ctx *cx, struct api_call *call, int fd, struct str name, struct str type, struct str digest)
{
    call->stream = fd;
    api_header(call, "Content-Type", arena_str(&cx->arena, type));
    api_header(call, "Content-Disposition", disposition(cx, plain_name(cx, name)));
    /* beside the policy of every answer: opened all the same, it runs nothing and reaches nobody */
    api_header(call, "Content-Security-Policy", STR("default-src 'none'; sandbox"));
    if (digest.n) api_header(call, "ETag", arena_printf(&cx->arena, "\"" STR_FMT "\"", STR_ARG(digest)));
}
