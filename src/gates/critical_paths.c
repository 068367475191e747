/* What changed between two trees, path by path; where links lead; which names are one. */
#include "base/limits.h"
#include "gates/critical_int.h"
#include "git/child.h"
#include "git/oid.h"
#include "git/records.h"
#include "identity/names.h"

#define EMPTY_TREE "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
#define CHANGES_MOST 1000000 /* paths of one push */

/* "100644", …; false: none */
static bool read_mode(struct str s, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '7') return false;
        *out = *out * 8 + (uint32_t)(s.p[i] - '0');
    }
    return s.n > 0 && s.n <= 6;
}

/* ":100644 100755 OLD NEW M" */
static bool read_meta(struct arena *a, struct str meta, struct path_change *c)
{
    struct str old_mode, new_mode, old_oid, new_oid;
    if (!str_starts(meta, STR(":"))) return false;
    meta = str_slice(meta, 1, meta.n);
    if (!str_cut(&meta, ' ', &old_mode) || !str_cut(&meta, ' ', &new_mode) || !str_cut(&meta, ' ', &old_oid) ||
        !str_cut(&meta, ' ', &new_oid) || !oid_is(old_oid, old_oid.n) || !oid_is(new_oid, new_oid.n))
        return false;
    c->old_oid = arena_str(a, old_oid);
    c->new_oid = arena_str(a, new_oid);
    return read_mode(old_mode, &c->old_mode) && read_mode(new_mode, &c->new_mode);
}

static enum rc end(struct ctx *cx, struct child *c, struct reader *r, enum rc rc)
{
    int code;
    bool whole = r->p && r->n == r->at; /* nothing of a last entry */
    reader_release(r);
    if (rc != OK)
        child_kill(c);
    else if (!child_finish(c, &code) || !whole)
        rc = fail(cx, E_CORRUPT, "what changed cannot be told: %s", child_complaint(cx, c));
    child_close_errors(c);
    return rc;
}

static enum rc take_path(struct ctx *cx, struct reader *r, struct str *path)
{
    bool cut;
    if (!reader_until(r, '\0', path, &cut)) return fail(cx, E_CORRUPT, "what changed cannot be told");
    if (cut || path->n > LIMIT_PATH)
        return fail(cx, E_LIMIT, "a path is over %d bytes, so it cannot be told whether it is critical",
                    (int)LIMIT_PATH);
    return OK;
}

enum rc paths_changed(struct ctx *cx, const struct git *g, struct str from, struct str to,
                      enum rc (*each)(void *arg, const struct path_change *c), void *arg)
{
    const char *const argv[] = {"diff-tree",
                                "-r",
                                "-z",
                                "--raw",
                                "--no-renames",
                                "--no-abbrev",
                                "--no-ext-diff",
                                "--ignore-submodules=none",
                                from.p ? arena_cstr(&cx->arena, from) : EMPTY_TREE,
                                arena_cstr(&cx->arena, to),
                                "--",
                                NULL};
    struct child child;
    struct reader r = {0};
    struct str meta;
    bool cut;
    struct arena scratch;
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &child));
    reader_init(&r, child.out);
    enum rc rc = OK;
    for (int64_t n = 0; rc == OK && reader_until(&r, '\0', &meta, &cut); n++) {
        struct path_change c = {0};
        arena_init(&scratch);
        if (n == CHANGES_MOST)
            rc = fail(cx, E_LIMIT, "a push changes at most %d files of a branch with critical code", CHANGES_MOST);
        else if (cut || !read_meta(&scratch, meta, &c))
            rc = fail(cx, E_CORRUPT, "what changed cannot be told");
        if (rc == OK) rc = take_path(cx, &r, &c.path);
        if (rc == OK) rc = each(arg, &c);
        arena_release(&scratch);
    }
    return end(cx, &child, &r, rc);
}

enum rc paths_of_tree(struct ctx *cx, const struct git *g, struct str commit, const struct str *roots, size_t n,
                      enum rc (*each)(void *arg, const struct path_entry *e), void *arg)
{
    const char **argv = arena_array(&cx->arena, const char *, n + 8);
    size_t k = 0;
    argv[k++] = "ls-tree";
    argv[k++] = "-r";
    argv[k++] = "-z";
    argv[k++] = "--full-tree";
    argv[k++] = arena_cstr(&cx->arena, commit);
    argv[k++] = "--";
    for (size_t i = 0; i < n; i++) argv[k++] = arena_cstr(&cx->arena, roots[i]);
    struct child child;
    struct reader r = {0};
    struct str said;
    bool cut;
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &child));
    reader_init(&r, child.out);
    enum rc rc = OK;
    while (rc == OK && reader_until(&r, '\0', &said, &cut)) { /* "100644 blob OID\tPATH" */
        struct path_entry e = {0};
        struct str meta, word;
        if (cut || !str_cut(&said, '\t', &meta) || !str_cut(&meta, ' ', &word) || !read_mode(word, &e.mode) ||
            !str_cut(&meta, ' ', &word) || !oid_is(meta, meta.n)) {
            rc = fail(cx, E_CORRUPT, "the branch's files cannot be told");
            continue;
        }
        e.oid = meta;
        e.path = said;
        rc = each(arg, &e);
    }
    return end(cx, &child, &r, rc);
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
