#include "ledger/checkpoint.h"

#include "base/base64.h"
#include "base/limits.h"

bool size_read(struct str s, uint64_t *out)
{
    int64_t v;
    if (s.n > 1 && s.p[0] == '0') return false;
    if (!s.n || s.p[0] == '-' || !str_to_i64(s, 0, INT64_MAX, &v)) return false;
    *out = (uint64_t)v;
    return true;
}

enum rc checkpoint_read(struct ctx *cx, struct str text, struct checkpoint *out)
{
    struct str rest = text, size, root;
    *out = (struct checkpoint){0};
    if (!str_ends(text, STR("\n"))) return fail(cx, E_INVALID, "checkpoint: the text does not end in a newline");
    rest.n--;
    if (!str_cut(&rest, '\n', &out->origin) || !out->origin.n || !str_cut(&rest, '\n', &size) ||
        !str_cut(&rest, '\n', &root))
        return fail(cx, E_INVALID, "checkpoint: three lines are expected: origin, size, root");
    if (!size_read(size, &out->size))
        return fail(cx, E_INVALID, "checkpoint: the second line is no size (decimal, no leading zeros, below 2^63)");
    if (!base64_read_exact(out->root.b, sizeof out->root.b, root))
        return fail(cx, E_INVALID, "checkpoint: the third line is no root (32 bytes in base64)");
    if (!rest.p) return OK;
    out->extensions = (struct str){rest.p, rest.n + 1};
    if (!rest.n || rest.p[0] == '\n' || str_has(rest, STR("\n\n")) || str_ends(rest, STR("\n")))
        return fail(cx, E_INVALID, "checkpoint: an empty line");
    return OK;
}

void checkpoint_put(struct buf *out, const struct checkpoint *c)
{
    buf_str(out, c->origin);
    buf_printf(out, "\n%llu\n", (unsigned long long)c->size);
    base64_put(out, c->root.b, sizeof c->root.b);
    buf_char(out, '\n');
}

static bool part_is_valid(struct str s, bool host)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || (c == '_' && !host)))
            return false;
    }
    return s.n > 0;
}

bool origin_is_valid(struct str origin)
{
    struct str rest = origin, part;
    if (origin.n == 0 || origin.n > LIMIT_ORIGIN) return false;
    for (bool host = true; str_cut(&rest, '/', &part); host = false)
        if (!part_is_valid(part, host)) return false;
    return true;
}

struct str origin_base(struct str origin, uint64_t *generation)
{
    size_t i = origin.n;
    while (i > 0 && origin.p[i - 1] >= '0' && origin.p[i - 1] <= '9') i--;
    *generation = 1;
    if (i < 2 || origin.p[i - 1] != '/' || !size_read(str_slice(origin, i, origin.n), generation) || *generation < 2) {
        *generation = 1;
        return origin;
    }
    return str_slice(origin, 0, i - 1);
}
