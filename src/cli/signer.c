/* sinetti signer: the ledger's key in a process of its own, under a user of its own. */
#include "cli/common.h"
#include "ledger/signer_wire.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti signer --signer DIR --socket PATH [--allow UID]\n"
    "Holds the ledger's key and signs its heads for who asks on the socket, as long as each goes on from the last.\n"
    "Run it as a user of its own whose folder nobody else can read; other commands find it by --signer PATH.\n\n"
    "  --signer DIR    the signer's folder\n"
    "  --socket PATH   where to listen; made anew\n"
    "  --allow UID     another user's number that may ask (the signer's own and root may)\n"
    "It ends at SIGTERM or SIGINT.\n";

enum { OPTION_SIGNER = OPTION_OWN, OPTION_SOCKET, OPTION_ALLOW };

static const struct option table[] = {{"signer", required_argument, NULL, OPTION_SIGNER},
                                      {"socket", required_argument, NULL, OPTION_SOCKET},
                                      {"allow", required_argument, NULL, OPTION_ALLOW},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

#define PATIENCE_SECONDS 5 /* for one that connects and says nothing: others wait behind it */

struct arguments {
    const char *dir, *path;
    int64_t allowed; /* -1: nobody else */
};

static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

static enum rc trouble(struct ctx *cx, const char *path, const char *doing)
{
    return fail(cx, E_IO, "signer: %s: cannot %s: %s", str_visible(cx, str_from(path)), doing, strerror(errno));
}

/* A socket that a dead process left is taken away; anything else there is not ours. The folder's lock says that no
 * other signer of this folder lives. */
static enum rc clear_way(struct ctx *cx, const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0) return errno == ENOENT ? OK : trouble(cx, path, "look");
    if (!S_ISSOCK(st.st_mode))
        return fail(cx, E_CONFLICT, "signer: %s: something else is there", str_visible(cx, str_from(path)));
    return unlink(path) == 0 ? OK : trouble(cx, path, "take the old socket away");
}

static enum rc listen_at(struct ctx *cx, const struct arguments *a, int *out)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    assert(a->path); /* asked for by the command */
    if (strlen(a->path) >= sizeof at.sun_path) return fail(cx, E_INVALID, "signer: the path of the socket is too long");
    memcpy(at.sun_path, a->path, strlen(a->path));
    TRY(clear_way(cx, a->path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t kept = umask(0177);
    bool good = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
    umask(kept);
    /* who may ask is told by the kernel for each that does */
    good = good && (a->allowed < 0 || chmod(a->path, 0666) == 0) && listen(fd, 16) == 0;
    if (good) {
        *out = fd;
        return OK;
    }
    enum rc rc = trouble(cx, a->path, "listen");
    if (fd >= 0) close(fd);
    return rc;
}

static bool may_ask(const struct arguments *a, int fd)
{
    struct ucred who;
    socklen_t n = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0) return false;
    return who.uid == geteuid() || who.uid == 0 || (a->allowed >= 0 && who.uid == (uid_t)a->allowed);
}

static void serve(const struct arguments *a, struct signer *s, int fd)
{
    struct timeval patience = {PATIENCE_SECONDS, 0};
    struct ctx own;
    ctx_init(&own);
    if (may_ask(a, fd) && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0)
        (void)!signer_answer(&own, s, fd); /* what ends a connection is the other side's matter */
    ctx_release(&own);
    close(fd);
}

static enum rc run(struct ctx *cx, const struct arguments *a)
{
    struct signer *s;
    int fd = -1;
    struct sigaction act = {.sa_handler = stop};
    (void)sigemptyset(&act.sa_mask);
    (void)sigaction(SIGTERM, &act, NULL);
    (void)sigaction(SIGINT, &act, NULL);
    TRY(signer_open(cx, a->dir, &s));
    enum rc rc = listen_at(cx, a, &fd);
    while (rc == OK && !stopped) {
        int one = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        if (one >= 0)
            serve(a, s, one);
        else if (errno != EINTR && errno != ECONNABORTED)
            rc = trouble(cx, a->path, "listen");
    }
    if (fd >= 0) {
        close(fd);
        unlink(a->path);
    }
    signer_close(s);
    return rc;
}

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_SIGNER:
        a->dir = value;
        return OK;
    case OPTION_SOCKET:
        a->path = value;
        return OK;
    case OPTION_ALLOW:
        return str_to_i64(str_from(value), 0, UINT32_MAX - 1, &a->allowed)
                   ? OK
                   : fail(cx, E_INVALID, "--allow: a user's number is expected");
    default:
        return fail(cx, E_INTERNAL, "option %d is not handled", code);
    }
}

int cli_signer(int argc, char **argv)
{
    struct arguments a = {.allowed = -1};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && (argc > optind || !a.dir || !a.path)) {
        (void)fail(&cx, E_INVALID, "signer needs --signer and --socket, and nothing else");
        out = common_wrong(&cx, "signer");
    }
    if (out < 0) {
        enum rc rc = run(&cx, &a);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
    }
    ctx_release(&cx);
    return out;
}
