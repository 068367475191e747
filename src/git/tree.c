#include "base/limits.h"
#include "git/child.h"
#include "git/oid.h"
#include "git/records.h"

static enum rc read_entries(struct ctx *cx, const struct git *g, struct reader *r,
                            enum rc (*each)(void *arg, const struct git_entry *e), void *arg)
{
    struct str record, meta;
    bool cut;
    for (size_t n = 0; reader_until(r, '\0', &record, &cut); n++) {
        struct git_entry e = {.path = record};
        if (n == LIMIT_GIT_ENTRIES) return fail(cx, E_LIMIT, "the tree has over %d files", LIMIT_GIT_ENTRIES);
        if (!str_cut(&e.path, '\t', &meta) || !record_entry(meta, g->hex, &e))
            return fail(cx, E_INTERNAL, "git ls-tree printed something unknown");
        e.refused = cut || !record_path_is_usable(e.path);
        e.path = str_slice(e.path, 0, LIMIT_PATH);
        TRY(each(arg, &e));
    }
    return OK;
}

static enum rc list(struct ctx *cx, const struct git *g, const char *const *argv, const char *commit,
                    enum rc (*each)(void *arg, const struct git_entry *e), void *arg)
{
    struct child c;
    struct reader r = {0};
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &c));
    reader_init(&r, c.out);
    enum rc rc = read_entries(cx, g, &r, each, arg);
    int code = 0;
    if (rc == OK && !child_finish(&c, &code))
        rc = fail(cx, code == 127 ? E_IO : E_CORRUPT, "the tree of %s cannot be read whole: %s", commit,
                  child_complaint(cx, &c));
    child_kill(&c);
    reader_release(&r);
    return rc;
}

static enum rc name_commit(struct ctx *cx, const struct git *g, struct str commit, const char **out)
{
    if (!oid_is(commit, g->hex)) return fail(cx, E_INVALID, "a tree is named by a whole object id");
    *out = arena_cstr(&cx->arena, commit);
    return OK;
}

enum rc git_tree(struct ctx *cx, struct git *g, struct str commit,
                 enum rc (*each)(void *arg, const struct git_entry *e), void *arg)
{
    const char *oid;
    TRY(name_commit(cx, g, commit, &oid));
    /* Sizes by ls-tree itself: asking cat-file for them is no faster, and a missing blob harms neither. */
    const char *const argv[] = {"ls-tree", "-r", "-l", "-z", "--full-tree", oid, NULL};
    return list(cx, g, argv, oid, each, arg);
}

enum rc git_tree_below(struct ctx *cx, const struct git *g, struct str commit, const struct str *folders, size_t n,
                       enum rc (*each)(void *arg, const struct git_entry *e), void *arg)
{
    const char *oid, **argv = arena_array(&cx->arena, const char *, n + 8);
    size_t k = 0;
    TRY(name_commit(cx, g, commit, &oid));
    argv[k++] = "ls-tree";
    argv[k++] = "-r";
    argv[k++] = "-z";
    argv[k++] = "--full-tree";
    argv[k++] =
        "--format=%(objectmode) %(objecttype) %(objectname) -%x09%(path)"; /* as -l says it of what has no size */
    argv[k++] = oid;
    argv[k++] = "--";
    for (size_t i = 0; i < n; i++) argv[k++] = arena_printf(&cx->arena, ":(literal)" STR_FMT, STR_ARG(folders[i])).p;
    return list(cx, g, argv, oid, each, arg);
}
