/* Most lines of a real file are a folder, a name or an extension: those are found by hash, whatever their number. The
 * others are tried one by one, newest first, within a bound. */
#include "observe/codeowners.h"

#define BUCKETS 65536u /* a power of two */

enum shape { SHAPE_PATH, SHAPE_NAME, SHAPE_SUFFIX, SHAPE_SHAPES };

/* One key of the hash, or one general pattern; a list of them goes from the last line to the first. */
struct entry {
    struct entry *next_bucket; /* same bucket */
    struct entry *older;       /* same key, an earlier line of another section */
    struct str key;
    enum shape shape;
    bool only_below; /* the pattern is a folder: what it holds matches, the thing itself not */
    bool only_self;  /* nothing below it matches */
    int32_t rule, section;
    bool exclusion;
};

struct owners_index {
    struct arena *arena;
    enum owners_dialect dialect;
    int64_t work;
    struct entry *buckets[BUCKETS];
    struct entry *under[BUCKETS]; /* general patterns by the literal folders they begin with; "" for none */
    struct entry *general;        /* those that begin with a wildcard, newest first */
    int32_t sections;
    int32_t name_parts;    /* components of the longest name that may stand at any depth */
    int32_t *best, *stamp; /* by section, of the path asked for */
    bool *excluded;
    int32_t asked;
};

/* One component without slashes: '*' and '?' (and, for GitLab, '[…]'), '\' escapes. Linear but for one star at a time.
 */
static bool component_matches(struct str p, struct str s, bool classes, int64_t *work)
{
    size_t i = 0, j = 0, star = SIZE_MAX, mark = 0;
    while (j < s.n) {
        if (--*work <= 0) return false;
        bool ok = false;
        size_t step = 1;
        if (i < p.n) {
            char c = p.p[i];
            if (c == '*') {
                star = i++;
                mark = j;
                continue;
            }
            if (c == '\\' && i + 1 < p.n) {
                ok = p.p[i + 1] == s.p[j];
                step = 2;
            } else if (c == '?') {
                ok = true;
            } else if (c == '[' && classes) {
                size_t k = i + 1;
                bool negate = k < p.n && (p.p[k] == '!' || p.p[k] == '^'), in = false;
                if (negate) k++;
                for (bool first = true; k < p.n && (first || p.p[k] != ']'); k++, first = false) {
                    unsigned char lo = (unsigned char)p.p[k], hi = lo;
                    if (k + 2 < p.n && p.p[k + 1] == '-' && p.p[k + 2] != ']') {
                        hi = (unsigned char)p.p[k + 2];
                        k += 2;
                    }
                    if ((unsigned char)s.p[j] >= lo && (unsigned char)s.p[j] <= hi) in = true;
                }
                if (k >= p.n)
                    ok = s.p[j] == '[';
                else {
                    ok = in != negate;
                    step = k + 1 - i;
                }
            } else {
                ok = c == s.p[j];
            }
        }
        if (ok) {
            i += step;
            j++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            j = ++mark;
        } else {
            return false;
        }
    }
    while (i < p.n && p.p[i] == '*') i++;
    return i == p.n;
}

static bool cut_component(struct str *rest, struct str *part)
{
    return rest->p && str_cut(rest, '/', part);
}

static bool has_wildcard(struct str s, bool classes)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '*' || s.p[i] == '?' || s.p[i] == '\\' || (classes && s.p[i] == '[')) return true;
    return false;
}

/* What both dialects mean, said alike: body without its outer slashes, and how it is anchored. */
struct reading {
    struct str body;
    bool anchored, folder, descend, classes;
};

static struct reading read_pattern(struct str pattern, enum owners_dialect dialect)
{
    bool github = dialect == OWNERS_GITHUB;
    struct reading r = {.body = pattern, .classes = !github};
    if (r.body.n && r.body.p[0] == '/') {
        r.anchored = true;
        r.body = str_slice(r.body, 1, r.body.n);
    }
    if (r.body.n && r.body.p[r.body.n - 1] == '/') {
        r.folder = true;
        r.body.n--;
    }
    if (!r.body.n) r.folder = r.anchored && !github; /* "/" is all for GitLab and nothing for GitHub */
    if (github && r.body.n && memchr(r.body.p, '/', r.body.n)) r.anchored = true;
    while (str_starts(r.body, STR("**/"))) {
        r.anchored = false;
        r.body = str_slice(r.body, 3, r.body.n);
    }
    while (github && str_ends(r.body, STR("/**"))) {
        r.folder = true;
        r.body.n -= 3;
    }
    r.descend = github || r.folder;
    return r;
}

/* Components against components; "**" stands for any number of folders. `descend`: what lies below a match matches too,
 * but not below a last "*" when `direct`. Only the last "**" has to be tried again: earlier ones took what they needed.
 */
