#include "cli/url.h"

#include "base/curl.h"
#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MOST_REDIRECTS 5L
#define SLOWEST 100L /* bytes a second */

struct url_reader {
    const struct curl_functions *lib;
    CURL *curl;
    struct str base; /* without a slash at its end */
    char error[CURL_ERROR_SIZE];
    /* of the file that is being read */
    reader_take *take;
    void *take_arg;
    enum rc rc; /* what `take` said */
    long status;
    size_t headers, ignored;
};

bool url_is_one(const char *place)
{
    return strstr(place, "://") != NULL;
}

static enum rc check_base(struct ctx *cx, struct str base)
{
    if (!str_starts_nocase(base, STR("http://")) && !str_starts_nocase(base, STR("https://")))
        return fail(cx, E_INVALID, "a URL of http or https is expected");
    for (size_t i = 0; i < base.n; i++)
        if ((unsigned char)base.p[i] <= 0x20 || base.p[i] == 0x7f || base.p[i] == '?' || base.p[i] == '#')
            return fail(cx, E_INVALID, "the URL has no query, fragment or white space");
    if (base.n > LIMIT_PATH) return fail(cx, E_INVALID, "the URL is over %llu bytes", LIMIT_PATH);
    return OK;
}

static enum rc load(struct ctx *cx, struct url_reader *u)
{
    const char *missing;
    u->lib = curl_open(&missing);
    return u->lib ? OK : fail(cx, E_IO, "reading from a server needs " CURL_PACKAGE "; not found: %s", missing);
}

static size_t on_answer(char *p, size_t one, size_t n, void *arg)
{
    buf_add(arg, p, n * one);
    return ((struct buf *)arg)->failed ? 0 : n * one;
}

/* curl stops when fewer bytes are taken than it gave. */
static size_t on_body(char *p, size_t one, size_t n, void *arg)
{
    struct url_reader *u = arg;
    n *= one;
    if (u->lib->getinfo(u->curl, CURLINFO_RESPONSE_CODE, &u->status) != CURLE_OK) return 0;
    if (u->status != 200) { /* a page that says what is wrong: read a little, so that the connection can go on */
        u->ignored += n;
        return u->ignored > 64 * KIB ? 0 : n;
    }
    u->rc = u->take(u->take_arg, (struct str){p, n});
    return u->rc == OK ? n : 0;
}

static size_t on_header(char *p, size_t one, size_t n, void *arg)
{
    struct url_reader *u = arg;
    (void)p;
    u->headers += n * one;
    return u->headers > 256 * KIB ? 0 : n * one;
}

