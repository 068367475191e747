#include "serve/rights.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc cannot(struct ctx *cx, const struct rights *r)
{
    return fail(cx, E_IO, "serve: cannot become the user %u, whose folder it is: %s", (unsigned)r->uid,
                strerror(errno));
}

enum rc rights_of(struct ctx *cx, const char *folder, struct rights *out)
{
    struct stat st;
    if (stat(folder, &st) != 0)
        return fail(cx, errno == ENOENT ? E_NOTFOUND : E_IO, "%s: %s%s", str_visible(cx, str_from(folder)),
                    strerror(errno), errno == ENOENT ? "; `sinetti init` makes a data folder" : "");
    *out = (struct rights){st.st_uid, st.st_gid, geteuid() == 0 && st.st_uid != 0};
    return OK;
}

enum rc rights_borrow(struct ctx *cx, const struct rights *r)
{
    return !r->changes || (setegid(r->gid) == 0 && seteuid(r->uid) == 0) ? OK : cannot(cx, r);
}

enum rc rights_return(struct ctx *cx, const struct rights *r)
{
    return !r->changes || (seteuid(0) == 0 && setegid(getgid()) == 0) ? OK : cannot(cx, r);
}

enum rc rights_become(struct ctx *cx, const struct rights *r)
{
    int death = 0;
    if (!r->changes) return OK;
    (void)prctl(PR_GET_PDEATHSIG, &death);
    if (setgroups(0, NULL) != 0 || setresgid(r->gid, r->gid, r->gid) != 0 || setresuid(r->uid, r->uid, r->uid) != 0)
        return cannot(cx, r);
    if (setuid(0) == 0) return fail(cx, E_INTERNAL, "serve: is root again");
    (void)prctl(PR_SET_PDEATHSIG, death); /* the kernel forgets it with the user */
    return OK;
}