static bool components_match(const struct reading *r, struct str path, bool direct, int64_t *work)
{
    struct str p = r->body, s = path, retry_p = STR_NONE, retry_s = STR_NONE, pc, sc;
    for (;;) {
        if (--*work <= 0) return false;
        if (!cut_component(&p, &pc)) {
            if (!s.p || r->descend) return true;
        } else if (str_eq(pc, STR("**")) && (p.p || !r->classes)) {
            if (!p.p) return s.p != NULL; /* everything inside */
            retry_p = p;
            retry_s = s;
            continue;
        } else if (cut_component(&s, &sc) && component_matches(pc, sc, r->classes, work)) {
            if (p.p || !s.p || !direct || !str_eq(pc, STR("*"))) continue;
        }
        struct str skipped;
        if (!retry_s.p || !cut_component(&retry_s, &skipped) || !retry_s.p) return false;
        p = retry_p;
        s = retry_s;
    }
}

static bool reading_matches(const struct reading *r, struct str path, int64_t *work)
{
    if (!r->body.n) return r->folder;
    struct str rest = path;
    for (;;) {
        bool hit;
        if (r->folder) {
            /* a folder matches what lies below it: never the last component alone */
            size_t slash = rest.n;
            while (slash && rest.p[slash - 1] != '/') slash--;
            hit = slash && components_match(r, str_slice(rest, 0, slash - 1), false, work);
        } else {
            hit = components_match(r, rest, !r->classes, work);
        }
        if (hit || r->anchored) return hit;
        const char *next = memchr(rest.p, '/', rest.n);
        if (!next || *work <= 0) return false;
        rest = str_slice(rest, (size_t)(next - rest.p) + 1, rest.n);
    }
}

bool owners_pattern_matches(struct str pattern, struct str path, enum owners_dialect dialect, int64_t *work)
{
    if (str_eq(pattern, STR("*"))) return true;
    struct reading r = read_pattern(pattern, dialect);
    return reading_matches(&r, path, work);
}

static uint32_t hash_add(uint32_t h, char c)
{
    return (h ^ (unsigned char)c) * 16777619U;
}

static uint32_t hash_of(struct str s, bool backwards)
{
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < s.n; i++) h = hash_add(h, s.p[backwards ? s.n - 1 - i : i]);
    return h;
}

static uint32_t bucket_of(uint32_t h, enum shape shape)
{
    return (h * 2654435761U + (uint32_t)shape * 40503u) >> 16 & (BUCKETS - 1);
}

struct owners_index *owners_index_new(struct arena *a, enum owners_dialect dialect, int64_t work)
{
    struct owners_index *x = arena_new(a, struct owners_index);
    x->arena = a;
    x->dialect = dialect;
    x->work = work;
    return x;
}

static void add_hashed(struct owners_index *x, const struct entry *e)
{
    uint32_t b = bucket_of(hash_of(e->key, e->shape == SHAPE_SUFFIX), e->shape);
    struct entry *o = x->buckets[b], *same = NULL;
    for (; o && !same && x->work-- > 0; o = o->next_bucket)
        if (o->shape == e->shape && o->only_below == e->only_below && o->only_self == e->only_self &&
            str_eq(o->key, e->key))
            same = o;
    if (same && same->section == e->section) {
        same->rule = e->rule;
        same->exclusion = e->exclusion;
        return;
    }
    struct entry *n = arena_new(x->arena, struct entry);
    *n = *e;
    if (same) {
        /* the newest stays in the bucket's list, the others hang below it */
        struct entry old = *same;
        struct str key = same->key;
        *n = old;
        n->next_bucket = NULL;
        struct entry *next_bucket = same->next_bucket;
        *same = *e;
        same->key = key;
        same->next_bucket = next_bucket;
        same->older = n;
    } else {
        n->next_bucket = x->buckets[b];
        x->buckets[b] = n;
    }
}

