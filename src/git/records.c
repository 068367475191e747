#include "git/records.h"

#include "base/limits.h"
#include "git/oid.h"

static bool mode_parse(struct str s, uint32_t *out)
{
    if (s.n == 0 || s.n > 7) return false;
    uint32_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '7') return false;
        v = v * 8 + (uint32_t)(s.p[i] - '0');
    }
    *out = v;
    return true;
}

bool record_path_is_usable(struct str path)
{
    struct str rest = path, part;
    if (path.n == 0 || path.n > LIMIT_PATH || path.p[path.n - 1] == '/') return false;
    while (str_cut(&rest, '/', &part))
        if (part.n == 0 || str_eq(part, STR(".")) || str_eq(part, STR("..")) || str_eq_nocase(part, STR(".git")))
            return false;
    return true;
}

bool record_change(struct str meta, size_t hex, struct git_change *out)
{
    struct str part;
    if (meta.n < 2 || meta.p[0] != ':') return false;
    meta = str_slice(meta, 1, meta.n);
    if (!str_cut(&meta, ' ', &part) || !mode_parse(part, &out->old_mode)) return false;
    if (!str_cut(&meta, ' ', &part) || !mode_parse(part, &out->new_mode)) return false;
    if (!str_cut(&meta, ' ', &out->old_oid) || !oid_is(out->old_oid, hex)) return false;
    if (!str_cut(&meta, ' ', &out->new_oid) || !oid_is(out->new_oid, hex)) return false;
    if (!meta.p || meta.n == 0) return false;
    out->status = meta.p[0];
    return true;
}

bool record_entry(struct str meta, size_t hex, struct git_entry *out)
{
    struct str part;
    if (!str_cut(&meta, ' ', &part) || !mode_parse(part, &out->mode)) return false;
    if (!str_cut(&meta, ' ', &part)) return false; /* the type follows from the mode */
    if (!str_cut(&meta, ' ', &out->oid) || !oid_is(out->oid, hex) || !meta.p) return false;
    if (!str_to_i64(str_trim(meta), 0, INT64_MAX, &out->size)) out->size = -1;
    return true;
}

enum object_type record_object(struct str line, size_t hex, struct str *oid, int64_t *size)
{
    struct str type;
    *size = -1;
    if (!str_cut(&line, ' ', oid) || !oid_is(*oid, hex)) return OBJECT_MISSING;
    if (!str_cut(&line, ' ', &type) || !line.p || !str_to_i64(line, 0, INT64_MAX, size)) return OBJECT_MISSING;
    if (str_eq(type, STR("commit"))) return OBJECT_COMMIT;
    if (str_eq(type, STR("tree"))) return OBJECT_TREE;
    if (str_eq(type, STR("blob"))) return OBJECT_BLOB;
    if (str_eq(type, STR("tag"))) return OBJECT_TAG;
    return OBJECT_MISSING;
}
