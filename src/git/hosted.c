#include "git/hosted.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "git/confine.h"
#include "git/oid.h"
#include "git/refname.h"

/* What receive-pack and upload-pack go by here. Everything that is pushed goes through hooks; refs are moved by
 * proc-receive alone. LFS and lazy objects are not served. */
static const char our_config[] =
    "[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n\thooksPath = ../../hooks\n\tfsmonitor = false\n"
    "\tattributesFile = /dev/null\n\tuseReplaceRefs = false\n\tlogAllRefUpdates = false\n\tbigFileThreshold = 16m\n"
    "[receive]\n\tprocReceiveRefs = refs\n\tadvertisePushOptions = true\n\tadvertiseAtomic = true\n\tfsckObjects = "
    "true\n"
    "\tautogc = false\n\tunpackLimit = 100\n\tmaxInputSize = %lld\n\tshallowUpdate = false\n\tdenyCurrentBranch = "
    "ignore\n"
    "[transfer]\n\thideRefs = refs/sinetti\n\tadvertiseSID = false\n"
    "[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = false\n"
    "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[protocol]\n\tversion = 2\n";

static const char *const folders[] = {"",      "/objects",    "/objects/info", "/objects/pack",
                                      "/refs", "/refs/heads", "/refs/tags"};

static const char *join(struct ctx *cx, const char *path, const char *name)
{
    return arena_printf(&cx->arena, "%s%s", path, name).p;
}

enum rc hosted_create(struct ctx *cx, const char *path, struct str main)
{
    if (!refname_is_valid(main) || !str_starts(main, STR("refs/heads/")))
        return fail(cx, E_INVALID, "\"%s\" is no branch", str_visible(cx, main));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (mkdir(join(cx, path, folders[i]), 0700) < 0)
            return fail(cx, errno == EEXIST ? E_CONFLICT : E_IO, "%s cannot be made: %s",
                        str_visible(cx, str_from(join(cx, path, folders[i]))), strerror(errno));
    struct str config = arena_printf(&cx->arena, our_config, (long long)LIMIT_PUSH_PACK);
    TRY(file_replace(cx, join(cx, path, "/config"), config));
    /* last: without it this is no repository */
    return file_replace(cx, join(cx, path, "/HEAD"), arena_printf(&cx->arena, "ref: " STR_FMT "\n", STR_ARG(main)));
}

#define QUARANTINE "tmp_objdir-incoming-" /* as receive-pack names it */
#define SWEEP_SECONDS 86400

void hosted_sweep(struct ctx *cx, const char *path)
{
    DIR *d = opendir(join(cx, path, "/objects"));
    time_t now = time(NULL);
    for (const struct dirent *e; d && (e = readdir(d));) {
        struct stat st;
        if (!str_starts(str_from(e->d_name), STR(QUARANTINE)) ||
            fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode) ||
            now - st.st_mtime < SWEEP_SECONDS)
            continue;
        file_remove_folder(arena_printf(&cx->arena, "%s/objects/%s", path, e->d_name).p);
    }
    if (d) closedir(d);
}

static enum rc set_environment(struct ctx *cx, struct git *g, const char *objects)
{
    const char **env = arena_array(&g->arena, const char *, 64);
    size_t n = 0;
    while (n < 48 && g->env[n]) n++;
    memcpy(env, g->env, n * sizeof *env);
    env[n++] = "GIT_COMMITTER_NAME=Sinetti";
    env[n++] = "GIT_COMMITTER_EMAIL=sinetti@localhost";
    env[n++] = "GIT_AUTHOR_NAME=Sinetti";
    env[n++] = "GIT_AUTHOR_EMAIL=sinetti@localhost";
    if (objects) {
        env[n++] = arena_printf(&g->arena, "GIT_OBJECT_DIRECTORY=%s", objects).p;
        env[n++] = arena_printf(&g->arena, "GIT_ALTERNATE_OBJECT_DIRECTORIES=%s", g->place.objects).p;
    }
    g->env = env;
    return objects && strchr(g->place.objects, ':')
               ? fail(cx, E_INVALID, "the data folder's path has a colon, which git does not take here")
               : OK;
}

