#include "base/ctx.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void ctx_init(struct ctx *cx)
{
    *cx = (struct ctx){0};
    arena_init(&cx->arena);
}

void ctx_release(struct ctx *cx)
{
    arena_release(&cx->arena);
}

enum rc(fail)(struct ctx *cx, enum rc rc, const char *fmt, ...)
{
    char text[sizeof cx->message]; /* apart: what was said before may be part of it */
    va_list args;
    va_start(args, fmt);
    cx->error = rc;
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    memcpy(cx->message, text, strlen(text) + 1);
    return rc;
}

const char *str_visible(struct ctx *cx, struct str s)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_visible(&b, str_slice(s, 0, 200));
    if (s.n > 200) buf_cstr(&b, "…");
    return arena_cstr(&cx->arena, buf_view(&b));
}

void ctx_progress(struct ctx *cx, const char *what, int64_t done, int64_t total)
{
    if (cx->progress) cx->progress(cx, what, done, total);
}
