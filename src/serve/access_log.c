#include "serve/access_log.h"

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"

void access_log(int fd, const struct http_request *r, const struct http_done *d)
{
    char at[32];
    struct json j;
    scoped_buf line;
    buf_init(&line, 64 * KIB);
    json_init(&j, &line, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "at", time_format(time_now(), at));
    json_put_str(&j, "peer", r->peer);
    json_put_str(&j, "method", d->head ? STR("HEAD") : r->method);
    json_put_str(&j, "path", r->path);
    json_put_int(&j, "status", d->status);
    json_put_int(&j, "bytes", (int64_t)d->bytes);
    json_put_int(&j, "us", d->microseconds);
    if (d->id.n) json_put_str(&j, "request", d->id);
    if (d->who.n) json_put_str(&j, "credential", d->who);
    json_end(&j, '}');
    buf_char(&line, '\n');
    if (!line.failed) (void)file_write_all(fd, buf_view(&line));
}
