/* Names of commits. They go to git over its standard input, where nothing is an option. */
#include "git/batch.h"
#include "git/oid.h"
#include "git/refname.h"
#include "git/walk.h"

#define REV_MAX 100 /* bytes; branch names are longer only by accident, and refs are looked up without git */

static enum rc check_rev(struct ctx *cx, struct str rev)
{
    const char *shown = str_visible(cx, rev);
    if (rev.n == 0) return fail(cx, E_INVALID, "the revision is empty");
    if (rev.p[0] == '-') return fail(cx, E_INVALID, "%s is an option, not a revision", shown);
    if (str_has(rev, STR(".."))) return fail(cx, E_INVALID, "%s is a range; one revision is needed", shown);
    for (size_t i = 0; i < rev.n; i++)
        if ((unsigned char)rev.p[i] < ' ' || rev.p[i] == 0x7f)
            return fail(cx, E_INVALID, "%s has control characters", shown);
    /* A colon names a path or searches messages, but for the search in braces. */
    if (memchr(rev.p, ':', rev.n)) return fail(cx, E_INVALID, "%s names a path; a commit is needed", shown);
    return OK;
}

/* The id behind a name as git looks names up (gitrevisions(7)); STR_NONE when no ref has it. */
static struct str find_ref(struct ctx *cx, const struct git *g, struct str name, struct str *full)
{
    static const char *const rules[] = {
        "%.*s", "refs/%.*s", "refs/tags/%.*s", "refs/heads/%.*s", "refs/remotes/%.*s", "refs/remotes/%.*s/HEAD"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const char *percent = strstr(rules[i], "%.*s");
        *full = arena_printf(&cx->arena, "%.*s" STR_FMT "%s", (int)(percent - rules[i]), rules[i], STR_ARG(name),
                             percent + 4);
        struct str oid = view_ref_get(g, *full);
        if (oid.p) return oid;
    }
    return STR_NONE;
}

static enum rc ask_git(struct ctx *cx, struct git *g, struct str name, struct str *oid)
{
    struct batch b;
    struct batch_item item;
    batch_init(&b, g);
    batch_begin(&b, &name, 1, BATCH_INFO, 0);
    enum rc rc = batch_next(cx, &b, &item);
    *oid = rc == OK && item.type == OBJECT_COMMIT ? arena_str(&cx->arena, item.oid) : STR_NONE;
    batch_release(&b);
    return rc;
}

/* Why nothing was found. */
static enum rc not_found(struct ctx *cx, const struct git *g, struct str rev, struct str ref_oid)
{
    const char *shown = str_visible(cx, rev);
    if (str_eq(rev, STR("HEAD")) || str_eq(rev, STR("@"))) {
        if (!g->head_oid.p)
            return fail(cx, E_NOTFOUND, "the branch %s has no commit yet", str_visible(cx, g->facts.head_ref));
        ref_oid = g->head_oid;
    }
    if (ref_oid.p)
        return fail(cx, E_CORRUPT, "%s points to %s, which is missing, damaged or no commit", shown,
                    str_visible(cx, ref_oid));
    if (oid_is(rev, g->hex)) return fail(cx, E_CORRUPT, "the object %s is missing, damaged or no commit", shown);
    return fail(cx, E_NOTFOUND, "there is no revision %s", shown);
}

enum rc git_resolve(struct ctx *cx, struct git *g, struct str rev, struct str *oid)
{
    *oid = STR_NONE;
    TRY(check_rev(cx, rev));
    struct str full, ref = find_ref(cx, g, rev, &full);
    /* Not the name but its id goes to git where there is one: names may have any length, and a branch may look like
     * an abbreviated id. */
    struct str base = ref.p ? ref : rev;
    if (str_eq(rev, STR("HEAD")) || str_eq(rev, STR("@"))) base = g->head_oid;
    if (!base.p) return not_found(cx, g, rev, ref);
    if (base.n > REV_MAX) return fail(cx, E_INVALID, "the revision %s is too long", str_visible(cx, rev));
    TRY(ask_git(cx, g, arena_printf(&cx->arena, STR_FMT "^{commit}", STR_ARG(base)), oid));
    return oid->p ? OK : not_found(cx, g, rev, ref);
}

