#include "base/limits.h"
#include "git/child.h"
#include "git/oid.h"
#include "git/records.h"

static enum rc read_entries(struct ctx *cx, struct git *g, struct reader *r,
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

enum rc git_tree(struct ctx *cx, struct git *g, struct str commit,
                 enum rc (*each)(void *arg, const struct git_entry *e), void *arg)
{
    if (!oid_is(commit, g->hex)) return fail(cx, E_INVALID, "a tree is named by a whole object id");
    const char *oid = arena_cstr(&cx->arena, commit);
    /* Sizes by ls-tree itself: asking cat-file for them is no faster, and a missing blob harms neither. */
    const char *const argv[] = {"ls-tree", "-r", "-l", "-z", "--full-tree", oid, NULL};
    struct child c;
    struct reader r = {0};
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &c));
    reader_init(&r, c.out);
    enum rc rc = read_entries(cx, g, &r, each, arg);
    int code = 0;
    if (rc == OK && !child_finish(&c, &code))
        rc = fail(cx, code == 127 ? E_IO : E_CORRUPT, "the tree of %s cannot be read whole: %s", oid,
                  child_complaint(cx, &c));
    child_kill(&c);
    reader_release(&r);
    return rc;
}
