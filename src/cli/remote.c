#include "cli/remote.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/url.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SILENCE 30  /* seconds a server may say nothing */
#define LONGEST 600 /* seconds of one request */
#define LONGEST_FILE (12 * 3600)
#define MOST_ERRORS 5

enum rc remote_option(struct ctx *cx, struct remote *r, int code, const char *value)
{
    if (code == OPTION_SERVER)
        r->server = value;
    else if (code == OPTION_TOKEN_FILE)
        r->token_file = value;
    else if (code == OPTION_CA)
        r->ca = value;
    else
        return fail(cx, E_INTERNAL, "an option nobody knows");
    return OK;
}

enum rc remote_read_file(struct ctx *cx, const char *name, struct buf *out)
{
    int fd = strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (fd < 0) return fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(name)), strerror(errno));
    bool fine = file_read_all(fd, out);
    int code = errno;
    if (fd != STDIN_FILENO) close(fd);
    if (!fine) return fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(name)), strerror(code));
    return buf_ok(out) == OK ? OK : fail(cx, E_LIMIT, "%s is too long", str_visible(cx, str_from(name)));
}

/* A token goes over TLS, or nowhere but to this machine. */
static bool is_private(struct str url)
{
    static const char *const here[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    if (str_starts_nocase(url, STR("https://"))) return true;
    for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
        struct str name = str_from(here[i]);
        if (str_starts_nocase(url, name) && (url.n == name.n || url.p[name.n] == ':' || url.p[name.n] == '/'))
            return true;
    }
    return false;
}

static enum rc take_token(struct ctx *cx, struct remote *r, struct str token)
{
    token = str_trim(token);
    for (size_t i = 0; i < token.n; i++)
        if (!isalnum((unsigned char)token.p[i]) && token.p[i] != '_' && token.p[i] != '-')
            return fail(cx, E_INVALID, "that is no API token: one begins with snt_ and has no blanks");
    if (token.n == 0) return OK;
    if (!is_private(str_from(r->server)))
        return fail(cx, E_INVALID, "a token is not sent over plain http; use the server's https address");
    r->authorization = arena_printf(&cx->arena, "Authorization: Bearer " STR_FMT, STR_ARG(token));
    return OK;
}

enum rc remote_open(struct ctx *cx, struct remote *r)
{
    scoped_buf token;
    buf_init(&token, 4 * KIB);
    if (!r->server) r->server = str_environment("SINETTI_SERVER").p;
    if (!r->ca) r->ca = str_environment("SINETTI_CA").p;
    if (!r->server) return fail(cx, E_INVALID, "which server? --server URL, or $SINETTI_SERVER");
    if (r->token_file) {
        TRY(remote_read_file(cx, r->token_file, &token));
        TRY(take_token(cx, r, buf_view(&token)));
    } else {
        const char *value = str_environment("SINETTI_TOKEN").p;
        if (value) TRY(take_token(cx, r, str_from(value)));
    }
    return url_open(cx, r->server, SILENCE, &r->url);
}

void remote_close(struct remote *r)
{
    url_close(r->url);
    r->url = NULL;
}

/* --- the request */

enum rc remote_check(struct ctx *cx, const struct remote_call *c)
{
    for (size_t i = 0; i < c->op->n_parameters; i++)
        if (c->op->parameters[i].required &&
            !(c->op->parameters[i].in_path ? c->values[i].n > 0 : c->values[i].p != NULL))
            return fail(cx, E_INVALID, "%s needs %s=…", c->op->id, c->op->parameters[i].name);
    if (c->op->takes_file && c->op->body_needed && !c->file)
        return fail(cx, E_INVALID, "%s needs a file (--file FILE)", c->op->id);
    if (!c->op->takes_file && c->op->body_needed && !c->body.n)
        return fail(cx, E_INVALID, "%s needs a body (--body FILE)", c->op->id);
    if (c->op->if_match && !c->if_match)
        return fail(cx, E_INVALID, "%s changes what you have read: --if-match TAG, the ETag it had (--tag shows it)",
                    c->op->id);
    return OK;
}

