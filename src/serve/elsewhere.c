#include "serve/elsewhere.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- locations */

static bool is_ssh(struct str location)
{
    return !str_starts(location, STR("https://"));
}

bool elsewhere_is(struct str location)
{
    if (str_starts(location, STR("https://")) || str_starts(location, STR("ssh://"))) return true;
    const char *colon = location.n ? memchr(location.p, ':', location.n) : NULL,
               *slash = location.n ? memchr(location.p, '/', location.n) : NULL;
    return colon && colon > location.p && (!slash || colon < slash) && !str_has(location, STR("://")) &&
           !str_has(location, STR("::"));
}

enum rc elsewhere_check(struct ctx *cx, struct str location)
{
    struct str rest = location;
    if (!elsewhere_is(location)) return fail(cx, E_INVALID, "a location is a path, or an address of https or ssh");
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
    char *said; /* ELSEWHERE_SAID + 1 bytes */
    int out;    /* of its standard output; -1: nowhere */
};

static _Noreturn void become(const struct command *c, int errors)
{
    const struct rlimit size = {LIMIT_FETCH_FILE, LIMIT_FETCH_FILE};
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setrlimit(RLIMIT_FSIZE, &size);
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(c->out < 0 ? nothing : c->out, 1) < 0 || dup2(errors, 2) < 0)
        _exit(127);
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
            if (kept < ELSEWHERE_SAID) c->said[kept++] = bytes[i];
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

enum rc elsewhere_make_folder(struct ctx *cx, const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST
               ? OK
               : fail(cx, E_IO, "%s: cannot make the folder: %s", str_visible(cx, str_from(path)), strerror(errno));
}

static enum rc find_key(struct ctx *cx, const char *keys, struct str id, const char *const *env, const char **out)
{
    char said[ELSEWHERE_SAID + 1];
    int code = 0;
    const char *own = arena_printf(&cx->arena, "%s/" STR_FMT, keys, STR_ARG(id)).p;
    *out = arena_printf(&cx->arena, "%s/deploy", keys).p;
    if (access(own, F_OK) == 0) *out = own;
    if (access(*out, F_OK) == 0) return OK;
    const char *const argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "sinetti", "-f", *out, NULL};
    TRY(run(cx, &(struct command){argv, env, said, -1}, &code));
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

/* --- git */

static enum rc refused(struct ctx *cx, const struct elsewhere *r, const char *said, const char *doing)
{
    const char *why = told(cx, said);
    if (r->key && str_has(str_from(said), STR("Permission denied")))
        return fail(cx, E_DENIED, "the host does not let the server in; register its key there: " STR_FMT,
                    STR_ARG(public_key(cx, r->key)));
    return fail(cx, E_IO, "%s cannot be %s: %s", str_visible(cx, r->location), doing, why);
}

enum rc elsewhere_open(struct ctx *cx, const char *dir, struct str id, struct str location, struct elsewhere *out)
{
    const char *keys = arena_printf(&cx->arena, "%s/keys", dir).p;
    const char **env = arena_array(&cx->arena, const char *, 16);
    size_t n = 0;
    *out = (struct elsewhere){.location = location, .env = env};
    TRY(elsewhere_check(cx, location));
    TRY(elsewhere_make_folder(cx, keys));
    env[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
    env[n++] = "LC_ALL=C";
    env[n++] = "GIT_CONFIG_NOSYSTEM=1";
    env[n++] = "GIT_CONFIG_GLOBAL=/dev/null";
    env[n++] = "GIT_TERMINAL_PROMPT=0";
    env[n++] = "GIT_ASKPASS=/bin/false";
    env[n++] = "SSH_ASKPASS=/bin/false";
    env[n++] = "GIT_ALLOW_PROTOCOL=https:ssh";
    env[n++] = arena_printf(&cx->arena, "HOME=%s", keys).p;
    out->helper = arena_printf(&cx->arena, "credential.helper=store --file=" STR_FMT,
                               STR_ARG(quoted(cx, arena_printf(&cx->arena, "%s/credentials", keys).p)))
                      .p;
    if (!is_ssh(location)) return OK;
    TRY(find_key(cx, keys, id, env, &out->key));
    env[n++] = arena_printf(&cx->arena,
                            "GIT_SSH_COMMAND=ssh -F /dev/null -i " STR_FMT
                            " -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=30 "
                            "-o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=" STR_FMT,
                            STR_ARG(quoted(cx, out->key)),
                            STR_ARG(quoted(cx, arena_printf(&cx->arena, "%s/known_hosts", keys).p)))
                   .p;
    return OK;
}

struct str elsewhere_public_key(struct ctx *cx, const struct elsewhere *r)
{
    return r->key ? public_key(cx, r->key) : STR("");
}

/* Room for so much, and no more: who is asked may say any amount. */
static int open_output(void)
{
    int fd = memfd_create("git", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 &&
        (ftruncate(fd, LIMIT_GIT_REFS_FILE) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* As much as was written, which has no NUL. */
static bool take_output(int fd, struct buf *out)
{
    off_t end = lseek(fd, 0, SEEK_CUR);
    char block[16384];
    for (off_t at = 0; at < end;) {
        ssize_t n = pread(fd, block, sizeof block < (size_t)(end - at) ? sizeof block : (size_t)(end - at), at);
        if (n <= 0) return false;
        buf_add(out, block, (size_t)n);
        at += n;
    }
    return !out->failed;
}

enum rc elsewhere_git(struct ctx *cx, const struct elsewhere *r, const char *path, const char *const *rest,
                      struct buf *out, const char *doing)
{
    static const char *const always[] = {
        "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60", "-c", "gc.auto=0",
        "-c", "core.hooksPath=/dev/null"};
    const char *argv[40] = {"git", "-C", path, "-c", r->helper};
    char said[ELSEWHERE_SAID + 1];
    size_t n = 5;
    int code = 0, fd = out ? open_output() : -1;
    if (out && fd < 0) return fail(cx, E_IO, "no memory for what git says");
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) argv[n++] = always[i];
    for (; *rest && n < sizeof argv / sizeof *argv - 1; rest++) argv[n++] = *rest;
    enum rc rc = run(cx, &(struct command){argv, r->env, said, fd}, &code);
    if (rc == OK && code == 0 && out && !take_output(fd, out)) rc = fail(cx, E_LIMIT, "git says more than is read");
    if (fd >= 0) close(fd);
    return rc == OK && code != 0 ? refused(cx, r, said, doing) : rc;
}
