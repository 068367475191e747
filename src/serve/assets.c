#include "serve/assets.h"

#include <stdlib.h>
#include <string.h>

enum { PLAIN, BROTLI, GZIP, PACKINGS };

struct asset {
    const char *path, *type, *digest;
    bool fixed; /* its name changes when its bytes do */
    struct {
        size_t at, n;
    } bytes[PACKINGS]; /* n 0: not there */
};

#include "assets_table.h" /* made by tools/assets.py */

__asm__(".pushsection .rodata\n"
        ".global serve_assets_start\n"
        ".balign 16\n"
        "serve_assets_start:\n"
        ".incbin \"" ASSETS_IMAGE "\"\n"
        ".byte 0\n"
        ".popsection\n");

extern const char serve_assets_start[];

/* Scripts, styles and all else from here alone; images also from within the stylesheet. */
#define POLICY                                                                                                         \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "                 \
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const struct http_header *assets_policy(bool secure, size_t *n)
{
    static const struct http_header policy[] = {
        {STR("Content-Security-Policy"), STR(POLICY)},
        {STR("X-Content-Type-Options"), STR("nosniff")},
        {STR("Referrer-Policy"), STR("no-referrer")},
        {STR("Cross-Origin-Opener-Policy"), STR("same-origin")},
        {STR("Cross-Origin-Resource-Policy"), STR("same-origin")},
        {STR("Permissions-Policy"), STR("camera=(), geolocation=(), microphone=(), payment=(), usb=()")},
        {STR("Strict-Transport-Security"), STR("max-age=31536000")},
    };
    *n = sizeof policy / sizeof *policy - (secure ? 0 : 1);
    return policy;
}

static int by_path(const void *key, const void *row)
{
    return str_cmp(*(const struct str *)key, str_from(((const struct asset *)row)->path));
}

static const struct asset *find(struct str path)
{
    return bsearch(&path, assets, ASSETS_N, sizeof *assets, by_path);
}

/* Whether the header Accept-Encoding takes it: named, and not with q=0. */
static bool accepts(struct str header, struct str coding)
{
    struct str part;
    while (header.n && str_cut(&header, ',', &part)) {
        struct str name, q = part;
        if (!str_cut(&q, ';', &name) || !str_eq_nocase(str_trim(name), coding)) continue;
        q = str_trim(q.p ? q : STR(""));
        for (size_t i = 2; i < q.n; i++)
            if (q.p[i] >= '1' && q.p[i] <= '9') return true;
        return !str_starts_nocase(q, STR("q=0"));
    }
    return false;
}

static void put_bytes(const struct http_request *r, const struct asset *a, struct http_response *out)
{
    static const char *const names[] = {[BROTLI] = "br", [GZIP] = "gzip"};
    struct str wanted = http_request_header(r, "Accept-Encoding");
    int packing = PLAIN;
    for (int i = BROTLI; i < PACKINGS && packing == PLAIN; i++)
        if (a->bytes[i].n && accepts(wanted, str_from(names[i]))) packing = i;
    if (packing != PLAIN) http_response_header(out, "Content-Encoding", str_from(names[packing]));
    out->fixed = (struct str){serve_assets_start + a->bytes[packing].at, a->bytes[packing].n};
}

/* If-None-Match: one of them, in whatever packing. */
static bool has_already(const struct http_request *r, struct str tag)
{
    struct str header = http_request_header(r, "If-None-Match"), part;
    while (header.n && str_cut(&header, ',', &part)) {
        part = str_trim(part);
        if (str_starts(part, STR("W/"))) part = str_slice(part, 2, part.n);
        if (str_eq(part, tag) || str_eq(part, STR("*"))) return true;
    }
    return false;
}

static void put(struct ctx *cx, const struct http_request *r, const struct asset *a, struct http_response *out)
{
    struct str tag = arena_printf(&cx->arena, "\"%s\"", a->digest);
    http_response_header(out, "ETag", arena_printf(&cx->arena, "W/" STR_FMT, STR_ARG(tag)));
    http_response_header(out, "Cache-Control", a->fixed ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
    http_response_header(out, "Vary", STR("Accept-Encoding"));
    if (has_already(r, tag)) {
        out->status = 304;
        return;
    }
    http_response_header(out, "Content-Type", str_from(a->type));
    put_bytes(r, a, out);
}

static void put_text(struct http_response *out, int status, const char *text)
{
    out->status = status;
    out->fixed = str_from(text);
    http_response_header(out, "Content-Type", STR("text/plain; charset=utf-8"));
    http_response_header(out, "Cache-Control", STR("no-store"));
}

/* /assets/x, /x.txt: what should be a file, and is none. Further down a point may stand in an id. */
static bool is_file(struct str path)
{
    struct str name = str_slice(path, 1, path.n);
    return str_starts(path, STR("/assets/")) || (str_has(name, STR(".")) && !str_has(name, STR("/")));
}

void assets_answer(struct ctx *cx, const struct http_request *r, struct http_response *out)
{
    const struct asset *a = find(r->path);
    out->status = 200;
    if (!str_eq(r->method, STR("GET"))) {
        put_text(out, 405, "pages are read only; the API is at /api/\n");
        http_response_header(out, "Allow", STR("GET, HEAD"));
    } else if (a)
        put(cx, r, a, out);
    else if (is_file(r->path))
        put_text(out, 404, "there is no such file\n");
    else if ((a = find(STR("/index.html"))))
        put(cx, r, a, out);
    else
        put_text(out, 404,
                 "This sinetti was built without its pages (Node.js was not there): the API works, see /api/.\n"
                 "`make build` where Node.js is, or a source release, brings them.\n");
}