static bool set_up(struct url_reader *u, long seconds)
{
    CURL *c = u->curl;
    bool secure = str_starts_nocase(u->base, STR("https://"));
    __typeof__(curl_easy_setopt) *set = u->lib->setopt;
    return set(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           set(c, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https") == CURLE_OK &&
           set(c, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK && set(c, CURLOPT_MAXREDIRS, MOST_REDIRECTS) == CURLE_OK &&
           set(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && set(c, CURLOPT_CONNECTTIMEOUT, seconds) == CURLE_OK &&
           set(c, CURLOPT_LOW_SPEED_LIMIT, SLOWEST) == CURLE_OK &&
           set(c, CURLOPT_LOW_SPEED_TIME, seconds) == CURLE_OK &&
           set(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           set(c, CURLOPT_ACCEPT_ENCODING, "gzip") == CURLE_OK &&
           set(c, CURLOPT_USERAGENT, "sinetti/" SINETTI_VERSION) == CURLE_OK &&
           set(c, CURLOPT_ERRORBUFFER, u->error) == CURLE_OK && set(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           set(c, CURLOPT_WRITEDATA, (void *)u) == CURLE_OK && set(c, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           set(c, CURLOPT_HEADERDATA, (void *)u) == CURLE_OK;
}

enum rc url_open(struct ctx *cx, const char *base, int64_t seconds, struct url_reader **out)
{
    struct str s = str_from(base);
    *out = NULL;
    TRY(check_base(cx, s));
    struct url_reader *u = calloc(1, sizeof *u);
    if (!u) return fail(cx, E_IO, "out of memory");
    while (str_ends(s, STR("/"))) s.n--;
    u->base = arena_str(&cx->arena, s);
    enum rc rc = load(cx, u);
    if (rc == OK && (!(u->curl = u->lib->curl_easy_init()) || !set_up(u, (long)seconds)))
        rc = fail(cx, E_IO, "this libcurl is too old (7.85 is needed)");
    if (rc == OK)
        *out = u;
    else
        url_close(u);
    return rc;
}

void url_close(struct url_reader *u)
{
    if (!u) return;
    if (u->curl) u->lib->curl_easy_cleanup(u->curl);
    free(u);
}

static enum rc judge(struct ctx *cx, const struct url_reader *u, CURLcode code, struct str path)
{
    const char *shown = str_visible(cx, path);
    if (u->status == 404 || u->status == 410)
        return fail(cx, E_NOTFOUND, "%s: the server has no such file (%ld)", shown, u->status);
    if (u->status == 401 || u->status == 403)
        return fail(cx, E_DENIED, "%s: the server refuses it (%ld)", shown, u->status);
    if (u->status && u->status != 200 && code != CURLE_TOO_MANY_REDIRECTS)
        return fail(cx, E_IO, "%s: the server answers %ld", shown, u->status);
    if (code == CURLE_OK) return u->status ? OK : fail(cx, E_IO, "%s: the server answers nothing", shown);
    const char *why = u->error[0] ? u->error : u->lib->curl_easy_strerror(code);
    return fail(cx, E_IO, "%s: %s", shown, str_visible(cx, str_from(why)));
}

static enum rc read_url(struct ctx *cx, void *arg, struct str path, reader_take *take, void *take_arg)
{
    struct url_reader *u = arg;
    const char *url = arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(u->base), STR_ARG(path)).p;
    u->take = take;
    u->take_arg = take_arg;
    u->rc = OK;
    u->status = 0;
    u->headers = u->ignored = 0;
    u->error[0] = 0;
    if (u->lib->setopt(u->curl, CURLOPT_URL, url) != CURLE_OK) return fail(cx, E_IO, "out of memory");
    CURLcode code = u->lib->curl_easy_perform(u->curl);
    if (u->rc != OK) return u->rc;
    if (u->lib->getinfo(u->curl, CURLINFO_RESPONSE_CODE, &u->status) != CURLE_OK) u->status = 0;
    return judge(cx, u, code, path);
}

struct reader url_reader(struct url_reader *u)
{
    return (struct reader){read_url, u};
}

/* What a request gave: OK with *status, whatever it says. */
static enum rc finish(struct ctx *cx, struct url_reader *u, int64_t *status, const struct buf *out)
{
    u->status = 0;
    u->headers = 0;
    u->error[0] = 0;
    CURLcode code = u->lib->curl_easy_perform(u->curl);
    if (out->failed) return fail(cx, E_LIMIT, "the answer is too long");
    if (u->lib->getinfo(u->curl, CURLINFO_RESPONSE_CODE, &u->status) != CURLE_OK) u->status = 0;
    *status = u->status;
    if (code == CURLE_OK && u->status) return OK;
    const char *why = u->error[0] ? u->error : u->lib->curl_easy_strerror(code);
    return fail(cx, E_IO, "%s", code == CURLE_OK ? "no answer" : str_visible(cx, str_from(why)));
}

enum rc url_post(struct ctx *cx, struct url_reader *u, struct str path, struct str body, int64_t seconds,
                 int64_t *status, struct buf *out)
{
    const char *url = arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(u->base), STR_ARG(path)).p;
    __typeof__(curl_easy_setopt) *set = u->lib->setopt;
    CURL *c = u->curl;
    if (set(c, CURLOPT_URL, url) != CURLE_OK || set(c, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK ||
        set(c, CURLOPT_TIMEOUT, (long)seconds) != CURLE_OK || set(c, CURLOPT_POST, 1L) != CURLE_OK ||
        set(c, CURLOPT_POSTFIELDSIZE, (long)body.n) != CURLE_OK || set(c, CURLOPT_POSTFIELDS, body.p) != CURLE_OK ||
        set(c, CURLOPT_WRITEFUNCTION, on_answer) != CURLE_OK || set(c, CURLOPT_WRITEDATA, (void *)out) != CURLE_OK)
        return fail(cx, E_IO, "out of memory");
    return finish(cx, u, status, out);
}

/* Where an answer's body goes. */
struct sink {
    struct url_reader *u;
    FILE *file;
    struct buf *out;
    long status;
};

static size_t on_file(char *p, size_t one, size_t n, void *arg)
{
    struct sink *s = arg;
    if (!s->status && s->u->lib->getinfo(s->u->curl, CURLINFO_RESPONSE_CODE, &s->status) != CURLE_OK) return 0;
    return s->status == 200 ? fwrite(p, one, n, s->file) * one : on_answer(p, one, n, s->out);
}

/* The file as the body, with its length where it has one, else in chunks; libcurl reads it by itself. */
static bool put_file(const struct url_reader *u, FILE *file)
{
    struct stat st;
    bool known = fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode);
    return u->lib->setopt(u->curl, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
           u->lib->setopt(u->curl, CURLOPT_READDATA, file) == CURLE_OK &&
           (!known || u->lib->setopt(u->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)st.st_size) == CURLE_OK);
}

enum rc url_send(struct ctx *cx, struct url_reader *u, const struct url_request *r, int64_t seconds, int64_t *status,
                 struct buf *got, struct buf *out)
{
    const char *url = arena_printf(&cx->arena, STR_FMT "/" STR_FMT, STR_ARG(u->base), STR_ARG(r->path)).p;
    __typeof__(curl_easy_setopt) *set = u->lib->setopt;
    CURL *c = u->curl;
    struct curl_slist *headers = NULL;
    bool fine = true;
    for (size_t i = 0; i < r->n_headers && fine; i++) {
        struct curl_slist *longer = u->lib->curl_slist_append(headers, r->headers[i]);
        fine = longer != NULL;
        if (fine) headers = longer;
    }
    fine = fine && set(c, CURLOPT_URL, url) == CURLE_OK && set(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           set(c, CURLOPT_TIMEOUT, (long)seconds) == CURLE_OK && set(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           set(c, CURLOPT_WRITEFUNCTION, on_answer) == CURLE_OK && set(c, CURLOPT_WRITEDATA, (void *)out) == CURLE_OK &&
           set(c, CURLOPT_HEADERFUNCTION, on_answer) == CURLE_OK && set(c, CURLOPT_HEADERDATA, (void *)got) == CURLE_OK;
    struct sink sink = {u, r->output, out, 0};
    if (fine && r->output)
        fine =
            set(c, CURLOPT_WRITEFUNCTION, on_file) == CURLE_OK && set(c, CURLOPT_WRITEDATA, (void *)&sink) == CURLE_OK;
    if (fine && r->file) fine = put_file(u, r->file);
    if (fine && r->ca) fine = set(c, CURLOPT_CAINFO, r->ca) == CURLE_OK;
    if (fine && r->body.p)
        fine = set(c, CURLOPT_POSTFIELDSIZE, (long)r->body.n) == CURLE_OK &&
               set(c, CURLOPT_POSTFIELDS, r->body.p) == CURLE_OK;
    if (fine) fine = set(c, CURLOPT_CUSTOMREQUEST, r->method) == CURLE_OK;
    enum rc rc = fine ? finish(cx, u, status, out) : fail(cx, E_IO, "out of memory");
    u->lib->curl_slist_free_all(headers);
    return rc;
}
