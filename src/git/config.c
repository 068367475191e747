/* What is asked of the repository's own configuration: its format, hints about its shape, and the upstream of branches.
 * git parses it from a descriptor, without includes, and only prints it. */
#include "git/child.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"
#include "git/oid.h"

struct str view_config_get(const struct git *g, struct str key)
{
    struct str value = STR_NONE;
    for (size_t i = 0; i < g->n_config; i++)
        if (str_eq(g->config[i].key, key)) value = g->config[i].value;
    return value;
}

static bool is_true(struct str s)
{
    return str_eq_nocase(s, STR("true")) || str_eq_nocase(s, STR("yes")) || str_eq_nocase(s, STR("on")) ||
           str_eq(s, STR("1"));
}

static bool is_wanted(struct str key)
{
    static const char *const prefixes[] = {"core.", "extensions.", "branch.", "remote."};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (str_starts(key, str_from(prefixes[i]))) return true;
    return false;
}

/* "key\nvalue\0", or "key\0" for a key without "=", which means true. */
static void take_entries(struct git *g, struct reader *r)
{
    struct view_config *list = NULL;
    size_t n = 0, cap = 0;
    struct str entry, key;
    bool cut;
    while (reader_until(r, '\0', &entry, &cut)) {
        if (cut || !is_wanted(entry)) continue;
        if (n == cap) {
            struct view_config *longer = arena_array(&g->arena, struct view_config, cap = cap ? 2 * cap : 64);
            if (list) memcpy(longer, list, n * sizeof *list);
            list = longer;
        }
        struct str rest = arena_str(&g->arena, entry);
        (void)str_cut(&rest, '\n', &key);
        list[n++] = (struct view_config){key, rest.p ? rest : STR("true")};
    }
    g->config = list;
    g->n_config = n;
}

static enum rc list_config(struct ctx *cx, struct git *g, int fd)
{
    static const char *const argv[] = {"config", "--file", "-", "--no-includes", "--null", "--list", NULL};
    struct child c;
    TRY(child_start(cx, g, argv, fd, &c));
    struct reader r = {0};
    reader_init(&r, c.out);
    take_entries(g, &r);
    reader_release(&r);
    int code;
    enum rc rc = OK;
    if (!child_finish(&c, &code))
        rc = fail(cx, code == 127 ? E_IO : E_INVALID, "the repository's config cannot be read: %s",
                  code == 127 ? "git did not start" : child_complaint(cx, &c));
    child_close_errors(&c);
    return rc;
}

static enum rc check_format(struct ctx *cx, struct git *g)
{
    static const char *const known[] = {"noop",           "noop-v1",      "partialclone",       "preciousobjects",
                                        "worktreeconfig", "objectformat", "compatobjectformat", "relativeworktrees",
                                        "refstorage"};
    struct str version = view_config_get(g, STR("core.repositoryformatversion")), format = STR("sha1");
    int64_t v = 0;
    if (version.p && !str_to_i64(version, 0, 1, &v))
        return fail(cx, E_INVALID, "repository format version %s is not known (0 and 1 are)", str_visible(cx, version));
    for (size_t i = 0; i < g->n_config; i++) {
        struct str key = g->config[i].key, value = g->config[i].value;
        if (!str_starts(key, STR("extensions."))) continue;
        key = str_slice(key, sizeof "extensions." - 1, key.n);
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) found |= str_eq(key, str_from(known[k]));
        /* As git: version 0 repositories may carry extensions that mean nothing. */
        if (v >= 1 && !found)
            return fail(cx, E_INVALID, "the repository needs the extension %s, which is not known",
                        str_visible(cx, key));
        if (str_eq(key, STR("refstorage")) && !str_eq_nocase(value, STR("files")))
            return fail(cx, E_INVALID,
                        "refs are stored as %s; only files are read (git refs migrate --ref-format=files converts)",
                        str_visible(cx, value));
        if (v >= 1 && str_eq(key, STR("objectformat"))) format = value;
        if (str_eq(key, STR("partialclone"))) g->facts.partial = true;
    }
    if (!str_eq(format, STR("sha1")) && !str_eq(format, STR("sha256")))
        return fail(cx, E_INVALID, "object format %s is not known (sha1 and sha256 are)", str_visible(cx, format));
    g->facts.object_format = format;
    g->hex = str_eq(format, STR("sha256")) ? OID_HEX_SHA256 : OID_HEX_SHA1;
    return OK;
}