/* Runs git for one line of output, and whether there are more. *code: 0, or how it ended. */
static enum rc first_line(struct ctx *cx, struct git *g, const char *const *argv, struct str *line, bool *more,
                          int *code, const char **complaint)
{
    struct child c;
    struct reader r = {0};
    bool cut;
    TRY(child_start(cx, g, argv, CHILD_NO_INPUT, &c));
    reader_init(&r, c.out);
    struct str s;
    *line = reader_until(&r, '\n', &s, &cut) ? arena_str(&cx->arena, s) : STR_NONE;
    *more = line->p && reader_until(&r, '\n', &s, &cut);
    (void)child_finish(&c, code);
    *complaint = child_complaint(cx, &c);
    child_close_errors(&c);
    reader_release(&r);
    return *code == 127 ? fail(cx, E_IO, "git did not start") : OK;
}

static enum rc one_line(struct ctx *cx, struct git *g, const char *const *argv, struct str *line, int *code,
                        const char **complaint)
{
    bool more;
    return first_line(cx, g, argv, line, &more, code, complaint);
}

enum rc git_merge_bases(struct ctx *cx, struct git *g, struct str a, const struct str *b, size_t n, struct str *oid)
{
    *oid = STR_NONE;
    bool good = oid_is(a, g->hex);
    const char **argv = arena_array(&cx->arena, const char *, n + 3);
    argv[0] = "merge-base";
    argv[1] = arena_cstr(&cx->arena, a);
    for (size_t i = 0; i < n; i++) {
        good = good && oid_is(b[i], g->hex);
        argv[2 + i] = arena_cstr(&cx->arena, b[i]);
    }
    if (!good) return fail(cx, E_INVALID, "a merge base is asked for by whole object ids");
    int code;
    const char *complaint;
    TRY(one_line(cx, g, argv, oid, &code, &complaint));
    if (code == 0 && oid_is(*oid, g->hex)) return OK;
    *oid = STR_NONE;
    if (code == 1) return fail(cx, E_NOTFOUND, "%s and %s have no commit in common", argv[1], argv[2]);
    return fail(cx, E_CORRUPT, "the common ancestor cannot be found: %s", complaint);
}

enum rc git_merge_base(struct ctx *cx, struct git *g, struct str a, struct str b, struct str *oid)
{
    return git_merge_bases(cx, g, a, &b, 1, oid);
}

enum rc git_only_merge_base(struct ctx *cx, struct git *g, struct str a, struct str b, struct str *oid, bool *only)
{
    const char *const argv[] = {"merge-base", "--all", arena_cstr(&cx->arena, a), arena_cstr(&cx->arena, b), NULL};
    int code;
    bool more;
    const char *complaint;
    *oid = STR_NONE;
    *only = false;
    if (!oid_is(a, g->hex) || !oid_is(b, g->hex))
        return fail(cx, E_INVALID, "a merge base is asked for by whole object ids");
    TRY(first_line(cx, g, argv, oid, &more, &code, &complaint));
    *only = !more;
    if (code == 0 && oid_is(*oid, g->hex)) return OK;
    *oid = STR_NONE;
    if (code == 1) return fail(cx, E_NOTFOUND, "%s and %s have no commit in common", argv[2], argv[3]);
    return fail(cx, E_CORRUPT, "the common ancestor cannot be found: %s", complaint);
}

