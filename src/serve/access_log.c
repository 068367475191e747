#include "serve/access_log.h"

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"
#include "identity/tokens.h"

/* Who puts a token into an address has told it to more than us; at least this file does not keep it. */
static struct str without_tokens(struct buf *b, struct str path)
{
    static const char of_tokens[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    for (const char *found; (found = str_find(path, STR(TOKEN_PREFIX)));) {
        buf_add(b, path.p, (size_t)(found - path.p));
        buf_cstr(b, TOKEN_PREFIX "…");
        path = str_slice(path, (size_t)(found - path.p) + sizeof TOKEN_PREFIX - 1, path.n);
        while (path.n && memchr(of_tokens, path.p[0], sizeof of_tokens - 1)) path = str_slice(path, 1, path.n);
    }
    buf_str(b, path);
    return buf_view(b);
}

void access_log(int fd, const struct http_request *r, const struct http_done *d)
{
    char at[32];
    struct json j;
    scoped_buf line, path;
    buf_init(&line, 64 * KIB);
    buf_init(&path, 3 * LIMIT_HTTP_TARGET);
    json_init(&j, &line, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "at", time_format(time_now(), at));
    json_put_str(&j, "peer", r->peer);
    json_put_str(&j, "method", d->head ? STR("HEAD") : r->method);
    json_put_str(&j, "path", without_tokens(&path, r->path));
    json_put_int(&j, "status", d->status);
    json_put_int(&j, "bytes", (int64_t)d->bytes);
    json_put_int(&j, "us", d->microseconds);
    if (d->id.n) json_put_str(&j, "request", d->id);
    if (d->who.n) json_put_str(&j, "credential", d->who);
    json_end(&j, '}');
    buf_char(&line, '\n');
    if (!line.failed) (void)file_write_all(fd, buf_view(&line));
}
