#include "serve/signer.h"

#include "ledger/signer_wire.h"
#include "serve/inside.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_SECONDS 5 /* for one that connects and says nothing: others wait behind it */

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
            return fail(cx, E_IO, "signer: the socket: cannot listen: %s", strerror(errno));
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