static enum rc build(struct ctx *cx, struct git *g, const char *path, const char *objects)
{
    char *real = realpath(path, NULL);
    if (!real) return fail(cx, E_NOTFOUND, "there is no repository at %s", str_visible(cx, str_from(path)));
    g->dir = arena_cstr(&g->arena, str_from(real));
    free(real);
    g->hosted = true;
    g->hex = OID_HEX_SHA1;
    g->facts = (struct git_facts){.object_format = STR("sha1"), .bare = true};
    g->place = (struct place){.git_dir = g->dir, .common_dir = g->dir};
    g->place.objects = arena_cstr(&g->arena, arena_printf(&g->arena, "%s/objects", g->dir));
    TRY(view_use(cx, g));
    return set_environment(cx, g, objects);
}

enum rc hosted_open(struct ctx *cx, const char *path, const char *objects, struct git **out)
{
    *out = NULL;
    struct git *g = calloc(1, sizeof *g);
    if (!g) return fail(cx, E_IO, "no memory");
    arena_init(&g->arena);
    g->confine_fd = -1;
    enum rc rc = build(cx, g, path, objects);
    if (rc == OK)
        *out = g;
    else
        git_close(g);
    return rc;
}

static enum rc take_all(struct ctx *cx, struct child *c, struct buf *out)
{
    if (!file_read_all(c->out, out)) return fail(cx, E_IO, "git's output cannot be read: %s", strerror(errno));
    return buf_ok(out) == OK ? OK : fail(cx, E_LIMIT, "git says more than is read");
}

enum rc hosted_run(struct ctx *cx, const struct git *g, const char *const *argv, struct str input, struct buf *out,
                   int *code, const char **complaint)
{
    struct child c;
    int in = input.n ? child_input(input) : CHILD_NO_INPUT;
    if (input.n && in < 0) return fail(cx, E_IO, "no memory for what git is asked");
    enum rc rc = child_start(cx, g, argv, in, &c);
    if (in >= 0) (void)close(in);
    if (rc != OK) return rc;
    rc = take_all(cx, &c, out);
    if (rc != OK) {
        child_kill(&c);
        return rc;
    }
    (void)child_finish(&c, code);
    if (complaint) *complaint = child_complaint(cx, &c);
    child_close_errors(&c);
    return *code == 127 ? fail(cx, E_IO, "git did not start") : OK;
}

enum rc hosted_ref(struct ctx *cx, const struct git *g, struct str name, struct str *oid)
{
    const char *const argv[] = {"show-ref", "--verify", "--hash", "--", arena_cstr(&cx->arena, name), NULL};
    scoped_buf out;
    int code;
    *oid = STR_NONE;
    buf_init(&out, 1024);
    if (!refname_is_valid(name)) return fail(cx, E_INVALID, "\"%s\" is no name of a ref", str_visible(cx, name));
    TRY(hosted_run(cx, g, argv, STR_NONE, &out, &code, NULL));
    struct str s = str_trim(buf_view(&out));
    if (code == 0 && oid_is(s, g->hex)) *oid = arena_str(&cx->arena, s);
    return OK;
}

/* --- moving refs */

static bool say(struct ref_moves *m, struct str text)
{
    while (text.n) {
        ssize_t n = send(m->child.in, text.p, text.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) { /* it reads on; what it says meanwhile is a line a command, far below a pipe */
            (void)usleep(200);
            continue;
        }
        if (n <= 0) return false;
        text = str_slice(text, (size_t)n, text.n);
    }
    return true;
}

static enum rc await(struct ctx *cx, struct ref_moves *m, const char *command)
{
    struct str line;
    bool cut;
    if (reader_until(&m->reader, '\n', &line, &cut) && str_starts(line, str_from(command)) &&
        str_ends(line, STR(": ok")))
        return OK;
    int code;
    (void)child_finish(&m->child, &code);
    const char *why = child_complaint(cx, &m->child);
    ref_moves_abort(m);
    return fail(cx, E_CONFLICT, "the refs cannot be moved: %s", why);
}