static void put_encoded(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (isalnum(c) || strchr("-._~", c))
            buf_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* Without the first slash, which stands behind the server's name. */
static struct str path_of(struct ctx *cx, const struct remote_call *c)
{
    struct str rest = str_from(c->op->path + 1), part;
    scoped_buf out;
    char sign = '?';
    buf_init(&out, 64 * KIB);
    while (str_cut(&rest, '/', &part)) {
        if (out.n) buf_char(&out, '/');
        struct str value = part;
        for (size_t i = 0; part.p[0] == '{' && i < c->op->n_parameters; i++)
            if (str_eq(str_from(c->op->parameters[i].name), str_slice(part, 1, part.n - 1))) value = c->values[i];
        put_encoded(&out, value);
    }
    for (size_t i = 0; i < c->op->n_parameters; i++) {
        if (c->op->parameters[i].in_path || !c->values[i].p) continue;
        buf_printf(&out, "%c%s=", sign, c->op->parameters[i].name);
        put_encoded(&out, c->values[i]);
        sign = '&';
    }
    return arena_str(&cx->arena, buf_view(&out));
}

static const char *key_header(struct ctx *cx, const struct remote_call *c)
{
    uint8_t bytes[16];
    char hex[33];
    if (c->key) return arena_printf(&cx->arena, "Idempotency-Key: %s", c->key).p;
    randombytes_buf(bytes, sizeof bytes);
    digest_hex(bytes, sizeof bytes, hex);
    return arena_printf(&cx->arena, "Idempotency-Key: %s", hex).p;
}

static enum rc check_header(struct ctx *cx, const char *value, const char *option)
{
    for (const char *p = value; p && *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) return fail(cx, E_INVALID, "%s has a control character", option);
    return OK;
}

/* --- the answer */

static const struct {
    int status;
    enum rc rc;
} outcomes[] = {{400, E_INVALID}, {401, E_DENIED},   {403, E_DENIED},   {404, E_NOTFOUND}, {405, E_INVALID},
                {406, E_INVALID}, {409, E_CONFLICT}, {412, E_CONFLICT}, {413, E_LIMIT},    {415, E_INVALID},
                {422, E_INVALID}, {428, E_INVALID},  {429, E_BUSY},     {503, E_BUSY},     {500, E_INTERNAL}};

static void put_errors(struct ctx *cx, struct buf *out, const json_t *errors)
{
    size_t i;
    const json_t *e;
    json_array_foreach(errors, i, e)
    {
        const char *field = json_string_value(json_object_get(e, "field"));
        const char *detail = json_string_value(json_object_get(e, "detail"));
        if (i == MOST_ERRORS || !field || !detail) break;
        buf_printf(out, "\n  %s: %s", str_visible(cx, str_from(field)), str_visible(cx, str_from(detail)));
    }
}

/* The server's own words, made safe to show. */
static enum rc refused(struct ctx *cx, int64_t status, struct str answer)
{
    enum rc rc = E_IO;
    scoped_buf said;
    buf_init(&said, 900);
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (outcomes[i].status == status) rc = outcomes[i].rc;
    json_error_t error;
    json_t *problem = json_loadb(answer.p ? answer.p : "", answer.n, JSON_REJECT_DUPLICATES, &error);
    const char *title = json_string_value(json_object_get(problem, "title"));
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    const json_t *errors = json_object_get(problem, "errors");
    buf_cstr(&said, title ? str_visible(cx, str_from(title)) : "the server answers no problem document");
    if (detail && !json_array_size(errors)) buf_printf(&said, ": %s", str_visible(cx, str_from(detail)));
    put_errors(cx, &said, errors);
    json_decref(problem);
    return fail(cx, rc, STR_FMT " (%lld)", STR_ARG(buf_view(&said)), (long long)status);
}

static struct str header_of(struct ctx *cx, struct str got, const char *name)
{
    struct str line, value = STR_NONE;
    while (str_cut(&got, '\n', &line)) {
        struct str rest = line, key;
        if (str_cut(&rest, ':', &key) && str_eq_nocase(str_trim(key), str_from(name)) && rest.p) value = str_trim(rest);
    }
    return value.p ? arena_str(&cx->arena, value) : STR_NONE;
}

/* What the server would refuse is not sent; what is no file (a pipe) is as long as it turns out to be. */
static enum rc check_size(struct ctx *cx, const struct remote_call *c)
{
    struct stat s;
    if (!c->file || fstat(fileno(c->file), &s) != 0 || !S_ISREG(s.st_mode) || (uint64_t)s.st_size <= c->op->most_body)
        return OK;
    return fail(cx, E_LIMIT, "it is larger than %llu MiB", (unsigned long long)c->op->most_body / MIB);
}

enum rc remote_do(struct ctx *cx, struct remote *r, struct remote_call *c, struct buf *out)
{
    const char *headers[8];
    scoped_buf got;
    buf_init(&got, 64 * KIB);
    struct url_request q = {.method = c->op->method, .path = path_of(cx, c), .headers = headers, .body = c->body};
    q.ca = r->ca;
    TRY(check_size(cx, c));
    TRY(check_header(cx, c->key, "--key"));
    TRY(check_header(cx, c->if_match, "--if-match"));
    headers[q.n_headers++] = arena_printf(&cx->arena, "Accept-Language: %s", lang_name(r->lang)).p;
    headers[q.n_headers++] = "X-Sinetti: 1";
    if (r->authorization.n) headers[q.n_headers++] = r->authorization.p;
    q.file = c->file;
    q.output = c->output;
    if (c->file) headers[q.n_headers++] = "Content-Type: application/octet-stream";
    if (c->body.p) headers[q.n_headers++] = arena_printf(&cx->arena, "Content-Type: %s", c->op->body_type).p;
    if (!strcmp(c->op->method, "POST")) headers[q.n_headers++] = key_header(cx, c);
    if (c->if_match) headers[q.n_headers++] = arena_printf(&cx->arena, "If-Match: %s", c->if_match).p;
    int64_t status;
    TRY(url_send(cx, r->url, &q, c->file || c->output ? LONGEST_FILE : LONGEST, &status, &got, out));
    c->tag = header_of(cx, buf_view(&got), "ETag");
    return status >= 200 && status < 300 ? OK : refused(cx, status, buf_view(out));
}
