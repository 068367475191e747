#include "git/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

/* Debian 12's headers know ABI 2 only; these are the kernel's numbers for later ones. */
#define FS_REFER (1ULL << 13)     /* ABI 2 */
#define FS_TRUNCATE (1ULL << 14)  /* ABI 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define NET_TCP 3ULL              /* bind, connect; ABI 4 */
#define SCOPE_ALL 3ULL            /* abstract sockets, signals; ABI 6 */

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_EXECUTE LANDLOCK_ACCESS_FS_EXECUTE
#define FS_WRITE                                                                                                       \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                  \
     LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                        \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                     \
     LANDLOCK_ACCESS_FS_MAKE_SYM)
#define FS_OF_FILES (FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE)

struct ruleset {
    uint64_t fs, net, scoped;
};

/* Paths that are not there are passed over: a rule less is a permission less. */
static int allow(int ruleset, const char *path, uint64_t access)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return 0;
    struct stat st;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode)) access &= FS_OF_FILES;
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    long rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    (void)close(fd);
    return rc < 0 ? -1 : 0;
}

int confine_open(const char *dir, const char *program)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return -1;
    struct ruleset attr = {.fs = FS_READ | FS_WRITE | FS_EXECUTE};
    if (abi >= 2) attr.fs |= FS_REFER;
    if (abi >= 3) attr.fs |= FS_TRUNCATE;
    if (abi >= 4) attr.net = NET_TCP;
    if (abi >= 5) attr.fs |= FS_IOCTL_DEV;
    if (abi >= 6) attr.scoped = SCOPE_ALL;
    size_t size = abi >= 6 ? sizeof attr : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
    if (fd < 0) return -1;
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    static const char *const libraries[] = {"/lib",       "/lib32",     "/lib64",    "/usr/lib",
                                            "/usr/lib32", "/usr/lib64", "/nix/store"};
    int bad = allow(fd, "/", FS_READ & attr.fs);
    bad |= allow(fd, dir, (FS_READ | FS_WRITE | FS_TRUNCATE) & attr.fs);
    bad |= allow(fd, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE);
    bad |= allow(fd, program, FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE);
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        bad |= allow(fd, libraries[i], (FS_EXECUTE | FS_READ) & attr.fs);
    if (bad) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static int limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(what, &now) < 0) return -1;
    if (now.rlim_max < most) most = now.rlim_max;
    struct rlimit then = {most, most};
    return setrlimit(what, &then);
}

int confine_self(int ruleset, uint64_t memory)
{
    if (prctl(PR_SET_PDEATHSIG, 9 /* SIGKILL */, 0, 0, 0) < 0) return 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return 0;
    if (limit(RLIMIT_CORE, 0) < 0 || limit(RLIMIT_CPU, LIMIT_GIT_CPU_SECONDS) < 0 || limit(RLIMIT_DATA, memory) < 0 ||
        limit(RLIMIT_FSIZE, LIMIT_GIT_WRITTEN) < 0)
        return 0;
    if (ruleset >= 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0) return 0;
    return 1;
}