enum rc ref_moves_ready(struct ctx *cx, const struct git *g, struct ref_moves *m)
{
    static const char *const argv[] = {"update-ref", "--no-deref", "-z", "--stdin", NULL};
    if (m->open) return OK;
    TRY(child_start(cx, g, argv, CHILD_FEED, &m->child));
    reader_init(&m->reader, m->child.out);
    m->open = true;
    return OK;
}

static enum rc prepare(struct ctx *cx, const struct git *g, struct str text, struct ref_moves *m)
{
    TRY(ref_moves_ready(cx, g, m));
    if (!say(m, text)) return await(cx, m, "prepare");
    TRY(await(cx, m, "start"));
    return await(cx, m, "prepare");
}

static bool unlock(struct ctx *cx, const struct git *g, const struct ref_update *u, size_t n)
{
    /* HEAD's too: git holds it while the branch that HEAD names is moved */
    bool any = unlink(arena_printf(&cx->arena, "%s/packed-refs.lock", g->dir).p) == 0;
    any |= unlink(arena_printf(&cx->arena, "%s/HEAD.lock", g->dir).p) == 0;
    for (size_t i = 0; i < n; i++)
        any |= unlink(arena_printf(&cx->arena, "%s/" STR_FMT ".lock", g->dir, STR_ARG(u[i].name)).p) == 0;
    return any;
}

enum rc ref_moves_prepare(struct ctx *cx, const struct git *g, const struct ref_update *u, size_t n, bool alone,
                          struct ref_moves *m)
{
    scoped_buf text;
    buf_init(&text, 64U << 20);
    buf_add(&text, "start\0", 6);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&text, "update " STR_FMT, STR_ARG(u[i].name));
        buf_char(&text, '\0');
        buf_str(&text, u[i].after);
        buf_char(&text, '\0');
        buf_str(&text, u[i].before);
        buf_char(&text, '\0');
    }
    buf_add(&text, "prepare\0", 8);
    if (buf_ok(&text) != OK) return fail(cx, E_LIMIT, "too many refs at once");
    enum rc rc = prepare(cx, g, buf_view(&text), m);
    return rc == E_CONFLICT && alone && unlock(cx, g, u, n) ? prepare(cx, g, buf_view(&text), m) : rc;
}

enum rc ref_moves_commit(struct ctx *cx, struct ref_moves *m)
{
    if (!say(m, (struct str){"commit\0", 7})) return await(cx, m, "commit");
    TRY(await(cx, m, "commit"));
    int code;
    (void)child_finish(&m->child, &code);
    ref_moves_abort(m);
    return OK;
}

void ref_moves_abort(struct ref_moves *m)
{
    int code;
    if (!m->open) return;
    /* its end of input without a commit lets go of the locks */
    if (m->child.pid > 0) (void)child_finish(&m->child, &code);
    child_close_errors(&m->child);
    reader_release(&m->reader);
    *m = (struct ref_moves){.child = CHILD_NONE};
}

/* --- making commits */

enum rc hosted_tree(struct ctx *cx, const struct git *g, struct str commit, struct str *oid)
{
    const char *const argv[] = {"rev-parse", "--verify", "--end-of-options",
                                arena_printf(&cx->arena, STR_FMT "^{tree}", STR_ARG(commit)).p, NULL};
    scoped_buf out;
    int code;
    buf_init(&out, 1024);
    TRY(hosted_run(cx, g, argv, STR_NONE, &out, &code, NULL));
    *oid = arena_str(&cx->arena, str_trim(buf_view(&out)));
    return code == 0 && oid_is(*oid, g->hex) ? OK : fail(cx, E_CORRUPT, "a commit's tree is not there");
}

/* `merge-tree --write-tree` looks for the common ancestor itself; another one is given by standing a commit upon it
 * that has the tree of ours. */