enum rc git_count(struct ctx *cx, struct git *g, struct str oid, int64_t *commits)
{
    *commits = 0;
    if (!oid_is(oid, g->hex)) return fail(cx, E_INVALID, "a history is counted from a whole object id");
    const char *const argv[] = {"rev-list", "--count", arena_cstr(&cx->arena, oid), "--", NULL};
    int code;
    struct str line;
    const char *complaint;
    TRY(one_line(cx, g, argv, &line, &code, &complaint));
    if (code == 0 && str_to_i64(line, 0, INT64_MAX, commits)) return OK;
    /* Something is missing: count what is here. */
    struct git_log_options o = {.head = oid, .since = INT64_MIN};
    struct walk w;
    enum rc rc = walk_run(cx, g, &o, &w);
    *commits = (int64_t)w.n;
    walk_release(&w);
    return rc;
}

/* Where a branch of a remote is kept here, by the remote's fetch lines: "+refs/heads/(*):refs/remotes/origin/(*)". */
static struct str tracking(struct ctx *cx, const struct git *g, struct str remote, struct str merge)
{
    struct str key = arena_printf(&cx->arena, "remote." STR_FMT ".fetch", STR_ARG(remote));
    for (size_t i = 0; i < g->n_config; i++) {
        struct str to = g->config[i].value, from;
        if (!str_eq(g->config[i].key, key) || !str_cut(&to, ':', &from) || !to.p) continue;
        if (str_starts(from, STR("+"))) from = str_slice(from, 1, from.n);
        if (str_eq(from, merge)) return view_ref_get(g, to);
        if (!str_ends(from, STR("*")) || !str_ends(to, STR("*"))) continue;
        from.n--;
        to.n--;
        if (!str_starts(merge, from)) continue;
        struct str rest = str_slice(merge, from.n, merge.n);
        return view_ref_get(g, arena_printf(&cx->arena, STR_FMT STR_FMT, STR_ARG(to), STR_ARG(rest)));
    }
    return STR_NONE;
}

static struct str configured(struct ctx *cx, const struct git *g, struct str *remote)
{
    struct str branch = g->facts.head_ref;
    *remote = STR("origin");
    if (!str_starts(branch, STR("refs/heads/"))) return STR_NONE;
    branch = str_slice(branch, sizeof "refs/heads/" - 1, branch.n);
    struct str name = view_config_get(g, arena_printf(&cx->arena, "branch." STR_FMT ".remote", STR_ARG(branch)));
    struct str merge = view_config_get(g, arena_printf(&cx->arena, "branch." STR_FMT ".merge", STR_ARG(branch)));
    if (!name.n) return STR_NONE;
    if (str_eq(name, STR("."))) return view_ref_get(g, merge);
    *remote = name;
    return tracking(cx, g, name, merge);
}

enum rc git_upstream(struct ctx *cx, struct git *g, struct str *oid)
{
    static const char *const remote_names[] = {"HEAD", "main", "master"};
    struct str remote, found = configured(cx, g, &remote);
    for (size_t i = 0; !found.p && i < sizeof remote_names / sizeof *remote_names; i++)
        found =
            view_ref_get(g, arena_printf(&cx->arena, "refs/remotes/" STR_FMT "/%s", STR_ARG(remote), remote_names[i]));
    static const char *const local_names[] = {"refs/heads/main", "refs/heads/master"};
    for (size_t i = 0; !found.p && i < sizeof local_names / sizeof *local_names; i++)
        if (!str_eq(g->facts.head_ref, str_from(local_names[i]))) found = view_ref_get(g, str_from(local_names[i]));
    *oid = STR_NONE;
    if (!found.p)
        return fail(cx, E_NOTFOUND,
                    "there is nothing to compare with: the branch has no upstream, and there is no main or "
                    "master; name the commits as BASE..HEAD");
    TRY(ask_git(cx, g, arena_printf(&cx->arena, STR_FMT "^{commit}", STR_ARG(found)), oid));
    return oid->p ? OK : fail(cx, E_CORRUPT, "the upstream %s is missing or damaged", str_visible(cx, found));
}
