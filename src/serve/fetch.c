#include "serve/fetch.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID 2000 /* of git's complaints, kept */

/* --- locations */

static bool is_ssh(struct str location)
{
    return !str_starts(location, STR("https://"));
}

bool fetch_is_remote(struct str location)
{
    if (str_starts(location, STR("https://")) || str_starts(location, STR("ssh://"))) return true;
    const char *colon = location.n ? memchr(location.p, ':', location.n) : NULL,
               *slash = location.n ? memchr(location.p, '/', location.n) : NULL;
    return colon && colon > location.p && (!slash || colon < slash) && !str_has(location, STR("://")) &&
           !str_has(location, STR("::"));
}

static enum rc judge(struct ctx *cx, struct str location)
{
    struct str rest = location;
    if (!fetch_is_remote(location)) return fail(cx, E_INVALID, "a location is a path, or an address of https or ssh");
    if (location.p[0] == '-') return fail(cx, E_INVALID, "a location does not begin with a dash");
    for (size_t i = 0; i < location.n; i++)
        if ((unsigned char)location.p[i] <= ' ' || location.p[i] == 0x7f)
            return fail(cx, E_INVALID, "a location has no blanks and no control characters");
    const char *scheme = str_find(location, STR("://"));
    if (scheme) rest = str_slice(location, (size_t)(scheme - location.p) + 3, location.n);
    struct str host;
    (void)str_cut(&rest, '/', &host);
    struct str after = host, user;
    (void)str_cut(&after, '@', &user);
    if (after.p && scheme && str_has(user, STR(":")))
        return fail(cx, E_INVALID, "a location holds no password: put it into keys/credentials of the data folder");
    if (str_starts(after.p ? after : host, STR("-"))) return fail(cx, E_INVALID, "a host does not begin with a dash");
    return OK;
}

/* --- running */

struct command {
    const char *const *argv;
    const char *const *env;
    char *said; /* SAID + 1 bytes, or NULL */
};

static _Noreturn void become(const struct command *c, int errors)
{
    const struct rlimit size = {LIMIT_FETCH_FILE, LIMIT_FETCH_FILE};
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setrlimit(RLIMIT_FSIZE, &size);
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(errors, 2) < 0) _exit(127);
    execvpe(c->argv[0], (char *const *)(uintptr_t)c->argv, (char *const *)(uintptr_t)c->env);
    _exit(127);
}

