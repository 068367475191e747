/* Landlock rulesets (landlock(7)): what the kernel knows of is refused but for what a rule allows. For processes that
 * give rights up. Debian 12's headers know ABI 2; the numbers of later ones are the kernel's. One thread at a time. */
#ifndef SINETTI_BASE_LANDLOCK_H
#define SINETTI_BASE_LANDLOCK_H

#include <linux/landlock.h>
#include <stdint.h>

#define LANDLOCK_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define LANDLOCK_EXECUTE LANDLOCK_ACCESS_FS_EXECUTE
#define LANDLOCK_TRUNCATE (1ULL << 14) /* ABI 3 */
#define LANDLOCK_WRITE                                                                                                 \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |                  \
     LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                        \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                     \
     LANDLOCK_ACCESS_FS_MAKE_SYM)

struct landlock {
    int fd;   /* -1: the kernel has none */
    long abi; /* what it knows: 3 truncating, 4 TCP, 6 signals and abstract sockets of others */
    uint64_t handled;
};

/* Everything is refused: files, TCP, signals. */
struct landlock landlock_open(void);
/* What is below `path`, or the file there. A path that is not there is passed over: a rule less is a permission less.
 */
int landlock_allow(const struct landlock *l, const char *path, uint64_t access);

#endif
