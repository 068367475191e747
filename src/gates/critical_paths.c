/* What changed between two trees, path by path; where links lead; which names are one. */
#include "base/limits.h"
#include "gates/critical_int.h"
#include "identity/names.h"

#define CHANGES_MOST 1000000 /* paths of one push */

struct telling {
    struct ctx *cx;
    enum rc (*change)(void *arg, const struct git_change *c);
    enum rc (*entry)(void *arg, const struct git_entry *e);
    void *arg;
    int64_t n;
};

static enum rc check_path(const struct telling *t, struct str path, bool refused)
{
    return refused && path.n >= LIMIT_PATH
               ? fail(t->cx, E_LIMIT, "a path is over %d bytes, so it cannot be told whether it is critical",
                      (int)LIMIT_PATH)
               : OK;
}

static enum rc tell_change(void *arg, const struct git_change *c)
{
    struct telling *t = arg;
    if (t->n++ == CHANGES_MOST)
        return fail(t->cx, E_LIMIT, "a push changes at most %d files of a branch with critical code", CHANGES_MOST);
    TRY(check_path(t, c->path, c->refused));
    return t->change(t->arg, c);
}

static enum rc tell_entry(void *arg, const struct git_entry *e)
{
    struct telling *t = arg;
    TRY(check_path(t, e->path, e->refused));
    return t->entry(t->arg, e);
}

enum rc paths_changed(struct ctx *cx, const struct git *g, struct str from, struct str to,
                      enum rc (*each)(void *arg, const struct git_change *c), void *arg)
{
    struct telling t = {.cx = cx, .change = each, .arg = arg};
    return git_diff(cx, g, from, to, tell_change, &t);
}

enum rc paths_of_tree(struct ctx *cx, const struct git *g, struct str commit, const struct str *roots, size_t n,
                      enum rc (*each)(void *arg, const struct git_entry *e), void *arg)
{
    struct telling t = {.cx = cx, .entry = each, .arg = arg};
    return git_tree_below(cx, g, commit, roots, n, tell_entry, &t);
}

struct str path_of_link(struct arena *a, struct str path, struct str target)
{
    scoped_buf b;
    buf_init(&b, 2 * LIMIT_PATH);
    if (!target.n || target.p[0] == '/') return STR_NONE;
    size_t slash = path.n;
    while (slash && path.p[slash - 1] != '/') slash--;
    buf_str(&b, str_slice(path, 0, slash ? slash - 1 : 0));
    struct str part;
    while (str_cut(&target, '/', &part)) {
        if (!part.n || str_eq(part, STR("."))) continue;
        if (str_eq(part, STR(".."))) {
            if (!b.n) return STR_NONE;
            while (b.n && b.p[b.n - 1] != '/') b.n--;
            if (b.n) b.n--;
            continue;
        }
        if (b.n) buf_char(&b, '/');
        buf_str(&b, part);
    }
    return buf_ok(&b) == OK ? arena_str(a, b.n ? buf_view(&b) : STR("")) : STR_NONE;
}

enum rc path_folded(struct ctx *cx, struct str path, struct str *out)
{
    for (size_t i = 0; i < path.n; i++)
        if ((unsigned char)path.p[i] >= 0x80) return text_folded(cx, path, out);
    *out = arena_str(&cx->arena, path);
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] >= 'A' && out->p[i] <= 'Z') ((char *)(uintptr_t)out->p)[i] = (char)(out->p[i] + 'a' - 'A');
    return OK;
}

struct str pattern_root(struct str pattern)
{
    struct str body = pattern;
    size_t end = 0;
    bool anchored = str_starts(body, STR("/"));
    while (str_starts(body, STR("/"))) body = str_slice(body, 1, body.n);
    while (str_ends(body, STR("/"))) body.n--;
    for (size_t i = 0; i <= body.n; i++) {
        if (i < body.n && strchr("*?[\\", body.p[i])) break;
        if (i == body.n || body.p[i] == '/') end = i;
    }
    /* a name alone holds at any depth */
    return anchored || memchr(body.p ? body.p : "", '/', body.n) ? str_slice(body, 0, end) : STR("");
}
