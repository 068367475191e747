#include "cli/hook.h"

#include "base/file.h"
#include "git/git.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK "# sinetti hook 1: written by `sinetti check --install-hook`, which also renews it"

/* $check is how this program is called. */
static const char pre_commit[] = "check --staged || exit 1\n";

/* githooks(5): lines of local ref, local oid, remote ref, remote oid on standard input. Only commits that no remote has
 * are looked at, so that a rebased branch does not answer for others; the remote's own word counts where nothing was
 * fetched. */
static const char pre_push[] =
    "result=0 seen=\n"
    "fetched=$(git for-each-ref --count=1 refs/remotes)\n"
    "while read -r _ local_oid remote_ref remote_oid; do\n"
    "    git cat-file -e \"$local_oid^{commit}\" 2>/dev/null || continue # deleted, or no commit\n"
    "    case $seen in *$local_oid*) continue ;; esac\n"
    "    seen=\"$seen $local_oid\" base=\n"
    "    if [ -z \"$fetched\" ] && git cat-file -e \"$remote_oid^{commit}\" 2>/dev/null; then base=$remote_oid; fi\n"
    "    check \"$base..$local_oid\" </dev/null || { result=1; printf 'sinetti: for %s\\n' \"$remote_ref\" >&2; }\n"
    "done\n"
    "exit $result\n";

static const struct {
    const char *name, *body, *way; /* what a hook that is there already would have to call */
} hooks[] = {
    {"pre-commit", pre_commit, "sinetti check --staged"},
    {"pre-push", pre_push, "sinetti check"},
};
#define HOOKS (sizeof hooks / sizeof *hooks)

/* The program by its own path, for the one in $PATH may be another or none. */
static enum rc own_path(struct ctx *cx, char out[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (n <= 0) return fail(cx, E_IO, "cannot tell where this program lies: %s", strerror(errno));
    out[n] = '\0';
    return OK;
}

/* A file of the work tree by its path there, so that each work tree has its own; any other by its whole path. */
static enum rc place_of(struct ctx *cx, struct str work_tree, const char *file, const char **out)
{
    char *whole = realpath(file, NULL), *top = realpath(arena_cstr(&cx->arena, work_tree), NULL);
    enum rc rc = OK;
    if (!whole || !top) {
        rc = fail(cx, E_NOTFOUND, "%s: %s", str_visible(cx, str_from(file)), strerror(errno));
    } else {
        size_t n = strlen(top);
        bool inside = strncmp(whole, top, n) == 0 && whole[n] == '/';
        *out = arena_printf(&cx->arena, "%s%s", inside ? "." : "", inside ? whole + n : whole).p;
    }
    free(whole);
    free(top);
    return rc;
}

static enum rc place_files(struct ctx *cx, struct str work_tree, const struct hook_option *options, size_t n,
                           struct hook_option *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = options[i];
        if (options[i].value && options[i].is_file) TRY(place_of(cx, work_tree, options[i].value, &out[i].value));
    }
    return OK;
}

static struct str script(struct ctx *cx, const char *program, const struct hook_option *options, size_t n,
                         const char *body)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_cstr(&b, "#!/bin/sh\n" MARK "\nprogram=");
    buf_quoted(&b, str_from(program));
    buf_cstr(
        &b,
        "\nif ! [ -x \"$program\" ]; then\n"
        "    echo \"sinetti: $program is gone; install it and run 'sinetti check --install-hook', or remove $0\" >&2\n"
        "    exit 1\nfi\n"
        "check() {\n    \"$program\" check");
    for (size_t i = 0; i < n; i++) {
        if (!options[i].value) continue;
        buf_printf(&b, " %s=", options[i].name);
        buf_quoted(&b, str_from(options[i].value));
    }
    buf_cstr(&b, " \"$@\"\n}\n");
    buf_cstr(&b, body);
    return arena_str(&cx->arena, buf_view(&b));
}

/* Absent, or ours to replace. */
static bool is_free(const char *file)
{
    char start[256];
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return errno == ENOENT;
    ssize_t n = read(fd, start, sizeof start);
    close(fd);
    return n > 0 && str_starts((struct str){start, (size_t)n}, STR("#!/bin/sh\n" MARK));
}

static enum rc install(struct ctx *cx, const char *dir, const char *program, const struct hook_option *options,
                       size_t n, FILE *out)
{
    const char *files[HOOKS];
    for (size_t i = 0; i < HOOKS; i++) {
        files[i] = arena_printf(&cx->arena, "%s/%s", dir, hooks[i].name).p;
        if (!is_free(files[i]))
            return fail(cx, E_CONFLICT, "%s is there already and is kept; add this line to it: %s",
                        str_visible(cx, str_from(files[i])), hooks[i].way);
    }
    if (mkdir(dir, 0777) != 0 && errno != EEXIST)
        return fail(cx, E_IO, "%s: cannot make it: %s", str_visible(cx, str_from(dir)), strerror(errno));
    for (size_t i = 0; i < HOOKS; i++) {
        TRY(file_replace(cx, files[i], script(cx, program, options, n, hooks[i].body)));
        if (chmod(files[i], 0755) != 0)
            return fail(cx, E_IO, "%s: cannot make it executable: %s", str_visible(cx, str_from(files[i])),
                        strerror(errno));
        fprintf(out, "%s\n", str_visible(cx, str_from(files[i])));
    }
    return OK;
}

enum rc hook_install(struct ctx *cx, const char *path, const struct hook_option *options, size_t n, FILE *out)
{
    struct git *g;
    char program[PATH_MAX];
    TRY(own_path(cx, program));
    TRY(git_open(cx, path, &g));
    const struct git_facts *f = git_facts(g);
    struct hook_option *placed = arena_array(&cx->arena, struct hook_option, n);
    enum rc rc;
    if (f->bare)
        rc = fail(cx, E_DENIED, "commits are made in work trees; this repository has none");
    else if (f->hooks_elsewhere.p)
        rc = fail(cx, E_DENIED,
                  "core.hooksPath is %s: add `sinetti check --staged` to its pre-commit and `sinetti check` to its "
                  "pre-push",
                  str_visible(cx, f->hooks_elsewhere));
    else
        rc = place_files(cx, f->work_tree, options, n, placed);
    if (rc == OK) rc = install(cx, arena_cstr(&cx->arena, f->hooks), program, placed, n, out);
    git_close(g);
    return rc;
}
