#include "git/refname.h"

#include "base/limits.h"
#include "git/oid.h"

static bool component_is_valid(struct str c)
{
    if (c.n == 0 || c.p[0] == '.' || str_ends(c, STR(".lock"))) return false;
    for (size_t i = 0; i < c.n; i++) {
        unsigned char b = (unsigned char)c.p[i];
        if (b <= ' ' || b == 0x7f || strchr("~^:?*[\\", b)) return false;
        char next = i + 1 < c.n ? c.p[i + 1] : '\0';
        if ((b == '.' && next == '.') || (b == '@' && next == '{')) return false;
    }
    return true;
}

bool refname_is_valid(struct str name)
{
    if (name.n > LIMIT_PATH || !str_starts(name, STR("refs/")) || str_ends(name, STR("."))) return false;
    struct str rest = name, part;
    while (str_cut(&rest, '/', &part))
        if (!component_is_valid(part)) return false;
    return true;
}

bool packed_refs_next(struct str *rest, size_t hex, struct packed_ref *out, size_t *skipped)
{
    struct str line;
    while (str_cut(rest, '\n', &line)) {
        if (line.n == 0 || line.p[0] == '#' || line.p[0] == '^') continue;
        if (line.n > hex + 1 && line.p[hex] == ' ') {
            out->oid = str_slice(line, 0, hex);
            out->name = str_slice(line, hex + 1, line.n);
            if (oid_is(out->oid, hex) && !oid_is_zero(out->oid) && refname_is_valid(out->name)) return true;
        }
        (*skipped)++;
    }
    return false;
}

struct str refname_full(struct arena *a, struct str name)
{
    return arena_printf(a, "%s" STR_FMT, str_starts(name, STR("refs/")) ? "" : "refs/heads/", STR_ARG(name));
}

struct str refname_short(struct str name)
{
    return str_starts(name, STR("refs/heads/")) ? str_slice(name, sizeof "refs/heads/" - 1, name.n) : name;
}

enum loose_kind loose_ref_parse(struct str content, size_t hex, struct str *value)
{
    if (str_starts(content, STR("ref:"))) {
        *value = str_trim(str_slice(content, 4, content.n));
        return refname_is_valid(*value) ? LOOSE_SYMBOLIC : LOOSE_BAD;
    }
    *value = str_slice(content, 0, hex);
    if (!oid_is(*value, hex) || oid_is_zero(*value)) return LOOSE_BAD;
    return content.n == hex || content.p[hex] == '\n' || content.p[hex] == ' ' || content.p[hex] == '\t' ||
                   content.p[hex] == '\r'
               ? LOOSE_OID
               : LOOSE_BAD;
}
