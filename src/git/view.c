/* The private GIT_DIR: made, filled and removed. Its files have fixed names, so that removing it needs no search. */
#include "git/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "git/confine.h"
#include "git/oid.h"

static const char *const our_files[] = {"HEAD", "config", "packed-refs", "shallow", "index", "objects/info/alternates"};
static const char *const our_dirs[] = {"objects/info", "objects/pack", "objects", "refs"};

const char *view_path(struct git *g, const char *dir, const char *name)
{
    return arena_printf(&g->arena, "%s/%s", dir, name).p;
}

/* An absolute path of git; the caller's PATH is asked last, and only for absolute folders. */
static const char *find_program(struct arena *a)
{
    static const char *const usual[] = {"/usr/bin/git", "/usr/local/bin/git", "/bin/git"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (access(usual[i], X_OK) == 0) return usual[i];
    struct str path = str_from(getenv("PATH")), dir;
    while (str_cut(&path, ':', &dir)) {
        if (dir.n == 0 || dir.p[0] != '/') continue;
        const char *program = arena_printf(a, STR_FMT "/git", STR_ARG(dir)).p;
        if (access(program, X_OK) == 0) return program;
    }
    return NULL;
}

static void set_environment(struct git *g)
{
    const char *const fixed[] = {"PATH=/usr/bin:/bin",
                                 "LC_ALL=C",
                                 "HOME=/nonexistent",
                                 "GIT_CONFIG_NOSYSTEM=1",
                                 "GIT_CONFIG_GLOBAL=/dev/null",
                                 "GIT_CONFIG_SYSTEM=/dev/null",
                                 "GIT_NO_REPLACE_OBJECTS=1",
                                 "GIT_OPTIONAL_LOCKS=0",
                                 "GIT_TERMINAL_PROMPT=0",
                                 "GIT_ATTR_NOSYSTEM=1",
                                 "GIT_NO_LAZY_FETCH=1",
                                 "GIT_ALLOW_PROTOCOL=none",
                                 "GIT_PROTOCOL_FROM_USER=0",
                                 "GIT_PAGER=cat",
                                 "GIT_ADVICE=0"};
    size_t n = sizeof fixed / sizeof *fixed;
    g->env = arena_array(&g->arena, const char *, n + 2);
    memcpy(g->env, fixed, sizeof fixed);
    g->env[n] = arena_printf(&g->arena, "GIT_DIR=%s", g->dir).p;
}

static enum rc need_program(struct ctx *cx, struct git *g)
{
    g->program = find_program(&g->arena);
    return g->program ? OK : fail(cx, E_IO, "git is not installed: no git in /usr/bin, /usr/local/bin or PATH");
}

enum rc view_use(struct ctx *cx, struct git *g)
{
    TRY(need_program(cx, g));
    set_environment(g);
    g->confine_fd = confine_open(g->dir, g->program);
    return OK;
}

enum rc view_make_dir(struct ctx *cx, struct git *g)
{
    TRY(need_program(cx, g));
    char *dir = arena_cstr(&g->arena, str_from(file_temporary(cx, "git")));
    g->dir = dir; /* a signal that comes at once finds it */
    if (!mkdtemp(dir)) {
        g->dir = NULL;
        return fail(cx, E_IO, "no temporary folder %s: %s", str_visible(cx, str_from(dir)), strerror(errno));
    }
    for (size_t i = sizeof our_dirs / sizeof *our_dirs; i-- > 0;)
        if (mkdir(view_path(g, dir, our_dirs[i]), 0700) < 0)
            return fail(cx, E_IO, "a folder in %s cannot be made: %s", str_visible(cx, str_from(dir)), strerror(errno));
    set_environment(g);
    g->confine_fd = confine_open(dir, g->program);
    return OK;
}

/* Only system calls: git_remove_private() is called from signal handlers. */
void git_remove_private(const struct git *g)
{
    if (!g || !g->dir || g->hosted) return;
    int fd = open(g->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    for (size_t i = 0; i < sizeof our_files / sizeof *our_files; i++) (void)unlinkat(fd, our_files[i], 0);
    for (size_t i = 0; i < g->n_shared_indexes; i++) (void)unlinkat(fd, g->shared_indexes[i], 0);
    for (size_t i = 0; i < sizeof our_dirs / sizeof *our_dirs; i++) (void)unlinkat(fd, our_dirs[i], AT_REMOVEDIR);
    (void)close(fd);
    (void)rmdir(g->dir);
}

enum rc view_write(struct ctx *cx, const struct git *g, const char *name, struct str content)
{
    scoped_buf path;
    buf_init(&path, 0);
    buf_printf(&path, "%s/%s", g->dir, name);
    buf_char(&path, '\0');
    TRY(buf_ok(&path));
    int fd = open(path.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    size_t done = 0;
    while (fd >= 0 && done < content.n) {
        ssize_t n = write(fd, content.p + done, content.n - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        done += (size_t)n;
    }
    bool good = fd >= 0 && done == content.n;
    int error = errno;
    if (fd >= 0 && close(fd) < 0) good = false;
    return good ? OK : fail(cx, E_IO, "%s cannot be written: %s", str_visible(cx, str_from(path.p)), strerror(error));
}

/* Quoted as C strings are, so that a path may hold anything. */
static enum rc write_alternates(struct ctx *cx, struct git *g)
{
    scoped_buf b;
    buf_init(&b, 0);
    buf_char(&b, '"');
    for (const unsigned char *p = (const unsigned char *)g->place.objects; *p; p++) {
        if (*p < ' ' || *p >= 0x7f || *p == '"' || *p == '\\')
            buf_printf(&b, "\\%03o", *p);
        else
            buf_char(&b, (char)*p);
    }
    buf_cstr(&b, "\"\n");
    return view_write(cx, g, "objects/info/alternates", buf_view(&b));
}

static enum rc copy_shallow(struct ctx *cx, struct git *g)
{
    scoped_buf b;
    buf_init(&b, 0);
    enum rc rc = place_read(view_path(g, g->place.common_dir, "shallow"), false, LIMIT_GIT_REFS_FILE, &b);
    if (rc == E_NOTFOUND) return OK;
    if (rc != OK) return fail(cx, rc, "the repository's list of shallow commits cannot be read (%s)", rc_name(rc));
    size_t max = b.n / (g->hex + 1) + 1;
    struct str *oids = arena_array(&g->arena, struct str, max), rest = arena_str(&g->arena, buf_view(&b)), line;
    while (g->n_shallow < max && str_cut(&rest, '\n', &line))
        if (oid_is(line, g->hex)) oids[g->n_shallow++] = line;
    if (g->n_shallow == 0) return OK;
    str_sort(oids, g->n_shallow);
    g->shallow = oids;
    g->facts.shallow = true;
    buf_clear(&b);
    for (size_t i = 0; i < g->n_shallow; i++) {
        buf_str(&b, oids[i]);
        buf_char(&b, '\n');
    }
    return view_write(cx, g, "shallow", buf_view(&b));
}

bool view_is_shallow(const struct git *g, struct str oid)
{
    return str_among(g->shallow, g->n_shallow, oid);
}

enum rc view_write_dir(struct ctx *cx, struct git *g)
{
    bool sha256 = g->hex == OID_HEX_SHA256;
    scoped_buf b;
    buf_init(&b, 0);
    /* commit-graph and multi-pack-index are the owner's caches of facts we read for ourselves. Large files are
     * streamed. */
    buf_printf(
        &b,
        "[core]\n\trepositoryFormatVersion = %d\n\tbare = true\n\tcommitGraph = false\n\tmultiPackIndex = false\n"
        "\thooksPath = /dev/null\n\tfsmonitor = false\n\tattributesFile = /dev/null\n\texcludesFile = /dev/null\n"
        "\tuseReplaceRefs = false\n\tbigFileThreshold = 16m\n\tpager = cat\n\tlogAllRefUpdates = false\n"
        "\twarnAmbiguousRefs = false\n"
        "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[protocol]\n\tallow = never\n[diff]\n\trenames = false\n"
        "[advice]\n\tgraftFileDeprecated = false\n%s",
        sha256, sha256 ? "[extensions]\n\tobjectFormat = sha256\n" : "");
    TRY(view_write(cx, g, "config", buf_view(&b)));
    TRY(write_alternates(cx, g));
    return copy_shallow(cx, g);
}
