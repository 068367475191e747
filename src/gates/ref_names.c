#include "gates/ref_names.h"

#include <stdlib.h>

#include "git/oid.h"
#include "git/refname.h"
#include "identity/names.h"

#define REF_NAME_MOST 255

bool ref_name_is_plain(struct str name)
{
    uint32_t cp;
    if (name.n > REF_NAME_MOST || !str_is_utf8(name) || !refname_is_valid(name)) return false;
    for (size_t at = 0, n; at < name.n; at += n) {
        n = str_char(name, at, &cp);
        if (!n || cp <= ' ' || cp == 0x7f || char_is_deceptive(cp)) return false;
    }
    return true;
}

static struct str short_name(struct str name)
{
    size_t space = str_starts(name, STR("refs/heads/")) ? sizeof "refs/heads/" - 1 : sizeof "refs/tags/" - 1;
    return str_slice(name, space, name.n);
}

/* gitrevisions(7): what such a name is asked for is something else, or an option. */
static bool is_word_of_git(struct str name)
{
    static const char *const begins[] = {"-", "refs/", "heads/", "tags/", "remotes/"};
    bool upper = true;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (str_starts(name, str_from(begins[i]))) return true;
    for (size_t i = 0; i < name.n; i++) upper &= name.p[i] == '_' || (name.p[i] >= 'A' && name.p[i] <= 'Z');
    return str_eq(name, STR("@")) || (upper && str_ends(name, STR("HEAD"))) || oid_is(name, 40) || oid_is(name, 64);
}

/* --- names that are taken for one another */

struct named {
    struct str key, name; /* name: in full */
    struct push_ref *ref; /* NULL: it is there already */
};
struct names {
    struct named *list;
    size_t n;
    bool apart; /* branches and tags are told apart, as other hosts do */
};

static int by_key(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = str_cmp(x->key, y->key);
    return order ? order : str_cmp(x->name, y->name);
}

/* Of what is ASCII a skeleton is itself without case; thousands of names are. */
static enum rc key_of(struct ctx *cx, struct str name, struct str *out)
{
    struct name_skeleton s;
    bool ascii = true;
    for (size_t i = 0; i < name.n; i++) ascii &= (unsigned char)name.p[i] < 0x80;
    if (!ascii) {
        TRY(name_skeleton(cx, name, &s));
        *out = s.folded;
        return OK;
    }
    *out = arena_str(&cx->arena, name);
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] >= 'A' && out->p[i] <= 'Z') ((char *)(uintptr_t)out->p)[i] = (char)(out->p[i] + 'a' - 'A');
    return OK;
}

static enum rc add(struct ctx *cx, struct names *l, struct str name, struct push_ref *ref)
{
    struct named *one = &l->list[l->n++];
    *one = (struct named){.name = name, .ref = ref};
    return key_of(cx, short_name(name), &one->key);
}

static bool same_space(struct str a, struct str b)
{
    return str_starts(a, STR("refs/heads/")) == str_starts(b, STR("refs/heads/"));
}

static bool begins(const struct named *one)
{
    return one->ref && one->ref->act == PUSH_CREATE && !one->ref->shape;
}

static void refuse(struct ctx *cx, const struct named *one, const struct named *other)
{
    scoped_buf b;
    buf_init(&b, 4096);
    buf_visible(&b, other->name);
    one->ref->shape = "twin";
    one->ref->shape_detail = arena_str(&cx->arena, buf_view(&b));
}

/* The first whose key is not before this one. */
static size_t find(const struct names *l, struct str key)
{
    size_t from = 0, to = l->n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (str_cmp(l->list[mid].key, key) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static void judge_same(struct ctx *cx, const struct names *l, const struct named *one)
{
    for (size_t i = find(l, one->key); i < l->n && str_eq(l->list[i].key, one->key); i++) {
        const struct named *other = &l->list[i];
        if (other == one || (l->apart && !same_space(one->name, other->name))) continue;
        if (other->ref != one->ref) refuse(cx, one, other);
    }
}

/* One stands where the other's folder is. */
static void judge_folders(struct ctx *cx, const struct names *l, const struct named *one)
{
    for (size_t at = 0; at < one->key.n; at++) {
        struct str above = str_slice(one->key, 0, at);
        if (one->key.p[at] != '/') continue;
        for (size_t i = find(l, above); i < l->n && str_eq(l->list[i].key, above); i++)
            if (same_space(one->name, l->list[i].name)) refuse(cx, one, &l->list[i]);
    }
    struct str below = arena_printf(&cx->arena, STR_FMT "/", STR_ARG(one->key));
    for (size_t i = find(l, below); i < l->n && str_starts(l->list[i].key, below) && begins(one); i++)
        if (same_space(one->name, l->list[i].name)) refuse(cx, one, &l->list[i]);
}

enum rc ref_names_judge(struct ctx *cx, struct push *p, const struct str *there, size_t n)
{
    struct names l = {.list = arena_array(&cx->arena, struct named, n + p->n), .apart = p->place->host != GATE_HOSTED};
    for (size_t i = 0; i < n; i++) TRY(add(cx, &l, there[i], NULL));
    for (size_t i = 0; i < p->n; i++) {
        struct push_ref *r = &p->refs[i];
        if ((r->kind != PUSH_BRANCH && r->kind != PUSH_TAG) || r->act != PUSH_CREATE || r->shape) continue;
        TRY(add(cx, &l, r->name, r));
        if (is_word_of_git(short_name(r->name))) r->shape = "word_of_git";
    }
    qsort(l.list, l.n, sizeof *l.list, by_key);
    for (size_t i = 0; i < l.n; i++) {
        if (begins(&l.list[i])) judge_same(cx, &l, &l.list[i]);
        if (begins(&l.list[i])) judge_folders(cx, &l, &l.list[i]);
    }
    return OK;
}
