#include "git/confine.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/landlock.h"
#include "base/limits.h"

int confine_open(const char *dir, const char *program)
{
    struct landlock l = landlock_open();
    if (l.fd < 0) return -1;
    static const char *const libraries[] = {"/lib",       "/lib32",     "/lib64",    "/usr/lib",
                                            "/usr/lib32", "/usr/lib64", "/nix/store"};
    int bad = landlock_allow(&l, "/", LANDLOCK_READ);
    bad |= landlock_allow(&l, dir, LANDLOCK_READ | LANDLOCK_WRITE | LANDLOCK_TRUNCATE);
    bad |= landlock_allow(&l, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE);
    bad |= landlock_allow(&l, program, LANDLOCK_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE);
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        bad |= landlock_allow(&l, libraries[i], LANDLOCK_EXECUTE | LANDLOCK_READ);
    if (bad) {
        (void)close(l.fd);
        return -1;
    }
    return l.fd;
}

static int limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(what, &now) < 0) return -1;
    if (now.rlim_max < most) most = now.rlim_max;
    struct rlimit then = {most, most};
    return setrlimit(what, &then);
}

int confine_self(int ruleset, uint64_t memory, uint64_t written)
{
    if (prctl(PR_SET_PDEATHSIG, 9 /* SIGKILL */, 0, 0, 0) < 0) return 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return 0;
    if (limit(RLIMIT_CORE, 0) < 0 || limit(RLIMIT_CPU, LIMIT_GIT_CPU_SECONDS) < 0 || limit(RLIMIT_DATA, memory) < 0 ||
        limit(RLIMIT_FSIZE, written) < 0)
        return 0;
    if (ruleset >= 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0) return 0;
    return 1;
}
