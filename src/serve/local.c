#include "serve/local.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WAITING 64 /* connections not taken yet */

static enum rc trouble(struct ctx *cx, const char *path, const char *doing)
{
    return fail(cx, E_IO, "%s: cannot %s: %s", str_visible(cx, str_from(path)), doing, strerror(errno));
}

/* A socket that a dead process left is taken away; anything else there is not ours. */
static enum rc clear_way(struct ctx *cx, const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0) return errno == ENOENT ? OK : trouble(cx, path, "look");
    if (!S_ISSOCK(st.st_mode))
        return fail(cx, E_CONFLICT, "%s: something else is there", str_visible(cx, str_from(path)));
    return unlink(path) == 0 ? OK : trouble(cx, path, "take the old socket away");
}

enum rc local_listen(struct ctx *cx, const char *path, bool everybody, int *out)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    *out = -1;
    if (strlen(path) >= sizeof at.sun_path)
        return fail(cx, E_INVALID, "the path of the socket is too long: %s", str_visible(cx, str_from(path)));
    memcpy(at.sun_path, path, strlen(path));
    TRY(clear_way(cx, path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* Linux makes its name with these rights, so that there is no moment without them (unix(7)) */
    bool good = fd >= 0 && fchmod(fd, 0600) == 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
    /* who may ask is told by the kernel for each that does */
    good = good && (!everybody || chmod(path, 0666) == 0) && listen(fd, WAITING) == 0;
    if (good) {
        *out = fd;
        return OK;
    }
    enum rc rc = trouble(cx, path, "listen");
    if (fd >= 0) close(fd);
    return rc;
}
