#include "store/turnstile.h"

#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static int open_lock(struct ctx *cx, const char *dir, const char *name)
{
    const char *path = arena_printf(&cx->arena, "%s/%s", dir, name).p;
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

enum rc turnstile_open(struct ctx *cx, const char *dir, struct turnstile *out)
{
    *out = (struct turnstile){-1, -1};
    TRY(store_check_user(cx, dir));
    out->door = open_lock(cx, dir, "door");
    out->main = out->door < 0 ? -1 : open_lock(cx, dir, "main");
    if (out->main >= 0) return OK;
    int failure = errno;
    turnstile_close(out);
    return fail(cx, E_IO, "%s: cannot make the locks: %s", str_visible(cx, str_from(dir)), strerror(failure));
}

void turnstile_close(struct turnstile *t)
{
    if (t->door >= 0) close(t->door);
    if (t->main >= 0) close(t->main);
    *t = (struct turnstile){-1, -1};
}

static bool take(int fd)
{
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) return false;
    return true;
}

enum rc turnstile_enter(struct ctx *cx, struct turnstile *t)
{
    bool in = take(t->door) && take(t->main);
    int failure = errno;
    flock(t->door, LOCK_UN);
    return in ? OK : fail(cx, E_IO, "cannot take the writers' lock: %s", strerror(failure));
}

void turnstile_leave(struct turnstile *t)
{
    flock(t->main, LOCK_UN);
}
