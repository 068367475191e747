#include "base/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FS_REFER (1ULL << 13)     /* ABI 2 */
#define FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define NET_TCP 3ULL              /* bind, connect; ABI 4 */
#define SCOPE_ALL 3ULL            /* abstract sockets, signals; ABI 6 */
#define FS_OF_FILES                                                                                                    \
    (LANDLOCK_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_TRUNCATE)

struct ruleset {
    uint64_t fs, net, scoped;
};

struct landlock landlock_open(void)
{
    struct landlock l = {.fd = -1};
    l.abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (l.abi < 1) return l;
    struct ruleset attr = {.fs = LANDLOCK_READ | LANDLOCK_WRITE | LANDLOCK_EXECUTE};
    if (l.abi >= 2) attr.fs |= FS_REFER;
    if (l.abi >= 3) attr.fs |= LANDLOCK_TRUNCATE;
    if (l.abi >= 4) attr.net = NET_TCP;
    if (l.abi >= 5) attr.fs |= FS_IOCTL_DEV;
    if (l.abi >= 6) attr.scoped = SCOPE_ALL;
    size_t size = l.abi >= 6 ? sizeof attr : l.abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    l.fd = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
    l.handled = attr.fs;
    if (l.fd >= 0) (void)fcntl(l.fd, F_SETFD, FD_CLOEXEC);
    return l;
}

int landlock_allow(const struct landlock *l, const char *path, uint64_t access)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return 0;
    struct stat st;
    access &= l->handled;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode)) access &= FS_OF_FILES;
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    long rc = syscall(SYS_landlock_add_rule, l->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    (void)close(fd);
    return rc < 0 ? -1 : 0;
}
