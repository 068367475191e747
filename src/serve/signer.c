#include "serve/signer.h"

#include "ledger/signer_wire.h"
#include "serve/inside.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_SECONDS 5 /* for one that connects and says nothing: others wait behind it */

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

enum rc signer_listen(struct ctx *cx, const char *path, bool everybody, int *out)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    *out = -1;
    if (strlen(path) >= sizeof at.sun_path) return fail(cx, E_INVALID, "signer: the path of the socket is too long");
    memcpy(at.sun_path, path, strlen(path));
    TRY(clear_way(cx, path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t kept = umask(0177);
    bool good = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
    umask(kept);
    /* who may ask is told by the kernel for each that does */
    good = good && (!everybody || chmod(path, 0666) == 0) && listen(fd, 16) == 0;
    if (good) {
        *out = fd;
        return OK;
    }
    enum rc rc = trouble(cx, path, "listen");
    if (fd >= 0) close(fd);
    return rc;
}

static bool may_ask(int64_t allowed, int fd)
{
    struct ucred who;
    socklen_t n = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0) return false;
    return who.uid == geteuid() || who.uid == 0 || (allowed >= 0 && who.uid == (uid_t)allowed);
}

static void serve_one(int64_t allowed, struct signer *s, int fd)
{
    struct timeval patience = {PATIENCE_SECONDS, 0};
    struct ctx own;
    ctx_init(&own);
    if (may_ask(allowed, fd) && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0)
        (void)!signer_answer(&own, s, fd); /* what ends a connection is the other side's matter */
    ctx_release(&own);
    close(fd);
}

enum rc signer_serve(struct ctx *cx, struct signer *s, int fd, int64_t allowed, const volatile sig_atomic_t *stopped)
{
    while (!*stopped) {
        int one = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        if (one >= 0)
            serve_one(allowed, s, one);
        else if (errno != EINTR && errno != ECONNABORTED)
            return trouble(cx, "the socket", "listen");
    }
    return OK;
}

int serve_signer(struct serve *s)
{
    static const volatile sig_atomic_t never;
    struct signer *signer;
    struct ctx cx;
    sigset_t term;
    ctx_init(&cx);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    enum rc rc = rights_become(&cx, &s->signer_rights);
    if (rc == OK) rc = signer_open(&cx, s->o->signer, &signer);
    if (rc == OK) {
        serve_say_ready(s, "");
        /* may end it anywhere: what it signs it has written down before */
        sigprocmask(SIG_UNBLOCK, &term, NULL);
        rc = signer_serve(&cx, signer, s->signer, (int64_t)s->rights.uid, &never);
        signer_close(signer);
    }
    if (rc != OK) serve_tell("signer", "error", "%s", cx.message);
    ctx_release(&cx);
    return rc == OK ? 0 : 1;
}
