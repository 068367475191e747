#include "api/browser.h"

#include "api/api_int.h"
#include "base/base64.h"
#include "base/origin.h"

struct str browser_origin(struct ctx *cx, const struct api_call *call)
{
    struct str said = call->api->o.origin, asked = http_request_header(call->request, "Host");
    if (said.n && origin_has_host(said, asked)) return said;
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

static const char *word_of(enum rc rc, const struct browser_words *fi)
{
    switch (rc) {
    case E_INVALID:
        return fi->invalid;
    case E_DENIED:
        return fi->denied;
    case E_NOTFOUND:
        return fi->notfound;
    case E_CONFLICT:
        return fi->conflict;
    case E_LIMIT:
        return fi->limit;
    case E_BUSY:
        return fi->busy;
    case OK:
    case E_IO:
    case E_CORRUPT:
    case E_INTERNAL:
        break;
    }
    return NULL;
}

enum rc browser_told(struct ctx *cx, struct api_call *call, enum rc rc, const struct browser_words *fi)
{
    const char *word = call->lang == LANG_FI ? word_of(rc, fi) : NULL;
    return word ? fail(cx, rc, "%s", word) : rc;
}