static bool has_promisor_pack(struct git *g)
{
    DIR *d = opendir(view_path(g, g->place.objects, "pack"));
    bool found = false;
    for (const struct dirent *e; !found && d && (e = readdir(d));)
        found = str_ends(str_from(e->d_name), STR(".promisor"));
    if (d) (void)closedir(d);
    return found;
}

static void set_shape(struct git *g)
{
    for (size_t i = 0; i < g->n_config; i++) {
        struct str key = g->config[i].key;
        if (!str_starts(key, STR("remote."))) continue;
        if (str_ends(key, STR(".promisor")) && is_true(g->config[i].value)) g->facts.partial = true;
        if (str_ends(key, STR(".partialclonefilter"))) g->facts.partial = true;
    }
    if (!g->facts.partial) g->facts.partial = has_promisor_pack(g);

    struct str bare = view_config_get(g, STR("core.bare")), tree = view_config_get(g, STR("core.worktree"));
    struct str dir = str_from(g->place.git_dir);
    bool linked = strcmp(g->place.git_dir, g->place.common_dir) != 0;
    if (g->place.work_tree && (linked || !is_true(bare))) {
        g->facts.work_tree = str_from(g->place.work_tree);
    } else if (!g->place.work_tree && !linked && !is_true(bare)) {
        /* The .git folder itself was named. */
        if (tree.n)
            g->facts.work_tree =
                tree.p[0] == '/' ? tree : arena_printf(&g->arena, "%s/" STR_FMT, g->place.git_dir, STR_ARG(tree));
        else if (str_ends(dir, STR("/.git")))
            g->facts.work_tree = arena_str(&g->arena, str_slice(dir, 0, dir.n - 5));
    } else if (linked) {
        /* The git folder of a linked worktree knows its `.git` file. */
        scoped_buf b;
        buf_init(&b, 0);
        if (place_read(view_path(g, g->place.git_dir, "gitdir"), false, LIMIT_PATH, &b) == OK) {
            struct str s = str_trim(buf_view(&b));
            if (str_starts(s, STR("/")) && str_ends(s, STR("/.git")))
                g->facts.work_tree = arena_str(&g->arena, str_slice(s, 0, s.n - 5));
        }
    }
    g->facts.bare = !g->facts.work_tree.p;
    g->facts.hooks = arena_printf(&g->arena, "%s/hooks", g->place.common_dir);
    g->facts.hooks_elsewhere = view_config_get(g, STR("core.hookspath"));
}

enum rc view_read_config(struct ctx *cx, struct git *g)
{
    scoped_buf b;
    buf_init(&b, LIMIT_GIT_CONFIG + 1);
    enum rc rc = place_read(view_path(g, g->place.common_dir, "config"), false, LIMIT_GIT_CONFIG, &b);
    if (rc != OK && rc != E_NOTFOUND)
        return fail(cx, rc, "the repository's config cannot be read: %s",
                    rc == E_LIMIT     ? "it is over 1 MiB"
                    : rc == E_INVALID ? "it is no regular file"
                                      : "permission denied, or the disk failed");
    if (rc == OK && b.n) {
        int fd = child_input(buf_view(&b));
        if (fd < 0) return fail(cx, E_IO, "no memory for the repository's config");
        rc = list_config(cx, g, fd);
        (void)close(fd);
        TRY(rc);
    }
    TRY(check_format(cx, g));
    set_shape(g);
    return OK;
}
