#include "serve/elsewhere.h"

#include "base/address.h"
#include "base/limits.h"
#include "git/location.h"
#include "store/config.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

static struct str quoted(struct ctx *cx, const char *text)
{
    scoped_buf b;
    buf_init(&b, 64 * KIB);
    buf_quoted(&b, str_from(text));
    return arena_str(&cx->arena, buf_view(&b));
}

/* --- git */

static enum rc refused(struct ctx *cx, const struct elsewhere *r, const char *said, const char *doing)
{
    const char *why = told(cx, said);
    if (r->key && str_has(str_from(said), STR("Permission denied")))
        return fail(cx, E_DENIED, "the host does not let the server in; register its key there: " STR_FMT,
                    STR_ARG(public_key(cx, r->key)));
    if (str_has(str_from(said), STR("returned error: 30")))
        return fail(cx, E_IO,
                    "%s cannot be %s: its host says it is elsewhere, where the server does not follow; give the "
                    "address it leads to (of many hosts with .git at its end)",
                    str_visible(cx, r->location), doing);
    return fail(cx, E_IO, "%s cannot be %s: %s", str_visible(cx, r->location), doing, why);
}

enum rc elsewhere_open(struct ctx *cx, const char *dir, struct str id, struct str location, struct elsewhere *out)
{
    const char *keys = arena_printf(&cx->arena, "%s/keys", dir).p;
    const char **env = arena_array(&cx->arena, const char *, 16);
    size_t n = 0;
    *out = (struct elsewhere){.dir = dir, .location = location, .env = env};
    TRY(location_read(cx, location, &out->at));
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
    out->n_env = n;
    out->helper = arena_printf(&cx->arena, "credential.helper=store --file=" STR_FMT,
                               STR_ARG(quoted(cx, arena_printf(&cx->arena, "%s/credentials", keys).p)))
                      .p;
    return out->at.ssh ? find_key(cx, keys, id, env, &out->key) : OK;
}

/* --- where it is reached */

struct reached {
    char first[INET6_ADDRSTRLEN]; /* as numbers */
    struct buf all;               /* as libcurl's CURLOPT_RESOLVE has them */
    bool refused;
};

static void take_address(struct reached *r, const struct addrinfo *a, bool inside)
{
    char text[INET6_ADDRSTRLEN];
    if (!address_may_reach(a->ai_addr, inside)) {
        r->refused = true;
        return;
    }
    if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0) return;
    if (!r->first[0]) memcpy(r->first, text, sizeof text);
    bool six = a->ai_family == AF_INET6;
    buf_printf(&r->all, "%s%s%s%s", r->all.n ? "," : "", six ? "[" : "", text, six ? "]" : "");
}

static enum rc find_addresses(struct ctx *cx, const struct elsewhere *e, bool inside, struct reached *r)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list;
    const char *shown = str_visible(cx, e->location);
    int code = getaddrinfo(arena_cstr(&cx->arena, e->at.host), NULL, &hints, &list);
    if (code != 0) return fail(cx, E_IO, "%s cannot be reached: %s", shown, gai_strerror(code));
    for (const struct addrinfo *a = list; a; a = a->ai_next) take_address(r, a, inside);
    freeaddrinfo(list);
    if (r->first[0]) return buf_ok(&r->all);
    return fail(cx, E_DENIED, "%s cannot be reached: it leads to an address inside%s", shown,
                inside ? ", of a kind where the server never goes"
                       : ", where the server does not go unless its folder's config says repositories_inside: true");
}

static enum rc reach(struct ctx *cx, struct elsewhere *e)
{
    struct config config;
    scoped_buf all;
    struct reached r = {.first = ""};
    const char *host = arena_cstr(&cx->arena, e->at.host), *keys = arena_printf(&cx->arena, "%s/keys", e->dir).p;
    TRY(config_read(cx, e->dir, &config));
    buf_init(&all, 64 * KIB);
    r.all = all;
    enum rc rc = find_addresses(cx, e, config.repositories_inside, &r);
    all = r.all;
    TRY(rc);
    struct str port = e->at.port.n ? e->at.port : STR("443");
    e->pin = e->at.ssh || e->at.address ? "http.followRedirects=false"
                                        : arena_printf(&cx->arena, "http.curloptResolve=%s:" STR_FMT ":" STR_FMT, host,
                                                       STR_ARG(port), STR_ARG(buf_view(&all)))
                                              .p;
    if (!e->at.ssh) return OK;
    /* the key is known by the name, as if ssh had looked it up itself */
    struct str alias = e->at.port.n && !str_eq(e->at.port, STR("22"))
                           ? arena_printf(&cx->arena, "[%s]:" STR_FMT, host, STR_ARG(e->at.port))
                           : e->at.host;
    e->env[e->n_env] =
        arena_printf(&cx->arena,
                     "GIT_SSH_COMMAND=ssh -F /dev/null -i " STR_FMT " -o HostName=%s -o HostKeyAlias=" STR_FMT
                     " -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=30 "
                     "-o ServerAliveInterval=30 -o StrictHostKeyChecking=accept-new "
                     "-o UserKnownHostsFile=" STR_FMT,
                     STR_ARG(quoted(cx, e->key)), r.first, STR_ARG(quoted(cx, alias.p)),
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

enum rc elsewhere_git(struct ctx *cx, struct elsewhere *r, const char *path, const char *const *rest, struct buf *out,
                      const char *doing)
{
    static const char *const always[] = {
        "-c", "http.lowSpeedLimit=1000",  "-c", "http.lowSpeedTime=60",      "-c", "gc.auto=0",
        "-c", "core.hooksPath=/dev/null", "-c", "http.followRedirects=false"};
    char said[ELSEWHERE_SAID + 1];
    if (!r->pin) TRY(reach(cx, r));
    const char *argv[40] = {"git", "-C", path, "-c", r->helper, "-c", r->pin};
    size_t n = 7;
    int code = 0, fd = out ? open_output() : -1;
    if (out && fd < 0) return fail(cx, E_IO, "no memory for what git says");
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) argv[n++] = always[i];
    for (; *rest && n < sizeof argv / sizeof *argv - 1; rest++) argv[n++] = *rest;
    enum rc rc = run(cx, &(struct command){argv, r->env, said, fd}, &code);
    if (rc == OK && code == 0 && out && !take_output(fd, out)) rc = fail(cx, E_LIMIT, "git says more than is read");
    if (fd >= 0) close(fd);
    return rc == OK && code != 0 ? refused(cx, r, said, doing) : rc;
}
