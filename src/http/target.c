/* The target of a request: its path in normal form, its query. */
#include "http/http_int.h"

#include <string.h>

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Decodes %XX; false for broken escapes and what decodes to a control character. */
static bool decode(struct str s, bool plus, char *out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int c = (unsigned char)s.p[i];
        if (c == '%') {
            if (s.n - i < 3 || hex(s.p[i + 1]) < 0 || hex(s.p[i + 2]) < 0) return false;
            c = hex(s.p[i + 1]) * 16 + hex(s.p[i + 2]);
            i += 2;
            if (!plus && (c == '/' || c == '\\')) return false;
        } else if (c == '+' && plus)
            c = ' ';
        if (c == 0 || (!plus && c < ' ') || c == 0x7f) return false;
        out[(*n)++] = (char)c;
    }
    return true;
}

/* "/a/b", also with a slash at its end; no empty, "." or ".." segment. */
static bool is_normal(struct str path)
{
    struct str rest = str_slice(path, 1, path.n), part;
    if (!path.n || path.p[0] != '/') return false;
    while (rest.n && str_cut(&rest, '/', &part))
        if (!part.n || str_eq(part, STR(".")) || str_eq(part, STR(".."))) return false;
    return true;
}

bool http_target_read(struct ctx *cx, struct str target, struct http_request *out)
{
    for (size_t i = 0; i < target.n; i++)
        if (target.p[i] <= ' ' || target.p[i] >= 0x7f || target.p[i] == '#' || target.p[i] == '\\') return false;
    struct str rest = target, path;
    if (!str_cut(&rest, '?', &path)) return false;
    char *bytes = arena_alloc(&cx->arena, path.n + 1);
    size_t n;
    if (!decode(path, false, bytes, &n)) return false;
    out->path = (struct str){bytes, n};
    out->query = rest.p ? rest : STR("");
    return is_normal(out->path) && str_is_utf8(out->path);
}

enum rc http_query(struct ctx *cx, struct str *rest, struct str *name, struct str *value, bool *more)
{
    struct str pair;
    *more = false;
    do
        if (!rest->n || !str_cut(rest, '&', &pair)) return OK;
    while (!pair.n);
    struct str parts[2];
    parts[1] = pair;
    if (!str_cut(&parts[1], '=', &parts[0])) return OK;
    if (!parts[1].p) parts[1] = STR("");
    for (int i = 0; i < 2; i++) {
        char *bytes = arena_alloc(&cx->arena, parts[i].n + 1);
        size_t n;
        bool good = decode(parts[i], true, bytes, &n);
        struct str text = {bytes, n};
        if (!good || !str_is_utf8(text))
            return fail(cx, E_INVALID, "the query holds what does not decode: %s", str_visible(cx, pair));
        *(i ? value : name) = text;
    }
    *more = true;
    return OK;
}