/* The exit code, or 128 + signal. */
static enum rc run(struct ctx *cx, const struct command *c, int *code)
{
    int ends[2], status = 0;
    char bytes[1024];
    size_t kept = 0;
    ssize_t n;
    if (pipe2(ends, O_CLOEXEC) != 0) return fail(cx, E_IO, "cannot run %s: %s", c->argv[0], strerror(errno));
    pid_t pid = fork();
    if (pid == 0) become(c, ends[1]);
    close(ends[1]);
    while (pid > 0 && ((n = read(ends[0], bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)))
        for (ssize_t i = 0; i < n; i++)
            if (kept < SAID) c->said[kept++] = bytes[i];
    c->said[kept] = 0;
    close(ends[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return fail(cx, E_IO, "cannot run %s: %s", c->argv[0], strerror(errno));
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return OK;
}

/* What git said, on one line, without an address that might hold more than it should. */
static const char *told(struct ctx *cx, const char *said)
{
    struct str rest = str_from(said), line, last = STR("");
    while (rest.n && str_cut(&rest, '\n', &line))
        if (str_trim(line).n && (str_starts(line, STR("fatal:")) || !last.n)) last = str_trim(line);
    return str_visible(cx, last.n ? last : STR("it said nothing"));
}

/* --- keys */

static enum rc make_folder(struct ctx *cx, const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST
               ? OK
               : fail(cx, E_IO, "%s: cannot make the folder: %s", str_visible(cx, str_from(path)), strerror(errno));
}

static enum rc find_key(struct ctx *cx, const char *keys, struct str id, const char *const *env, const char **out)
{
    char said[SAID + 1];
    int code = 0;
    const char *own = arena_printf(&cx->arena, "%s/" STR_FMT, keys, STR_ARG(id)).p;
    *out = arena_printf(&cx->arena, "%s/deploy", keys).p;
    if (access(own, F_OK) == 0) *out = own;
    if (access(*out, F_OK) == 0) return OK;
    const char *const argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "sinetti", "-f", *out, NULL};
    TRY(run(cx, &(struct command){argv, env, said}, &code));
    return code == 0 ? OK : fail(cx, E_IO, "the deploy key cannot be made by ssh-keygen: %s", told(cx, said));
}

static struct str public_key(struct ctx *cx, const char *key)
{
    char text[400];
    int fd = open(arena_printf(&cx->arena, "%s.pub", key).p, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (fd >= 0) close(fd);
    return n > 0 ? arena_str(&cx->arena, str_trim((struct str){text, (size_t)n})) : STR("");
}

/* A word within a command that a shell reads. */
static struct str quoted(struct ctx *cx, const char *text)
{
    scoped_buf b;
    buf_init(&b, 64 * KIB);
    buf_char(&b, '\'');
    for (; *text; text++)
        if (*text == '\'')
            buf_cstr(&b, "'\\''");
        else
            buf_char(&b, *text);
    buf_char(&b, '\'');
    return arena_str(&cx->arena, buf_view(&b));
}

/* --- fetching */

static enum rc refused(struct ctx *cx, struct str location, const char *key, const char *said)
{
    const char *why = told(cx, said);
    if (key && str_has(str_from(said), STR("Permission denied")))
        return fail(cx, E_DENIED, "the host does not let the server in; register its key there: " STR_FMT,
                    STR_ARG(public_key(cx, key)));
    return fail(cx, E_IO, "%s cannot be fetched: %s", str_visible(cx, location), why);
}

enum rc fetch_mirror(struct ctx *cx, const char *dir, struct str id, struct str location, const char **path)
{
    char said[SAID + 1];
    int code = 0;
    const char *keys = arena_printf(&cx->arena, "%s/keys", dir).p, *key = NULL;
    const char *repos = arena_printf(&cx->arena, "%s/repos", dir).p;
    TRY(judge(cx, location));
    TRY(make_folder(cx, keys));
    TRY(make_folder(cx, repos));
    *path = arena_printf(&cx->arena, "%s/" STR_FMT ".git", repos, STR_ARG(id)).p;
    const char *env[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
                         "LC_ALL=C",
                         "GIT_CONFIG_NOSYSTEM=1",
                         "GIT_CONFIG_GLOBAL=/dev/null",
                         "GIT_TERMINAL_PROMPT=0",
                         "GIT_ASKPASS=/bin/false",
                         "SSH_ASKPASS=/bin/false",
                         "GIT_ALLOW_PROTOCOL=https:ssh",
                         arena_printf(&cx->arena, "HOME=%s", keys).p,
                         NULL,
                         NULL};
    if (is_ssh(location)) {
        TRY(find_key(cx, keys, id, env, &key));
        env[9] = arena_printf(&cx->arena,
                              "GIT_SSH_COMMAND=ssh -F /dev/null -i " STR_FMT
                              " -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=30 "
                              "-o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=" STR_FMT,
                              STR_ARG(quoted(cx, key)),
                              STR_ARG(quoted(cx, arena_printf(&cx->arena, "%s/known_hosts", keys).p)))
                     .p;
    }
    const char *const init[] = {"git", "init", "--quiet", "--bare", "--template=", *path, NULL};
    if (access(*path, F_OK) != 0) TRY(run(cx, &(struct command){init, env, said}, &code));
    if (code != 0) return fail(cx, E_IO, "no mirror can be made: %s", told(cx, said));
    const char *const fetch[] = {"git",
                                 "-C",
                                 *path,
                                 "-c",
                                 arena_printf(&cx->arena, "credential.helper=store --file=" STR_FMT,
                                              STR_ARG(quoted(cx, arena_printf(&cx->arena, "%s/credentials", keys).p)))
                                     .p,
                                 "-c",
                                 "http.lowSpeedLimit=1000",
                                 "-c",
                                 "http.lowSpeedTime=60",
                                 "-c",
                                 "gc.auto=0",
                                 "-c",
                                 "core.hooksPath=/dev/null",
                                 "fetch",
                                 "--quiet",
                                 "--prune",
                                 "--force",
                                 "--no-tags",
                                 "--no-recurse-submodules",
                                 "--no-write-fetch-head",
                                 "--end-of-options",
                                 arena_cstr(&cx->arena, location),
                                 "+refs/heads/*:refs/heads/*",
                                 "+refs/tags/*:refs/tags/*",
                                 NULL};
    TRY(run(cx, &(struct command){fetch, env, said}, &code));
    return code == 0 ? OK : refused(cx, location, key, said);
}
