#include "api/browser.h"

#include "base/base64.h"

struct str browser_origin(struct ctx *cx, const struct api_call *call)
{
    char *host = arena_cstr(&cx->arena, http_request_header(call->request, "Host"));
    for (char *p = host; *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
    return arena_printf(&cx->arena, "%s://%s", call->request->secure ? "https" : "http", host);
}

struct str browser_bytes(struct ctx *cx, struct api_call *call, const char *field)
{
    struct str text = api_field(call->body, field);
    scoped_buf bytes;
    buf_init(&bytes, text.n);
    if (!text.p) return STR_NONE;
    if (base64url_read(&bytes, text)) return arena_str(&cx->arena, buf_view(&bytes));
    api_fault(call, arena_printf(&cx->arena, "/%s", field).p, "is to be base64url without padding",
              "pitää olla base64url-muotoa ilman täytettä");
    return STR("");
}

void browser_put_bytes(struct json *j, const char *key, const void *bytes, size_t n)
{
    scoped_buf text;
    buf_init(&text, 0);
    base64url_put(&text, bytes, n);
    json_put_str(j, key, buf_view(&text));
}