static enum rc stand_upon(struct ctx *cx, const struct git *g, struct str ours, struct str base, struct str *oid)
{
    struct commit_draft d = {.parents = &base,
                             .n_parents = 1,
                             .author = STR("Sinetti <sinetti@localhost> 0 +0000"),
                             .committer = STR("Sinetti <sinetti@localhost> 0 +0000"),
                             .message = STR("merge\n")};
    TRY(hosted_tree(cx, g, ours, &d.tree));
    return hosted_commit(cx, g, &d, oid);
}

enum rc hosted_merge(struct ctx *cx, const struct git *g, struct str ours, struct str theirs, struct str base,
                     struct str *tree, struct str *conflicts)
{
    scoped_buf out;
    int code;
    const char *why;
    *tree = *conflicts = STR_NONE;
    buf_init(&out, 16U << 20);
    if (base.p) TRY(stand_upon(cx, g, ours, base, &ours));
    const char *const argv[] = {"merge-tree",
                                "--write-tree",
                                "--name-only",
                                "--no-messages",
                                arena_cstr(&cx->arena, ours),
                                arena_cstr(&cx->arena, theirs),
                                NULL};
    TRY(hosted_run(cx, g, argv, STR_NONE, &out, &code, &why));
    struct str rest = buf_view(&out), line;
    if (code > 1 || !str_cut(&rest, '\n', &line) || !oid_is(line, g->hex))
        return fail(cx, E_CONFLICT, "the commits cannot be merged: %s", why);
    if (code == 0)
        *tree = arena_str(&cx->arena, line);
    else
        *conflicts = arena_str(&cx->arena, str_trim(rest));
    return OK;
}

/* `gpgsig`, its lines set in by a blank (gitformat-signature(5)), goes behind the committer. */
static enum rc put_commit(struct ctx *cx, const struct commit_draft *d, struct buf *text)
{
    scoped_buf head, body, armored;
    struct str rest, line;
    buf_init(&head, LIMIT_GIT_HEADER);
    buf_init(&body, LIMIT_GIT_HEADER + LIMIT_COMMIT_MESSAGE);
    buf_init(&armored, LIMIT_GIT_HEADER);
    buf_printf(&head, "tree " STR_FMT "\n", STR_ARG(d->tree));
    for (size_t i = 0; i < d->n_parents; i++) buf_printf(&head, "parent " STR_FMT "\n", STR_ARG(d->parents[i]));
    buf_printf(&head, "author " STR_FMT "\ncommitter " STR_FMT "\n", STR_ARG(d->author), STR_ARG(d->committer));
    buf_str(&body, buf_view(&head));
    buf_char(&body, '\n');
    buf_str(&body, d->message);
    if (buf_ok(&body) != OK) return fail(cx, E_LIMIT, "the commit's message is too long");
    if (!d->sign) {
        buf_str(text, buf_view(&body));
        return OK;
    }
    TRY(d->sign(cx, d->sign_arg, buf_view(&body), &armored));
    buf_str(text, buf_view(&head));
    rest = str_trim(buf_view(&armored));
    for (const char *before = "gpgsig "; str_cut(&rest, '\n', &line); before = " ")
        buf_printf(text, "%s" STR_FMT "\n", before, STR_ARG(line));
    buf_char(text, '\n');
    buf_str(text, d->message);
    return OK;
}

enum rc hosted_commit(struct ctx *cx, const struct git *g, const struct commit_draft *d, struct str *oid)
{
    static const char *const argv[] = {"hash-object", "-t", "commit", "-w", "--stdin", NULL};
    scoped_buf text, out;
    int code;
    const char *why;
    buf_init(&text, 2 * LIMIT_GIT_HEADER + LIMIT_COMMIT_MESSAGE);
    buf_init(&out, 1024);
    TRY(put_commit(cx, d, &text));
    if (buf_ok(&text) != OK) return fail(cx, E_LIMIT, "the commit's message is too long");
    TRY(hosted_run(cx, g, argv, buf_view(&text), &out, &code, &why));
    *oid = arena_str(&cx->arena, str_trim(buf_view(&out)));
    return code == 0 && oid_is(*oid, g->hex) ? OK : fail(cx, E_IO, "the commit cannot be written: %s", why);
}
