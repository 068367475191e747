#include "serve/git_process.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID 2000               /* bytes of its complaints */
#define PIPE_BYTES (1024 * KIB) /* what git acknowledges while it still reads has to fit (protocol 0 and 1) */

/* Between fork and exec in a process of many threads: system calls only. */
static _Noreturn void become(const char *const *argv, const char *const *env, const int fds[3], pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    for (int i = 0; i < 3; i++)
        if (dup2(fds[i], i) < 0) _exit(127);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)execvpe(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
    _exit(127);
}

/* Room for so much, and no more. */
static int open_said(void)
{
    int fd = memfd_create("git", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && (ftruncate(fd, SAID) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void close_all(const int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fds[i] >= 0) close(fds[i]);
}

enum rc git_process_start(struct ctx *cx, const char *const *argv, const char *const *env, bool takes, struct str first,
                          struct git_process *out)
{
    int in[2] = {-1, -1}, outs[2] = {-1, -1}, said = open_said();
    *out = (struct git_process){.fd = -1, .in = -1, .out = -1, .said = -1};
    bool good = said >= 0 && pipe2(outs, O_CLOEXEC) == 0 &&
                (takes ? pipe2(in, O_CLOEXEC) == 0 : (in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0);
    if (good) (void)fcntl(outs[1], F_SETPIPE_SZ, PIPE_BYTES);
    if (good) good = !first.n || write(outs[1], first.p, first.n) == (ssize_t)first.n;
    const int fds[3] = {in[0], outs[1], said};
    pid_t parent = getpid(), pid = good ? fork() : -1;
    if (pid == 0) become(argv, env, fds, parent);
    int failure = errno;
    if (pid > 0) (void)setpgid(pid, pid); /* whoever is first */
    int fd = pid > 0 ? pidfd_open(pid, 0) : -1;
    if (pid > 0 && fd < 0) {
        failure = errno;
        (void)kill(-pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        pid = -1;
    }
    close_all((int[]){in[0], outs[1]}, 2);
    if (pid < 0) {
        close_all((int[]){in[1], outs[0], said}, 3);
        return fail(cx, E_IO, "git cannot be started: %s", strerror(failure));
    }
    *out = (struct git_process){pid, fd, in[1], outs[0], said};
    return OK;
}

void git_process_signal(const struct git_process *p, int signal)
{
    if (p->pid) (void)kill(-p->pid, signal);
}

static const char *read_said(struct ctx *cx, const struct git_process *p)
{
    char text[SAID];
    ssize_t n = pread(p->said, text, sizeof text, 0);
    struct str all = {text, n > 0 ? strnlen(text, (size_t)n) : 0};
    return str_visible(cx, str_trim(all));
}

void git_process_end(struct ctx *cx, struct git_process *p, bool stay, const char **why)
{
    int status = 0;
    *why = NULL;
    if (!stay) git_process_signal(p, SIGKILL);
    if (p->pid && waitpid(p->pid, &status, 0) != p->pid) status = 0;
    /* a client that is gone is no fault of git's */
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE)
        *why = arena_printf(&cx->arena, "it was ended by signal %d: %s", WTERMSIG(status), read_said(cx, p)).p;
    else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        *why = arena_printf(&cx->arena, "it ended with code %d: %s", WEXITSTATUS(status), read_said(cx, p)).p;
    close_all((int[]){p->fd, p->in, p->out, p->said}, 4);
    *p = (struct git_process){.fd = -1, .in = -1, .out = -1, .said = -1};
}