void owners_index_add(struct owners_index *x, struct str pattern, int32_t rule, int32_t section, bool exclusion)
{
    if (section >= x->sections) x->sections = section + 1;
    struct reading r = read_pattern(pattern, x->dialect);
    struct entry e = {.key = r.body,
                      .rule = rule,
                      .section = section,
                      .exclusion = exclusion,
                      .only_below = r.folder,
                      .only_self = !r.descend && !r.folder};
    int32_t parts = 1;
    for (size_t i = 0; i < r.body.n; i++) parts += r.body.p[i] == '/';
    if (str_eq(pattern, STR("*"))) {
        e.shape = SHAPE_SUFFIX;
        e.key = STR("");
        e.only_self = true;
    } else if (!r.body.n) {
        if (!r.folder) return;
        e.shape = SHAPE_SUFFIX; /* "/": all */
        e.key = STR("");
        e.only_below = false;
        e.only_self = true;
    } else if (!has_wildcard(r.body, r.classes) && r.anchored) {
        e.shape = SHAPE_PATH;
    } else if (!has_wildcard(r.body, r.classes)) {
        e.shape = SHAPE_NAME;
        if (parts > x->name_parts) x->name_parts = parts;
    } else if (!r.anchored && r.body.n > 1 && r.body.p[0] == '*' && parts == 1 &&
               !has_wildcard(str_slice(r.body, 1, r.body.n), r.classes)) {
        e.shape = SHAPE_SUFFIX;
        e.key = str_slice(r.body, 1, r.body.n);
    } else {
        struct entry *n = arena_new(x->arena, struct entry);
        e.key = pattern;
        *n = e;
        /* the folders before the first wildcard */
        size_t slash = 0;
        for (size_t i = 0; i < r.body.n && !has_wildcard((struct str){r.body.p + i, 1}, true); i++)
            if (r.body.p[i] == '/') slash = i;
        struct entry **list = &x->general;
        if (r.anchored && slash) list = &x->under[bucket_of(hash_of(str_slice(r.body, 0, slash), false), SHAPE_PATH)];
        n->older = *list;
        *list = n;
        return;
    }
    add_hashed(x, &e);
}

static void consider(struct owners_index *x, const struct entry *e)
{
    int32_t s = e->section;
    bool first = x->stamp[s] != x->asked;
    if (first) x->excluded[s] = false;
    x->stamp[s] = x->asked;
    if (e->exclusion) x->excluded[s] = true; /* no later line of the section takes it in again */
    if (first || x->best[s] < e->rule) x->best[s] = e->rule;
}

static void look_up(struct owners_index *x, struct str key, uint32_t h, enum shape shape, bool is_last)
{
    for (const struct entry *e = x->buckets[bucket_of(h, shape)]; e; e = e->next_bucket) {
        x->work--;
        if (e->shape != shape || !str_eq(e->key, key)) continue;
        if ((e->only_below && is_last) || (e->only_self && !is_last)) continue;
        for (const struct entry *o = e; o; o = o->older, x->work--) consider(x, o);
    }
}

/* Names of one or more components that begin at `from`. */
static void look_up_names(struct owners_index *x, struct str path, size_t from)
{
    uint32_t h = hash_of(STR(""), false);
    int32_t parts = 0;
    for (size_t i = from; i <= path.n && parts < x->name_parts; i++) {
        if (i == path.n || path.p[i] == '/') {
            look_up(x, str_slice(path, from, i), h, SHAPE_NAME, i == path.n);
            parts++;
        }
        if (i < path.n) h = hash_add(h, path.p[i]);
    }
}

/* Every end of one component. */
static void look_up_endings(struct owners_index *x, struct str part, bool last)
{
    uint32_t h = hash_of(STR(""), false);
    for (size_t k = 0; k <= part.n; k++) {
        look_up(x, str_slice(part, part.n - k, part.n), h, SHAPE_SUFFIX, last);
        if (k < part.n) h = hash_add(h, part.p[part.n - 1 - k]);
    }
}

static void try_list(struct owners_index *x, const struct entry *e, struct str path)
{
    for (; e && x->work > 0; e = e->older) {
        if (x->dialect == OWNERS_GITHUB && x->stamp[0] == x->asked && x->best[0] >= e->rule)
            return; /* only older ones follow */
        x->work--;
        if (owners_pattern_matches(e->key, path, x->dialect, &x->work)) consider(x, e);
    }
}

bool owners_index_find(struct owners_index *x, struct str path, void (*found)(void *arg, int32_t rule, int32_t section),
                       void *arg)
{
    if (!x->sections) return true;
    if (!x->best) {
        x->best = arena_array(x->arena, int32_t, (size_t)x->sections);
        x->stamp = arena_array(x->arena, int32_t, (size_t)x->sections);
        x->excluded = arena_array(x->arena, bool, (size_t)x->sections);
    }
    if (x->work <= 0) return false;
    x->asked++;
    uint32_t h = hash_of(STR(""), false);
    size_t from = 0;
    for (size_t i = 0; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/') {
            h = hash_add(h, path.p[i]);
            continue;
        }
        bool last = i == path.n;
        look_up(x, str_slice(path, 0, i), h, SHAPE_PATH, last);
        if (!last) try_list(x, x->under[bucket_of(h, SHAPE_PATH)], path);
        look_up_names(x, path, from);
        look_up_endings(x, str_slice(path, from, i), last);
        if (!last) h = hash_add(h, '/');
        from = i + 1;
    }
    try_list(x, x->general, path);
    if (x->work <= 0) return false;
    for (int32_t s = 0; s < x->sections; s++)
        if (x->stamp[s] == x->asked && !x->excluded[s]) found(arg, x->best[s], s);
    return true;
}
