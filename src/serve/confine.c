#include "serve/confine.h"

#include "base/landlock.h"
#include "store/state.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- files */

/* A connection that has read: its companions are there now, and stay. */
static enum rc anchor(struct ctx *cx, const char *dir, const char *name, void **out)
{
    sqlite3 *db;
    int64_t version;
    enum rc rc = store_open_file(cx, arena_printf(&cx->arena, "%s/%s", dir, name).p, STORE_READ, &db);
    if (rc != OK) return rc;
    *out = db;
    return store_get_int(cx, db, "SELECT count(*) FROM sqlite_schema", &version);
}

enum rc confine_anchors(struct ctx *cx, const char *dir, struct anchors *out)
{
    *out = (struct anchors){{NULL}};
    TRY(anchor(cx, dir, "ledger.db", &out->db[0]));
    TRY(anchor(cx, dir, "state.db", &out->db[1]));
    enum rc rc = anchor(cx, dir, "derived.db", &out->db[2]);
    return rc == E_NOTFOUND ? OK : rc;
}

void confine_release(struct anchors *a)
{
    for (size_t i = 0; i < sizeof a->db / sizeof *a->db; i++) store_close(a->db[i]);
    *a = (struct anchors){{NULL}};
}

static int allow_files(struct ctx *cx, const struct landlock *l, const char *dir, const char *catalog)
{
    static const char *const databases[] = {"ledger.db", "state.db", "derived.db"};
    const uint64_t read = LANDLOCK_ACCESS_FS_READ_FILE, shared = read | LANDLOCK_ACCESS_FS_WRITE_FILE;
    int bad = 0;
    for (size_t i = 0; i < sizeof databases / sizeof *databases; i++) {
        bad |= landlock_allow(l, arena_printf(&cx->arena, "%s/%s", dir, databases[i]).p, read);
        bad |= landlock_allow(l, arena_printf(&cx->arena, "%s/%s-wal", dir, databases[i]).p, read);
        bad |= landlock_allow(l, arena_printf(&cx->arena, "%s/%s-shm", dir, databases[i]).p, shared);
    }
    bad |= landlock_allow(l, arena_printf(&cx->arena, "%s/reports", dir).p, LANDLOCK_READ);
    if (catalog) bad |= landlock_allow(l, catalog, LANDLOCK_READ);
    bad |= landlock_allow(l, "/dev/urandom", read);
    bad |= landlock_allow(l, "/dev/null", shared);
    return bad;
}

static enum rc confine_files(struct ctx *cx, const char *dir, const char *catalog, struct buf *lacks)
{
    struct landlock l = landlock_open();
    if (l.fd < 0) {
        buf_cstr(lacks, "Landlock (Linux 5.13, and not switched off): web could read what its user may read");
        return OK;
    }
    bool good = allow_files(cx, &l, dir, catalog) == 0 && syscall(SYS_landlock_restrict_self, l.fd, 0) == 0;
    int failure = errno;
    close(l.fd);
    if (!good) return fail(cx, E_IO, "web cannot give up its rights on files: %s", strerror(failure));
    if (l.abi < 3) buf_cstr(lacks, "truncating of files is not held by Landlock (Linux 6.2)");
    return OK;
}

/* --- system calls */

/* What a server that reads, answers and waits needs. All else is refused with EPERM. */
static const int calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(getdents64),
    SCMP_SYS(fcntl),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(dup),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(msync),
    SCMP_SYS(futex),
    SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(membarrier),
    SCMP_SYS(sched_yield),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(alarm), /* its own last word (tell.c), by which of the two the library has */
    SCMP_SYS(setitimer),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendfile),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrusage),
};

/* Calls that are harmless only with some arguments. */
static int allow_some(scmp_filter_ctx filter)
{
    const uint64_t no_code[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
    int bad = 0;
    for (size_t i = 0; i < sizeof no_code / sizeof *no_code; i++)
        bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, (int)no_code[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* threads, no processes; libc falls back to clone() when clone3(), whose arguments no filter sees, is not there */
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    /* signals to itself: abort() */
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (uint64_t)getpid(), 0));
    /* limits are read, not set */
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONBIO, 0));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
    return bad;
}

static enum rc confine_calls(struct ctx *cx, struct buf *lacks)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter) return fail(cx, E_IO, "web cannot give up system calls: out of memory");
    int bad = allow_some(filter);
    /* one that this machine does not have cannot be called either */
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i] >= 0) bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    int code = bad ? -EINVAL : seccomp_load(filter);
    seccomp_release(filter);
    if (code == 0) return OK;
    if (bad || (code != -EINVAL && code != -ENOSYS))
        return fail(cx, E_IO, "web cannot give up system calls: %s", strerror(-code));
    buf_printf(lacks, "%sseccomp filters: web could run programs and connect to other machines", lacks->n ? "; " : "");
    return OK;
}

/* --- all of it */

enum rc confine_web(struct ctx *cx, const char *dir, const char *catalog, struct str *lacks)
{
    const struct rlimit none = {0, 0};
    scoped_buf words;
    buf_init(&words, 1000);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        setrlimit(RLIMIT_CORE, &none) != 0)
        return fail(cx, E_IO, "web cannot give up rights: %s", strerror(errno));
    TRY(confine_files(cx, dir, catalog, &words));
    TRY(confine_calls(cx, &words));
    *lacks = arena_str(&cx->arena, buf_view(&words));
    return OK;
}
